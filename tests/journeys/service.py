"""A demo deployment behind a real server, and what the journeys ask of it in short words."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any

import pytest
from werkzeug.serving import make_server

from infra.demo import beginning
from infra.demo.client import Refused
from infra.demo.stage import Stage
from infra.deployment import create, describe
from infra.identity.keys import KeyFolder
from infra.identity.tokens import LocalTokens
from infra.main import build, now
from infra.settings import Settings
from tests.patience import PATIENCE

TOKEN = timedelta(hours=1)
BEFORE = (
    beginning.people,
    beginning.plan,
    beginning.criteria,
    beginning.forms,
    beginning.enrolments,
    beginning.preparation,
)


@contextmanager
def serving(folder: Path, database: str | None = None, path: str = "") -> Iterator[Stage]:
    """Serve a new deployment, below a path, whose plan, criteria, forms, people and three enrolments are there."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        variables = {
            "PORTFOLIO_FOLDER": str(folder / "data"),
            "PORTFOLIO_PORT": str(port),
            "PORTFOLIO_BASE_URL": f"http://127.0.0.1:{port}{path}",
        }
        if database is not None:
            variables |= {"PORTFOLIO_DATABASE_URL": database, "PORTFOLIO_SHARED_VAULT": "yes"}
        settings = Settings.read(variables)
        settings.folder.mkdir()
        (administrator,) = create(settings, "demo", "Ann Lee")
        running = build(settings)
        server = make_server("127.0.0.1", port, running.wsgi, threaded=True, fd=listener.fileno())
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            deployment = describe(running.record.journal)
            assert deployment is not None
            tokens = LocalTokens(KeyFolder(settings.keys), now)
            stage = Stage(
                settings.base_url,
                lambda person: tokens.issue(person, TOKEN),
                folder / "story.json",
                today=deployment.since,
                administrator=administrator,
            )
            for chapter in BEFORE:
                chapter(stage)
            yield stage
            position = running.record.journal.head()
            assert running.projector.wait_for(position, PATIENCE)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            running.close()


def readiness(stage: Stage, key: str, **point: Any) -> Any:
    """What an apprentice's readiness says, to themselves, as soon as it shows what was asked for."""
    until = monotonic() + PATIENCE
    while True:
        try:
            return stage.get(key, f"/v1/enrolments/{stage.id(f'{key} enrolment')}/readiness", **point)
        except Refused as refused:
            if refused.status != HTTPStatus.SERVICE_UNAVAILABLE or monotonic() > until:
                raise


def states(answer: Any) -> dict[str, str]:
    """The state of each outcome."""
    return {outcome["outcome"]: outcome["state"] for outcome in answer["outcomes"]}


def refused(stage: Stage, who: str, path: str, body: dict[str, Any]) -> str:
    """The code under which a write is refused."""
    with pytest.raises(Refused) as caught:
        stage.client(who).post(path, body)
    return caught.value.code


def trail(stage: Stage, who: str, path: str) -> list[Any]:
    """Every line of an audit trail, page by page."""
    lines: list[Any] = []
    page: dict[str, Any] = {"next": None}
    while True:
        page = stage.get(who, f"{path}/audit-trail", cursor=page["next"], limit=50)
        lines += page["items"]
        if page["next"] is None:
            return lines
