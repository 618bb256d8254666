"""Memory under an hour of mixed load: ``python -m tests.faults.memory --minutes 60`` says whether it levels off.

A handful of clients enrol apprentices, hand in files, assess and decide, and look at pages and lists.
"""

import argparse
import random
import re
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median
from threading import Event, Thread
from time import monotonic
from typing import Any

import psutil

from infra.demo import beginning, cast
from infra.demo.beginning import PORTFOLIO, assign, codes, declare, enrol, register
from infra.demo.cast import PANEL, Apprentice
from infra.demo.client import Refused, Unreachable
from infra.demo.files import desk_log, photograph
from infra.demo.stage import Stage
from infra.demo.story.acts import described, met, open_attempt
from infra.deployment import describe
from infra.identity.keys import KeyFolder
from infra.identity.tokens import LocalTokens
from infra.main import now, open_record
from portfolio.domain.interests import InterestNotDeclared
from tests.application.imported import uln
from tests.faults.service import Server

READERS = 3
REST_SECONDS = 0.2
"""Between two looks of one client."""
REST_OF_WRITER_SECONDS = 0.01
"""Between two of its requests: in an hour it makes more facts than the caches hold states of."""
SAMPLE_SECONDS = 5.0
ANONYMOUS = re.compile(r"RssAnon:\s+(\d+) kB")
MOST_A_MINUTE = 0.3
"""Megabytes by which the last third of the time may still rise in a minute."""
CHAPTERS = (
    beginning.people,
    beginning.plan,
    beginning.criteria,
    beginning.forms,
    beginning.enrolments,
    beginning.preparation,
)
STAFF = ("officer", "lead", "amina", "joan", "quality", "administrator")
PATHS = (
    "/",
    "/queue",
    "/v1/people?limit=50",
    "/v1/enrolments?limit=50",
    "/v1/queues/assessor?limit=50",
    "/v1/plans/ST1297/V2",
    "/enrolments/{enrolment}",
    "/v1/enrolments/{enrolment}",
    "/v1/enrolments/{enrolment}/readiness",
    "/v1/enrolments/{enrolment}/evidence",
    "/v1/enrolments/{enrolment}/audit-trail",
    "/evidence/{evidence}",
    "/v1/evidence/{evidence}/content",
)


class Stopped(Exception):
    """It is time to end."""


class Stepwise(Stage):
    """A stage that rests after each call, and keeps its answers in memory alone."""

    def __init__(self, *values: Any, stop: Event, **named: Any) -> None:
        super().__init__(*values, **named)
        self.stop = stop
        self.asked = 0

    def once(self, name: str, call: Callable[[], Any]) -> Any:
        """Return the answer of a call, made now unless it was answered before."""
        if name not in self._answers:
            self._answers[name] = call()
            self.asked += 1
            if self.stop.wait(REST_OF_WRITER_SECONDS):
                raise Stopped
        return self._answers[name]


@dataclass
class Load:
    """What the clients have done, and where they may look."""

    stage: Stepwise
    enrolments: list[str] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    decided: int = 0
    looks: int = 0
    refused: list[str] = field(default_factory=list)

    def assess(self) -> None:
        """Take one apprentice after the other from enrolment to two grades, until told to stop."""
        number = 0
        with suppress(Stopped):
            while True:
                number += 1
                with self._noting():
                    self._assess(Apprentice(f"a{number}", f"Nell Frost {number}", "LET", uln(number), "Northlight"))

    def _assess(self, apprentice: Apprentice) -> None:
        stage, key = self.stage, apprentice.key
        register(stage, key, apprentice.name, "employer", "apprentice")
        enrol(stage, apprentice)
        self.enrolments.append(stage.id(f"{key} enrolment"))
        for person, part, parts in beginning.STAFF_OF:
            assign(stage, apprentice, person, part, parts)
        declare(stage, apprentice, "coach", "coached")
        declare(stage, apprentice, "employer", "managed")
        for person in ("amina", "joan", "quality", "lead", "officer", *PANEL):
            declare(stage, apprentice, person, "none")
        files = {
            "log": (desk_log(cast.DESK_LOG), "application/pdf"),
            "photo": (photograph(key, "JPEG", 6), "image/jpeg"),
            "plan": (f"{cast.RIGGING_PLAN}{key}\n".encode(), "text/plain"),
        }
        for name, (content, kind) in files.items():
            stage.upload(
                key, f"{key} {name}", "/v1/evidence", content, described(stage, key, name, name, kind), days_ago=40
            )
            self.evidence.append(stage.id(f"{key} {name}"))
            stage.submit(key, f"{key} {name}", ["K20", "K21"])
        for name in ("log", "plan"):
            stage.take("joan", f"{key} {name}")
        open_attempt(stage, "joan", key, PORTFOLIO)
        met(stage, "joan", key, PORTFOLIO, codes(stage, "LET", "K"), [f"{key} log", f"{key} plan"])
        stage.decide("joan", f"{key} {PORTFOLIO}", "pass")
        self.decided += 1

    def look(self, seed: int) -> None:
        """Look at pages and lists, until told to stop."""
        chance = random.Random(seed)  # noqa: S311 - what to look at, no secret
        while not self.stage.stop.wait(REST_SECONDS):
            if not self.evidence:
                continue
            # what is new is looked at most
            shown = {
                "enrolment": chance.choice(self.enrolments[-40:]),
                "evidence": chance.choice(self.evidence[-120:]),
            }
            path, query = chance.choice(PATHS).format(**shown).partition("?")[::2]
            with self._noting():
                self.stage.client(chance.choice(STAFF)).call("GET", f"{path}?{query}")
                self.looks += 1

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except Refused as refusal:
            if refusal.status not in (403, 404) and refusal.code != InterestNotDeclared.code:  # not everybody sees all
                self.refused.append(f"{refusal.status} {refusal}")
        except Unreachable as error:
            self.refused.append(str(error))


