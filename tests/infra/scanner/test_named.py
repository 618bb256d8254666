"""A scanner that cannot be relied on is named by ``/readyz``, and keeps nobody from working."""

import contextlib
from pathlib import Path

from werkzeug.test import Client

from infra.deployment import create
from infra.main import build
from infra.settings import Settings


def test_a_scanner_that_does_not_answer_is_noted_and_the_service_is_ready(tmp_path: Path) -> None:
    settings = Settings.read(
        {"PORTFOLIO_FOLDER": str(tmp_path / "data"), "PORTFOLIO_SCANNER": f"clamd:{tmp_path}/clamd.ctl"}
    )
    settings.folder.mkdir()
    create(settings, "live", "Ann Lee")
    with contextlib.closing(build(settings)) as running:
        answer = Client(running.wsgi).get("/readyz")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["noted"]["scanner"].startswith(f"The malware scanner at {tmp_path}/clamd.ctl cannot be used")
