"""What is tried at a sampled state: first what kinds of actor who are there have tried least of what can be tried."""

import heapq
from random import Random

from tests.adversaries.actors import CAST, kinds
from tests.adversaries.base import ENROLMENTS, scene
from tests.adversaries.calls import TRIES
from tests.adversaries.runner import Run
from tests.adversaries.words import MAY, READS

BY_WHAT_HAPPENED = {"formerly assigned", "appellant", "member of the panel", "took part", "second person"}
RARE_KIND = 1.5
RARE_RECORD = {"appeal": 1.6, "assessment": 1.3, "evidence": 1.1}
"""How much more it counts that kinds of actor are had who are not in every state, or records that are not."""

SHARE, LATER = 0.6, 0.2
"""Of the commands and reads, how many each part of the histories has tried by everybody; how little the others count.

Each has its turn in as many parts as any other.
"""

JITTER = 0.2


def sampled(run: Run, chance: Random, tried: int, part: int) -> None:
    """Try so many things at this state; one try counts for every kind of actor that who tries it is."""
    there: dict[tuple[str, frozenset[str]], list[str]] = {}
    for enrolment in ENROLMENTS:
        for by in (*CAST, "admin"):
            there.setdefault((enrolment, frozenset(kinds(run.story, by, enrolment))), []).append(by)
    turns = {name: 1.0 if (number * 37 + part * 61) % 100 < 100 * SHARE else LATER for number, name in enumerate(TRIES)}

    def worth(name: str, held: frozenset[str]) -> float:
        rare = RARE_RECORD.get((READS[name] if name in READS else MAY[name]).record, 1.0)
        each = ((RARE_KIND if kind in BY_WHAT_HAPPENED else 1.0) / (1 + run.counts[name, kind]) ** 3 for kind in held)
        return -rare * turns[name] * sum(each)

    waits = [
        (worth(name, held) * (1 + JITTER * chance.random()), number, name, enrolment, held)
        for number, ((enrolment, held), name) in enumerate((each, name) for each in there for name in TRIES)
    ]
    heapq.heapify(waits)
    left = tried
    while left and waits:
        _, number, name, enrolment, held = heapq.heappop(waits)
        now = worth(name, held)
        if waits and now > waits[0][0] * (1 - JITTER):
            heapq.heappush(waits, (now, number, name, enrolment, held))
            continue
        call = TRIES[name](scene(run, chance.choice(there[enrolment, held]), enrolment, chance))
        if call is not None:
            run.attempt(call)
            left -= 1
