import io
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdf
import pytest

from infra.demo.cast import APPRENTICES, DESK_LOG, FAULT_LINES, LATECOMER
from infra.demo.client import Client
from infra.demo.files import INVENTED, desk_log, place_of_line
from infra.demo.story.chapters import CHAPTERS
from portfolio.domain.uln import uln_is_valid
from tests.faults.postgres import free_port
from tests.programs import PLAIN

COMMAND = [sys.executable, "-c", "from infra.cli import main; main()"]


def run(*arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 - our own command
        [*COMMAND, *arguments], cwd=cwd, env=PLAIN, capture_output=True, text=True, check=False, timeout=120
    )


@contextmanager
def started(*arguments: str, cwd: Path) -> "Iterator[subprocess.Popen[str]]":
    """Run a command; Ctrl-C reaches it as it does on a terminal, whatever started the tests."""
    ignored = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*COMMAND, *arguments], cwd=cwd, env=PLAIN, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    signal.signal(signal.SIGINT, ignored)
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()


def read_until(process: "subprocess.Popen[str]", part: str) -> list[str]:
    """Return the lines a command prints up to the one with this part in it."""
    lines = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if part in line:
            return lines
    raise AssertionError(f"{part!r} never came: {lines}")


def test_the_desk_log_is_a_pdf_whose_text_can_be_read() -> None:
    pages = pypdf.PdfReader(io.BytesIO(desk_log(DESK_LOG)), strict=True).pages
    for page, lines in zip(pages, DESK_LOG, strict=True):
        assert page.extract_text().split("\n") == [line for line in [*lines, INVENTED] if line]


def test_the_remark_about_the_fault_lies_around_its_lines() -> None:
    first, number = FAULT_LINES
    place = place_of_line(first, number)
    height_at: dict[int, float] = {}

    def visit(text: str, _: object, matrix: list[float], *__: object) -> None:
        for at, line in enumerate(DESK_LOG[2]):
            if line and text.strip() == line:
                height_at[at] = 842 - matrix[5]

    pypdf.PdfReader(io.BytesIO(desk_log(DESK_LOG))).pages[2].extract_text(visitor_text=visit)
    inside = {at for at, y in height_at.items() if place["y"] <= y <= place["y"] + place["height"]}
    assert inside == set(range(first, first + number))


def test_the_learner_numbers_of_the_story_pass_the_check() -> None:
    assert all(uln_is_valid(apprentice.uln) for apprentice in (*APPRENTICES, LATECOMER))


@pytest.mark.slow
def test_the_story_is_told_and_agrees(tmp_path: Path) -> None:
    port, begun = str(free_port()), time.time()
    first_run = run("demo", "--no-serve", "--port", port, cwd=tmp_path)
    assert first_run.returncode == 0, first_run.stderr
    assert "[38/38]" in first_run.stdout
    addresses = re.findall(r"expires=(\d+)", (tmp_path / "demo" / "story.json").read_text())
    assert min(map(int, addresses)) > begun  # by the true time, whenever the upload happened in the story
    assert "Demo deployment" in first_run.stderr
    checked = run("fsck", "--folder", "demo", cwd=tmp_path)
    assert (checked.returncode, checked.stdout[:3]) == (0, "OK:"), checked.stdout
    facts = checked.stdout.split()[1]

    again = run("demo", "--no-serve", "--port", port, cwd=tmp_path)
    assert again.returncode == 0
    assert "/38]" not in again.stdout
    assert run("fsck", "--folder", "demo", cwd=tmp_path).stdout.split()[1] == facts


@pytest.mark.slow
def test_a_story_that_was_killed_goes_on_and_nothing_happens_twice(tmp_path: Path) -> None:
    arguments = ("demo", "--no-serve", "--port", str(free_port()))
    with started(*arguments, cwd=tmp_path) as process:
        read_until(process, "[ 8/38]")
    story = tmp_path / "demo" / "story.json"
    answers = json.loads(story.read_text())
    lost = "mia plan/claimed"  # recorded, but the answer never arrived
    story.write_text(
        json.dumps({name: answer for name, answer in answers.items() if name not in (lost, CHAPTERS[6].title)})
    )

    assert run(*arguments, cwd=tmp_path).returncode == 0
    assert json.loads(story.read_text())[lost] == answers[lost]
    assert run("fsck", "--folder", "demo", cwd=tmp_path).returncode == 0


@pytest.mark.slow
def test_the_demo_serves_what_it_prints_until_ctrl_c(tmp_path: Path) -> None:
    port = str(free_port())
    with started("demo", "--port", port, cwd=tmp_path) as process:
        lines = read_until(process, "/chronology'")
        links = [line for line in lines if "/sign-in#code=" in line]
        assert len(links) == 17
        token = next(line.partition("=")[2] for line in lines if "export TOKEN=" in line)
        calls = [line for line in lines if line.strip().startswith("curl")]
        paths = [match[1] for line in calls if (match := re.search(rf"'http://127\.0\.0\.1:{port}(.*)'", line))]
        assert len(paths) == len(calls) == 3
        client = Client(f"http://127.0.0.1:{port}", token)
        needed, then, replay = (client.get(path) for path in paths)
        assert (needed["all_assessed"], bool(needed["outcomes"][0]["gaps"])) == (False, True)
        assert [line["state"] for line in then["outcomes"]] == 6 * ["partly assessed"]
        assert "not met" in str(then["outcomes"])
        assert replay["later"]

        second = run("serve", "--folder", "demo", cwd=tmp_path)
        assert (second.returncode, "is in use by process" in second.stderr) == (1, True)
        other = run("demo", "--folder", "other", "--port", port, cwd=tmp_path)
        assert (other.returncode, "Cannot listen on" in other.stderr) == (1, True)
        assert run("fsck", "--folder", "demo", cwd=tmp_path).returncode == 0

        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
