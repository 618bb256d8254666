"""The previews of a deployment: made again by a command, counted, in no backup, and of no concern to a check."""

import io
import os
import random
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from PIL import Image

from infra.main import Record, open_record
from infra.metrics import Metrics
from infra.previews import Counted, place_of, previews_of, rebuild, sealed_files, sweep
from infra.settings import Settings
from infra.vault.previews.folder import FolderPreviews
from portfolio.application.previews import Previews
from portfolio.application.recipes import base_of
from tests.architecture.source import ROOT
from tests.faults.postgres import wait_until
from tests.infra.backup_world import copy_of, elsewhere, quiet, restored, spoilable
from tests.infra.terminal import Terminal


@pytest.fixture
def here(stopped: Settings, tmp_path: Path) -> Settings:
    return spoilable(stopped, tmp_path / "here")


@contextmanager
def opened(settings: Settings) -> Iterator[tuple[Record, Previews]]:
    with (
        open_record(settings, read_only=True) as record,
        closing(previews_of(settings, record.vault, record.handler.originals)) as previews,
    ):
        yield record, previews


def names(previews: Previews) -> set[str]:
    """Return which parts there are, without their pages."""
    return {key.rpartition("/")[2].partition(".")[0] for key, _ in previews.store.entries()}


def test_all_are_made_again_by_a_command_and_what_nobody_needs_goes(
    here: Settings, bare: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in here.environment().items():
        bare.setenv(name, value)
    portfolio = Terminal(capsys)
    with opened(here) as (record, previews):
        number = len(sealed_files(record.journal))
        assert number > 2
        assert portfolio("rebuild", "previews") == 0
        assert f"Made the previews of {number} files again, and removed 0 that nobody needs." in portfolio.out
        assert names(previews) >= {"about", "waveform", "pages", "page", "words"}
        kept = {key: previews.store.find(key) for key, _ in previews.store.entries()}
        (file, _) = next(iter(sealed_files(record.journal).values()))
        strays = (
            f"{base_of(file)}/picture.0/screen",
            f"{base_of(file)[:-1]}f/picture.1/screen",
            "0a0b/0/picture.1/screen",
        )
        for stray in strays:
            previews.store.keep(stray, io.BytesIO(b"old"))
        previews.store.keep(f"{base_of(file)}/page.1/page.3.none", io.BytesIO(b"too long"))
        assert portfolio("rebuild", "previews") == 0
        assert "removed 3 that nobody needs" in portfolio.out
        again = {key: previews.store.find(key) for key, _ in previews.store.entries()}
        assert again.keys() == kept.keys()
        assert all(again[key] != kept[key] for key in kept if not key.endswith(".none"))


def test_long_documents_get_back_the_pages_that_were_there(here: Settings) -> None:
    with opened(here) as (record, previews):
        file = next(
            file for file, media_type in sealed_files(record.journal).values() if media_type == "application/pdf"
        )
        previews.store.keep(f"{base_of(file)}/page.1/page.9", io.BytesIO(b"old"))
        rebuild(record.journal, previews, quiet)
        made = {key.rpartition("/")[2] for key, _ in previews.store.entries() if key.startswith(base_of(file))}
        assert "page.1" in made  # and the ninth is behind the end of this one


def test_redacted_ones_are_taken_away_and_it_is_said_who_makes_them_again(
    here: Settings, bare: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in here.environment().items():
        bare.setenv(name, value)
    with opened(here) as (record, previews):
        (file, _) = next(iter(sealed_files(record.journal).values()))
        for key in (f"{base_of(file)}/hidden-0a/redacted-page.1/page.1", "0a0b/0/hidden-0a/redacted-page.1/page.1"):
            previews.store.keep(key, io.BytesIO(b"redacted"))
        previews.store.keep(f"{base_of(file)}/hidden-0a/redacted-page.1/page.2.none", io.BytesIO(b"too long"))
        portfolio = Terminal(capsys)
        assert portfolio("rebuild", "previews") == 0
        assert "removed 1 that nobody needs" in portfolio.out
        assert "Removed 1 redacted previews: each is made again when somebody asks for it." in portfolio.out
        assert not [key for key, _ in previews.store.entries() if "hidden-" in key]


def test_a_check_does_not_mind_them_and_a_backup_leaves_them_out(here: Settings, tmp_path: Path) -> None:
    with opened(here) as (record, previews):
        rebuild(record.journal, previews, quiet)
        assert names(previews)
    copy_of(here, tmp_path / "copy")
    assert not list((tmp_path / "copy").rglob("*page*"))
    there = replace(elsewhere(here, tmp_path / "there"), keys=here.keys)
    assert restored(there, tmp_path / "copy") == []
    with opened(there) as (record, previews):
        assert names(previews) == set()
        rebuild(record.journal, previews, quiet)
        assert names(previews)


def test_what_cannot_be_read_is_named_in_the_end(
    here: Settings, bare: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in here.environment().items():
        bare.setenv(name, value)
    with opened(here) as (record, _):
        (file, _) = next(iter(sealed_files(record.journal).values()))
    path = here.folder / "vault" / "objects" / str(file.object_id)[:2] / str(file.object_id)
    path.unlink()
    portfolio = Terminal(capsys)
    assert portfolio("rebuild", "previews") == 1
    assert "1 files could not be read: run `portfolio fsck`." in portfolio.err


def test_how_many_there_are_is_counted_seldom(tmp_path: Path) -> None:
    store, metrics = FolderPreviews(tmp_path), Metrics()
    store.keep("a/b/c/d", io.BytesIO(b"12345"))
    metrics.watch_previews(Counted(store).ask)
    for _ in range(2):
        assert b"portfolio_previews 1.0\n" in metrics.text()
        assert b"portfolio_preview_bytes 5.0\n" in metrics.text()
        store.keep("a/b/c/e", io.BytesIO(b"6"))


def test_what_was_left_lying_is_swept_while_the_service_runs(tmp_path: Path) -> None:
    store, stop = FolderPreviews(tmp_path), Event()
    store.keep("a/b/c/d", io.BytesIO(b"whole"))
    left = tmp_path / "making" / "left.part"
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    stop.set()
    sweep(store, stop)
    assert (left.exists(), [key for key, _ in store.entries()]) == (False, ["a/b/c/d"])


@pytest.mark.slow
def test_none_is_there_by_half_whenever_who_makes_them_is_killed(here: Settings) -> None:
    chance = random.Random(secrets.randbelow(2**32))  # noqa: S311 - moments, not secrets
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **here.environment()}
    command = [sys.executable, "-P", "-c", "from infra.cli import main; main()", "rebuild", "previews"]
    for _ in range(6):
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:  # noqa: S603 - ours
            if chance.random() < 0.7:
                await_one_more(here, process)
            time.sleep(chance.uniform(0, 0.5))
            process.send_signal(signal.SIGKILL)
        whole(here)
    with opened(here) as (record, previews):
        done = rebuild(record.journal, previews, quiet)
        assert (done.failed, done.made) == (0, len(sealed_files(record.journal)))
        assert all(previews.store.progress(key) is None for key, _ in previews.store.entries())
    whole(here)


def await_one_more(settings: Settings, process: "subprocess.Popen[bytes]") -> None:
    """Return when the first preview of a folder that had none is there, or one that is newer than all."""
    newest = latest(settings)
    wait_until(lambda: latest(settings) > newest or process.poll() is not None, "nothing was made")


def latest(settings: Settings) -> int:
    """Return when the newest preview was written."""
    return max((path.stat().st_mtime_ns for path in kept(settings)), default=0)


def kept(settings: Settings) -> list[Path]:
    return [path for path in (place_of(settings) / "kept").rglob("*") if path.is_file()]


def whole(settings: Settings) -> None:
    """Insist that every preview can be opened to its end."""
    for key, _ in FolderPreviews(place_of(settings)).entries():
        content = b"".join(FolderPreviews(place_of(settings)).read(key))
        name = key.rpartition("/")[2].partition(".")[0]
        if name in ("page", "page-small", "waveform", "thumbnail", "screen") and not key.endswith(".none"):
            Image.open(io.BytesIO(content)).load()
