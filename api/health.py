"""Whether the service is up, whether it can do its work, and what it measures of itself."""

from collections.abc import Callable, Mapping

from flask import Blueprint, Response

from api.services import services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def up() -> dict[str, str]:
    """Answer while the process lives."""
    return {"status": "up"}


@blueprint.get("/readyz")
def ready() -> tuple[dict[str, object], int]:
    """Answer 200 when every check is fine, else 503 with what is wrong by check; and what else is worth knowing."""
    wrong = said(services().checks)
    if wrong:
        return {"status": "not ready", "wrong": wrong}, 503
    return {"status": "ready", "wrong": {}, "noted": said(services().notes)}, 200


def said(asked: Mapping[str, Callable[[], str | None]]) -> dict[str, object]:
    """Return the sentences that those who are asked have to say, by their names."""
    answers = {name: ask() for name, ask in asked.items()}
    return {name: answer for name, answer in answers.items() if answer is not None}


@blueprint.get("/metrics")
def metrics() -> Response:
    """Answer what is measured, in Prometheus's text format, version 0.0.4."""
    return Response(services().metrics(), content_type="text/plain; version=0.0.4; charset=utf-8")