def megabytes(pid: int) -> float:
    """Return the resident memory of a server's processes that holds no file's pages, which the system takes back.

    It is that of the master and its workers. The processes that a worker starts for one file each, LibreOffice among
    them, come and go, and have limits of their own.
    """
    master, total = psutil.Process(pid), 0
    for process in [master, *master.children()]:
        with suppress(FileNotFoundError, ProcessLookupError):
            # one that is just ending has none
            total += sum(map(int, ANONYMOUS.findall(Path(f"/proc/{process.pid}/status").read_text())))
    return total / 1e3


def slope(samples: Sequence[tuple[float, float]]) -> float:
    """Return by how much the second figures rise for each unit of the first, by least squares."""
    middle = sum(at for at, _ in samples) / len(samples)
    return sum((at - middle) * value for at, value in samples) / sum((at - middle) ** 2 for at, _ in samples)


def levels_off(samples: Sequence[tuple[float, float]]) -> bool:
    """Tell whether the last third of these samples (minutes, megabytes) rises no faster than it may."""
    return slope(samples[-(len(samples) // 3) :]) <= MOST_A_MINUTE


def measure(folder: Path, minutes: float, say: Callable[[str], object]) -> tuple[list[tuple[float, float]], list[str]]:
    """Return (minutes, megabytes) while a new server is used for so long, and what its clients were refused."""
    server, stop = Server(folder), Event()
    server.start()
    try:
        with open_record(server.settings, read_only=True) as record:
            deployment = describe(record.journal)
        assert deployment is not None
        tokens = LocalTokens(KeyFolder(server.settings.keys), now)
        stage = Stepwise(
            server.settings.base_url,
            lambda person: tokens.issue(person, timedelta(hours=12)),
            folder / "story.json",
            today=deployment.since,
            administrator=deployment.administrators[0],
            stop=stop,
        )
        for chapter in CHAPTERS:
            chapter(stage)
        load = Load(stage)
        threads = [Thread(target=load.assess), *(Thread(target=load.look, args=(seed,)) for seed in range(READERS))]
        samples, part, begun = [], 0, monotonic()
        for thread in threads:
            thread.start()
        try:
            while (at := (monotonic() - begun) / 60) < minutes:
                samples.append((at, megabytes(server.pid)))
                if int(at // 5) > part:
                    show(samples, part, load, say)
                    part += 1
                stop.wait(SAMPLE_SECONDS)
            show(samples, part, load, say)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        return samples, [*load.refused, *server.faults()]
    finally:
        server.end(signal.SIGTERM)


def show(samples: Sequence[tuple[float, float]], part: int, load: Load, say: Callable[[str], object]) -> None:
    """Say what the memory was in one part of five minutes."""
    values = [value for at, value in samples if part * 5 <= at < part * 5 + 5]
    if values:
        say(
            f"minutes {part * 5:>3} to {part * 5 + 5:<3} median {median(values):6.1f} MB, most {max(values):6.1f} MB; "
            f"so far {load.stage.asked} writes, {load.decided} grades, {load.looks} looks, {len(load.refused)} refused"
        )


def main() -> int:
    """Print a line for each five minutes; return 1 if memory still rises in the last third."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=60)
    asked = options.parse_args()
    if asked.minutes < 2:
        options.error("a slope needs two minutes at least")
    with tempfile.TemporaryDirectory() as folder:
        samples, wrong = measure(Path(folder), asked.minutes, say)
    level = levels_off(samples)
    last = samples[-(len(samples) // 3) :]
    say(f"The last third rises by {slope(last):.3f} MB a minute: {'it levels off' if level else 'it still rises'}.")
    for sentence in wrong[:20]:
        say(sentence)
    return 0 if level and not wrong else 1


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
