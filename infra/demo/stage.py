"""The stage: who speaks to the service, and what it has answered so far, so that a story goes on where it stopped."""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from infra.demo.cast import REASONS
from infra.demo.client import Client, Refused, Send
from infra.errors import OperatorError

ADMINISTRATOR = "administrator"
LOOKED_AGAIN_SECONDS = 0.2


class NotTaken(OperatorError):
    """A file of the story was checked and refused; the message says which and why."""


class Stage:
    """Makes each call of the story once. ``today`` is the day on which it is; the story says its days by it.

    Answers lie in ``file`` by the name of the call. A call whose answer was lost is made again with its idempotency
    key, and is answered as before. Calls go over HTTP, unless ``send`` takes them elsewhere.
    """

    def __init__(
        self,
        base_url: str,
        token_of: Callable[[UUID], str],
        file: Path,
        *,
        today: date,
        administrator: UUID,
        send: Send | None = None,
    ) -> None:
        self.today = today
        self._send = send
        self._base_url = base_url
        self._token_of = token_of
        self._file = file
        self._answers: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
        self._answers[ADMINISTRATOR] = {"id": str(administrator)}
        self._clients: dict[str, Client] = {}

    def once(self, name: str, call: Callable[[], Any]) -> Any:
        """Return the answer of a call, made now unless it was answered before."""
        if name not in self._answers:
            self._answers[name] = call()
            written = self._file.with_suffix(".part")
            written.write_text(json.dumps(self._answers, indent=1))
            written.replace(self._file)
        return self._answers[name]

    def answered(self, name: str) -> bool:
        """Tell whether a call was answered."""
        return name in self._answers

    def answer(self, name: str) -> Any:
        """Return what a call was answered."""
        return self._answers[name]

    def id(self, name: str) -> str:
        """Return the id of the record that a call made."""
        return str(self.answer(name)["id"])

    def client(self, who: str) -> Client:
        """Return the client of a person, each with a token of their own."""
        if who not in self._clients:
            self._clients[who] = Client(self._base_url, self._token_of(UUID(self.id(who))), send=self._send)
        return self._clients[who]

    def post(self, who: str, name: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Let a person write something."""
        return self.once(name, lambda: self.client(who).post(path, body or {}, key=f"demo/{name.replace(' ', '-')}"))

    def get(self, who: str, path: str, **query: Any) -> Any:
        """Let a person read something."""
        return self.client(who).get(path, **query)

    def day(self, before: int) -> str:
        """Return the day so many days before today."""
        return (self.today - timedelta(days=before)).isoformat()

    # --- evidence -----------------------------------------------------------------------------------------------------

    def upload(
        self, who: str, name: str, path: str, content: bytes, described: dict[str, Any], *, days_ago: int
    ) -> None:
        """Let an apprentice announce a file under ``path``, send its bytes and have them sealed."""
        announced = {
            **described,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "produced_on": self.day(days_ago),
        }
        offered = self.post(who, name, path, announced)
        item, version = f"/v1/evidence/{offered['id']}", offered["version_number"]
        if not self.answered(f"{name}/sealed"):
            self._bring(who, item, offered, content)
        self.post(who, f"{name}/sealed", f"{item}/upload", {"version": version})
        self.once(f"{name}/checked", lambda: self._checked(who, item, version))

    def _checked(self, who: str, item: str, version: int) -> str:
        """Wait until a file is checked, however long that takes on this machine; return "sealed" or later."""
        while True:
            shown = next(each for each in self.get(who, item)["versions"] if each["number"] == version)
            if shown["stage"] == "refused":
                raise NotTaken(f"“{shown['title']}” was not taken: {shown['why']}")
            if shown["stage"] != "received":
                return str(shown["stage"])
            time.sleep(LOOKED_AGAIN_SECONDS)

    def _bring(self, who: str, item: str, offered: dict[str, Any], content: bytes) -> None:
        client = self.client(who)
        try:
            client.put_file(offered, content)
        except Refused as refused:  # the story stopped between the offer and the bytes, and the address ran out
            if refused.code != "upload-url-expired":
                raise
            fresh = client.get(f"{item}/upload", version=offered["version_number"])
            client.put_file(fresh, content)

    def submit(self, who: str, name: str, codes: Sequence[str], place: dict[str, Any] | None = None) -> None:
        """Let an apprentice hand in what they uploaded as ``name``, declared as their own, and claim codes."""
        offered = self.answer(name)
        item, version = f"/v1/evidence/{offered['id']}", offered["version_number"]
        declaration = {"wording": "authenticity/1", "ai_use": "none"}
        self.post(who, f"{name}/submitted", f"{item}/submission", {"version": version, "declaration": declaration})
        claims: dict[str, Any] = {"version": version, "codes": list(codes)}
        self.post(who, f"{name}/claimed", f"{item}/claims", claims | ({"place": place} if place else {}))

    def take(self, who: str, name: str) -> None:
        """Let an assessor look at what was handed in as ``name`` and take it into assessment."""
        offered = self.answer(name)
        item, version = f"/v1/evidence/{offered['id']}", offered["version_number"]
        self.once(f"{name}/seen by {who}", lambda: len(self.client(who).get(f"{item}/content", version=version)))
        self.post(who, f"{name}/accepted", f"{item}/acceptance", {"version": version})

    def remark(self, who: str, name: str, selector: dict[str, Any], text: str, kind: str = "basis of finding") -> None:
        """Let an assessor pin a remark to a place in what was handed in as ``name``."""
        offered = self.answer(name)
        item = f"/v1/evidence/{offered['id']}"
        if self.answered(f"{name}/remark"):
            return
        version = self.get(who, item)["versions"][-1]
        body = {
            "version": version["number"],
            "sha256": version["sha256"],
            "selector": selector,
            "kind": kind,
            "audience": "apprentice and assessors",
            "text": text,
        }
        self.post(who, f"{name}/remark", f"{item}/annotations", body)

    # --- assessment ---------------------------------------------------------------------------------------------------

    def find(self, who: str, attempt: str, findings: Sequence[dict[str, Any]]) -> None:
        """Let an assessor judge codes of an attempt."""
        path = f"/v1/assessments/{self.id(attempt)}/findings"
        self.post(who, f"{attempt}/findings", path, {"findings": list(findings)})

    def decide(self, who: str, attempt: str, grade: str) -> None:
        """Let an assessor read the context of an attempt's decision, then decide its grade on it."""
        path = f"/v1/assessments/{self.id(attempt)}"
        shown = self.once(f"{attempt}/context", lambda: self.get(who, f"{path}/context")["shown"])
        body = {"grade": grade, "reasons": REASONS[grade], "context_hash": shown}
        self.post(who, f"{attempt}/decision", f"{path}/decisions", body)
