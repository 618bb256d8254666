"""Two machines over one database: who signs in at one is known at the other, and what one offered the other takes."""

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from werkzeug.test import Client, TestResponse

from infra.deployment import create
from infra.identity.ended import last_sign_out
from infra.main import Running, build, now, open_record
from infra.settings import Settings
from infra.signing_in import open_sessions
from tests.application.stage import ENROLMENT, MIA, Stage
from tests.faults.postgres import wait_until
from tests.patience import PATIENCE
from tests.postgres import Databases

SAME = {"Sec-Fetch-Site": "same-origin"}
NOTES = b"What I did on the first day.\n" * 10


class Machine:
    """One of them, and Mia's browser at it."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.browser = Client(running.wsgi)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        kind = {"Content-Type": "application/json"} if data is not body else {}
        return self.browser.open(path, method=method, data=data, headers=SAME | kind | headers)


@pytest.fixture(scope="module")
def machines(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Machine, Machine, str]]:
    """Give both at work, and a link that nobody has used: the second has its own folder, and the first one's vault."""
    here, there = (tmp_path_factory.mktemp(name) / "data" for name in ("here", "there"))
    with ExitStack() as opened:
        shared = {
            "PORTFOLIO_DATABASE_URL": opened.enter_context(databases.borrow()),
            "PORTFOLIO_SHARED_VAULT": "yes",
        }
        first, second = (Settings.read({"PORTFOLIO_FOLDER": str(folder), **shared}) for folder in (here, there))
        here.mkdir()
        there.mkdir()
        create(first, "demo", "Ann Lee")
        with open_record(first) as record:
            stage = Stage(record.journal, at=now())
            stage.register()
            stage.build_form()
            stage.enrol()
            with open_sessions(first, now, last_sign_out(record.journal)) as sessions:
                link = sessions.issue_link(MIA)
        shutil.copytree(first.keys, second.keys)
        Path(there / "vault").symlink_to(here / "vault")
        one, other = (opened.enter_context(closing(build(settings))) for settings in (first, second))
        yield Machine(one), Machine(other), link


def test_one_sign_in_counts_at_both_and_an_upload_begun_at_one_ends_at_the_other(
    machines: tuple[Machine, Machine, str],
) -> None:
    here, there, link = machines
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert here.ask("GET", "/v1/me").status_code == 401
    assert here.ask("POST", "/sign-in", f"code={link.partition('code=')[2]}".encode(), **form).status_code == 303
    cookie = here.browser.get_cookie("portfolio")
    assert cookie is not None
    there.browser.set_cookie("portfolio", cookie.value)
    assert there.ask("GET", "/v1/me").get_json()["person_id"] == str(MIA)
    again = Client(there.running.wsgi).post("/sign-in", data={"code": link}, headers=SAME)
    assert again.status_code == 401, "the link was used at the other machine"

    offer = {
        "enrolment_id": str(ENROLMENT),
        "title": "My notes",
        "filename": "notes.txt",
        "media_type": "text/plain",
        "size": len(NOTES),
        "produced_on": "2026-01-05",
    }
    offered = here.ask("POST", "/v1/evidence", offer).get_json()
    (part,) = offered["parts"]
    to = urlsplit(part["url"])
    assert there.ask("PUT", f"{to.path}?{to.query}", NOTES, **part["headers"]).status_code < 300
    path = f"/v1/evidence/{offered['id']}"
    assert there.ask("POST", f"{path}/upload", {"version": 1}).status_code < 300
    wait_until_sealed(here, path)
    assert there.ask("GET", f"{path}/content").data == here.ask("GET", f"{path}/content").data == NOTES

    assert there.ask("POST", "/sign-out").status_code == 303
    assert here.ask("GET", "/v1/me").status_code == 401


def wait_until_sealed(machine: Machine, path: str) -> None:
    """Wait until either machine has checked the file, which they do beside the requests."""

    def sealed() -> bool:
        return bool(machine.ask("GET", path).get_json()["versions"][0]["stage"] == "sealed")

    wait_until(sealed, "the file is not sealed", PATIENCE)
