"""Whether the service is up, whether it can do its work, and what it measures of itself."""

from flask import Blueprint, Response

from api.services import services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def up() -> dict[str, str]:
    """Answer while the process lives."""
    return {"status": "up"}


@blueprint.get("/readyz")
def ready() -> tuple[dict[str, object], int]:
    """Answer 200 when every check is fine, else 503 with what is wrong by check."""
    answers = {name: check() for name, check in services().checks.items()}
    wrong = {name: answer for name, answer in answers.items() if answer is not None}
    return {"status": "not ready" if wrong else "ready", "wrong": wrong}, 503 if wrong else 200


@blueprint.get("/metrics")
def metrics() -> Response:
    """Answer what is measured, in Prometheus's text format, version 0.0.4."""
    return Response(services().metrics(), content_type="text/plain; version=0.0.4; charset=utf-8")
