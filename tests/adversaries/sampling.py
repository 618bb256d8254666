"""What is tried at a sampled state: first what kinds of actor who are there have tried least of what can be tried."""

import heapq
from random import Random

from tests.adversaries.actors import CAST, KINDS, kinds
from tests.adversaries.base import ENROLMENTS, scene
from tests.adversaries.calls import TRIES
from tests.adversaries.runner import Run
from tests.adversaries.words import MAY, READS

BY_WHAT_HAPPENED = {"formerly assigned", "appellant", "member of the panel", "took part", "second person"}
ALONE = {"results officer", "external quality assurer", "stranger"}
RARE_KIND, ALONE_KIND, USUAL_KIND = 5, 3, 2
RARE_RECORD = {"appeal": 16, "assessment": 13, "evidence": 11}
"""How much more it counts that kinds of actor are had who are not in every state, or records that are not (of 10).

A little more than usual counts who is only one person, who is of hardly any other kind.
"""

SHARE, IN_TURN, LATER = 68, 5, 1
"""How many (in %) of the commands and reads each part of the histories has everybody try; how much it tries others.

Each has its turn in as many parts as any other.
"""

FIRST = 1_000_000
"""What it counts that a kind of actor tries something for the first time; the second time counts an eighth of it."""

JITTER = 0.2


def sampled(run: Run, chance: Random, tried: int, part: int) -> None:
    """Try so many things at this state; one try counts for every kind of actor that who tries it is."""
    there: dict[tuple[str, frozenset[str]], list[str]] = {}
    for enrolment in ENROLMENTS:
        for by in (*CAST, "admin"):
            there.setdefault((enrolment, frozenset(kinds(run.story, by, enrolment))), []).append(by)
    worths = {name: {kind: _worth(run, name, kind) for kind in KINDS} for name in TRIES}
    counts = {name: _counts(name, number, part) for number, name in enumerate(TRIES)}
    some = {held for _, held in there}
    sums = {(name, held): counts[name] * sum(worths[name][kind] for kind in held) for held in some for name in TRIES}
    waits = [
        (-sums[name, held] * (1 + JITTER * chance.random()), number, name, enrolment, held)
        for number, ((enrolment, held), name) in enumerate((each, name) for each in there for name in TRIES)
    ]
    heapq.heapify(waits)
    left = tried
    while left and waits:
        _, number, name, enrolment, held = heapq.heappop(waits)
        now = -counts[name] * sum(_worth(run, name, kind) for kind in held)
        if waits and now > waits[0][0] * (1 - JITTER):
            heapq.heappush(waits, (now, number, name, enrolment, held))
            continue
        call = TRIES[name](scene(run, chance.choice(there[enrolment, held]), enrolment, chance))
        if call is not None:
            run.attempt(call)
            left -= 1


def _worth(run: Run, name: str, kind: str) -> int:
    much = RARE_KIND if kind in BY_WHAT_HAPPENED else ALONE_KIND if kind in ALONE else USUAL_KIND
    return FIRST * much // (1 + run.counts[name, kind]) ** 3


def _counts(name: str, number: int, part: int) -> int:
    record = (READS[name] if name in READS else MAY[name]).record
    in_turn = (number * 37 + part * 61) % 100 < SHARE
    return RARE_RECORD.get(record, 10) * (IN_TURN if in_turn else LATER)
