"""The stage waits for a check that takes longer than its request, and says so of a file that is not taken."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from infra.demo import stage as module
from infra.demo.stage import NotTaken, Stage

ITEM, OFFERED = "/v1/evidence/7", {"id": "7", "version_number": 1, "parts": [], "part_size": 5}
LOG = {"title": "Desk log", "filename": "log.pdf", "media_type": "application/pdf"}


class Slow(Stage):
    """Answers of a service whose check of a file comes to these stages, one after the other."""

    def __init__(self, folder: Path, *stages: str) -> None:
        super().__init__(
            "http://localhost", str, folder / "told.json", today=date(2026, 1, 1), administrator=UUID(int=2)
        )
        self.stages = [*stages]

    def post(self, who: str, name: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return self.once(name, lambda: {"stage": "received"} if path == f"{ITEM}/upload" else OFFERED)

    def get(self, who: str, path: str, **query: Any) -> Any:
        assert path == ITEM
        return {"versions": [{"number": 1, "title": "Desk log", "why": "It is damaged.", "stage": self.stages.pop(0)}]}

    def _bring(self, who: str, item: str, offered: dict[str, Any], content: bytes) -> None:
        """Send nothing."""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOKED_AGAIN_SECONDS", 0)


def upload(stage: Stage) -> None:
    stage.upload("mia", "log", "/v1/evidence", b"log", LOG, days_ago=3)


def test_what_is_still_being_checked_is_waited_for(tmp_path: Path) -> None:
    stage = Slow(tmp_path, "received", "received", "sealed")
    upload(stage)
    assert stage.stages == []


def test_a_story_that_stopped_while_it_waited_waits_again(tmp_path: Path) -> None:
    with pytest.raises(IndexError):
        upload(Slow(tmp_path, "received"))
    again = Slow(tmp_path, "received", "accepted")
    upload(again)
    upload(again)
    assert again.stages == []


def test_a_file_that_is_not_taken_stops_the_story_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(NotTaken, match=r"“Desk log” was not taken: It is damaged\."):
        upload(Slow(tmp_path, "received", "refused"))
