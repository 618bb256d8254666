"""The security log takes whole lines from many processes, names nobody, goes in time, and is in nobody's way."""

import errno
import hmac
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from infra import security_log
from infra.cli import cli
from infra.cli.running import run
from infra.deployment import describe
from infra.main import now, open_record
from infra.security_log import FOLDER, JsonSecurityLog, security_log_of
from infra.settings import Settings

MIA = UUID("6a3c0e50-93a5-4d55-8ad4-3a39a7f0a1b2")
START = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def keyed(name: str, content: bytes) -> str:
    return hmac.digest(b"key", name.encode() + content, "sha256").hex()


def log(folder: Path, days: int = 90, clock: Callable[[], datetime] = lambda: START) -> JsonSecurityLog:
    return JsonSecurityLog(folder, keyed, clock, days)


def read(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log(folder).lines()]


def test_a_line_says_what_happened_and_of_people_and_addresses_only_keyed_hashes(tmp_path: Path) -> None:
    session = uuid4()
    log(tmp_path).write("sign-in", MIA, source="192.0.2.7", how="link", session=session)
    (line,) = read(tmp_path)
    assert line == {
        "at": "2026-03-01T09:30:00.000+00:00",
        "event": "sign-in",
        "person": log(tmp_path).hashed(MIA),
        "source": keyed("security log", b"192.0.2.7")[:20],
        "how": "link",
        "session": log(tmp_path).hashed(session),
    }
    (file,) = (tmp_path / FOLDER).iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / FOLDER).stat().st_mode & 0o777 == 0o700
    text = file.read_text()
    assert [one for one in (str(MIA), MIA.hex, str(session), session.hex, "192.0.2.7") if one in text] == []


def test_nothing_that_is_written_makes_a_second_line(tmp_path: Path) -> None:
    log(tmp_path).write("refused", why='\n{"event":"sign-in"}' + "x" * 1000)
    (line,) = read(tmp_path)
    assert line["event"] == "refused"
    assert len(line["why"]) == security_log.LONGEST_WORD


def test_many_write_at_once_and_every_line_is_whole(tmp_path: Path) -> None:
    writers = [log(tmp_path) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: writers[number % 4].write("sign-in", why=str(number) * 50), range(1_000)))
    assert sorted(line["why"] for line in read(tmp_path)) == sorted(str(number) * 50 for number in range(1_000))


def test_lines_go_when_their_days_are_over_and_nothing_else_does(tmp_path: Path) -> None:
    moment = START
    written = log(tmp_path, days=2, clock=lambda: moment)
    for day in range(5):
        moment = START + timedelta(days=day)
        written.write("sign-in", why=f"day {day}")
    assert [line["why"] for line in read(tmp_path)] == ["day 2", "day 3", "day 4"]
    (tmp_path / FOLDER / "2020-01-01.notes.txt").touch()
    log(tmp_path, days=1, clock=lambda: moment).write("sign-in", why="again")
    assert [line["why"] for line in read(tmp_path)] == ["day 3", "day 4", "again"]
    assert (tmp_path / FOLDER / "2020-01-01.notes.txt").exists()


def test_a_full_disk_keeps_nobody_from_working_is_said_and_tears_no_later_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = log(tmp_path)
    written.write("sign-in", why="before")
    whole = os.write
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda file, line: whole(file, line[:10]))  # what was left of the disk
        written.write("sign-in", why="torn")

        def refused(*_: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        full.setattr(os, "write", refused)
        written.write("sign-in", why="lost")
        assert written.check() == (
            f"The security log in {tmp_path / FOLDER} cannot be written: No space left on device."
        )
    log(tmp_path).write("sign-in", why="another process")
    written.write("sign-in", why="after")
    assert written.check() is None
    lines = list(written.lines())
    assert [json.loads(line)["why"] for line in (lines[0], *lines[2:])] == ["before", "another process", "after"]


def test_a_folder_that_cannot_be_made_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("in the way")
    written = log(tmp_path)
    written.write("sign-in")
    assert "cannot be written" in (written.check() or "")


def test_a_day_has_no_more_than_so_many_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security_log, "MOST_BYTES", 200)
    written = log(tmp_path)
    for _ in range(20):
        written.write("refused")
    assert 1 < len(read(tmp_path)) < 5
    assert "as long as it may be" in (written.check() or "")


def test_an_operator_reads_what_was_noted_about_a_person(
    on_sqlite: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_record(on_sqlite, read_only=True) as record:
        deployment = describe(record.journal)
        assert deployment
        (ann,) = deployment.administrators
        written = security_log_of(on_sqlite, record.journal, now)
        written.write("sign-in", ann, how="link")
        written.write("sign-in", MIA, how="link")
        hashed = written.hashed(ann)
    folder = ["--folder", str(on_sqlite.folder)]
    capsys.readouterr()
    assert run(cli, ["security-log", str(ann), *folder]) == 0
    assert [json.loads(line)["person"] for line in capsys.readouterr().out.splitlines()] == [hashed]
    assert run(cli, ["security-log", *folder]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_the_lines_of_a_program_are_found_whoever_it_acted_for(tmp_path: Path) -> None:
    program = uuid4()
    written = log(tmp_path)
    written.write("sign-in", MIA, how="program", program=program)
    written.write("key-used", key="token-key.pem", program=program)
    written.write("sign-in", MIA, how="link")
    assert [json.loads(line)["event"] for line in written.lines(program)] == ["sign-in", "key-used"]
    assert [json.loads(line)["how"] for line in written.lines(MIA)] == ["program", "link"]
