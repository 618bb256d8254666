"""A person at a browser: a session's cookie, pages read, forms filled in and sent."""

import io
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portfolio.domain.evidence.declaration import CURRENT_AUTHENTICITY
from tests.api.world import BASE, World
from tests.infra.vault import files
from tests.pages.page import Page

OWN = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}


@dataclass
class Visitor:
    """Visits the pages as one person. Paths may hold ids of the world by ``{name}``, and lie below its root."""

    world: World
    person: str

    @cached_property
    def client(self) -> FlaskClient:
        sessions = self.world.app.extensions["portfolio"].sessions
        code = sessions.issue_link(self.world[self.person]).partition("code=")[2]
        client = self.world.app.test_client()
        client.set_cookie("portfolio", sessions.open(code))
        return client

    def ask(self, path: str) -> TestResponse:
        """Get a page, with everything so far shown."""
        self.world.reads.settle()
        return self.client.get(self.at(path.format_map(self.world.ids)), base_url=BASE, headers=OWN)

    def at(self, path: str) -> str:
        """Return the whole path of an address, as tests write it or as a page says it."""
        return path if f"{path}/".startswith(f"{self.world.root}/") else f"{self.world.root}{path}"

    def reads(self, path: str, status: int = 200) -> Page:
        """Get a page of this status."""
        answer = self.ask(path)
        assert answer.status_code == status, answer.text
        return Page(answer.text)

    def post(self, path: str, fields: dict[str, Any], **headers: str) -> TestResponse:
        """Send a form."""

        def fresh(value: Any) -> Any:
            if isinstance(value, list):
                return [fresh(each) for each in value]
            return (io.BytesIO(value[0]), *value[1:]) if isinstance(value, tuple) else value

        sent = {name: fresh(each) for name, each in fields.items()}
        return self.client.post(self.at(path), base_url=BASE, data=sent, headers={**OWN, **headers})

    def send(self, page: Page, last: str, /, **filled: Any) -> TestResponse:
        """Fill in and send the form of a page whose address ends so."""
        path, fields = page.form(last)
        return self.post(path, {**fields, **filled})

    def does(self, page: Page, last: str, /, **filled: Any) -> Page:
        """Send a form of a page, insist on success, and follow to the page it leads to."""
        answer = self.send(page, last, **filled)
        assert answer.status_code == 303, answer.text
        return self.reads(answer.location)

    def asked(self, page: Page, last: str, /, **filled: Any) -> Page:
        """Send a form of a page, and insist that it is asked once more before anything is done."""
        before = self.world.journal.head()
        answer = self.send(page, last, **filled)
        assert (answer.status_code, self.world.journal.head()) == (200, before), answer.text
        return Page(answer.text)

    def refused(self, page: Page, last: str, status: int, /, **filled: Any) -> Page:
        """Send a form of a page and insist on a refusal of this status, with the page shown again."""
        answer = self.send(page, last, **filled)
        assert answer.status_code == status, answer.text
        return Page(answer.text)


def a_file(
    content: bytes = files.pdf(), name: str = "risk.pdf", media_type: str = "application/pdf"
) -> tuple[bytes, str, str]:
    """Return a file as ``Visitor.post`` sends it: its content, its name and its type."""
    return content, name, media_type


DECLARED = {"declaration.wording": CURRENT_AUTHENTICITY}
"""What the box of the declaration posts."""


def kept(world: World) -> list[Path]:
    """Return every file in the vault."""
    return sorted(path for path in (world.folder / "vault").rglob("*") if path.is_file())
