"""The logs say what happened and never about whom."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra import logs
from tests.api.shell import PERSON, STREAM, shell


@pytest.fixture
def written(tmp_path: Path) -> Iterator[list[dict[str, Any]]]:
    """Return what three requests write: one that succeeds, one to no address of ours, one that fails."""
    stream = io.StringIO()
    root = logging.getLogger()
    before = root.handlers[:], root.level
    logs.configure(stream)
    service = shell(tmp_path)
    service.app.wsgi_app = logs.AccessLog(service.app.wsgi_app)  # type: ignore[method-assign]  # Flask's own way
    service.client.get("/v1/notes/?after=1", buffered=True)
    service.client.get("/v1/people/Jane%20Doe", buffered=True)
    service.client.get(f"/v1/notes/{STREAM}", buffered=True)
    yield [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:], root.level = before


def test_each_request_is_one_line(written: list[dict[str, Any]]) -> None:
    lines = [line for line in written if line["log"] == "portfolio.access"]
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("GET", "/v1/notes/", 200),
        ("GET", None, 404),
        ("GET", "/v1/notes/<uuid:note_id>", 500),
    ]
    assert all(line["bytes"] > 0 and line["ms"] >= 0 and line["time"].endswith("Z") for line in lines)
    assert len({line["reference"] for line in lines}) == 3


def test_a_fault_stands_beside_its_request_with_its_place_and_without_its_text(written: list[dict[str, Any]]) -> None:
    (fault,) = [line for line in written if line["log"] == "portfolio.faults"]
    request = written[written.index(fault) + 1]
    assert fault["reference"] == request["reference"]
    (raised,) = fault["faults"]
    assert raised["type"] == "ZeroDivisionError"
    assert raised["frames"][-1].endswith(" broken")


def test_no_line_names_a_person_an_address_or_a_query(written: list[dict[str, Any]]) -> None:
    text = json.dumps(written)
    for secret in ("Jane", "Doe", str(PERSON), str(STREAM), "after=", "127.0.0.1", "Bearer", "divided"):
        assert secret not in text
