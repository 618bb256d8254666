"""Every route asked by everybody, of what is theirs, another's and nobody's: each answer is the one of the rows.

The whole is asked by ``make soak``. Elsewhere it is a fixed share of it, and one that a seed draws which is told at the
end: ``MATRIX_SEED=<seed>`` asks the same again.
"""

import os
import secrets
from collections import Counter
from collections.abc import Callable
from typing import Any

from portfolio.domain.evidence.commands import ServeEvidence
from portfolio.domain.evidence.facts import EvidenceServed
from portfolio.domain.imports import BeginImport, NoteLines
from portfolio.domain.kernel import Command, StaleVersion
from tests.api.world import World
from tests.matrix.asking import Asker, fault_of
from tests.matrix.calls import every_call, every_route
from tests.soak import SOAK

WHOLE = SOAK > 1
SHARE = 24
"""One call in so many is always asked outside a soak, and another one that the seed draws."""

SEED = os.environ.get("MATRIX_SEED") or secrets.token_hex(4)

WITHOUT = {
    "sign_in.leave": "everybody may end their own session",
    "pages.interests": "everybody is shown for whom they have to say what they are",
}
"""Routes that ask no row, and why."""

ON_THE_WAY = {BeginImport, NoteLines, ServeEvidence}
"""Commands that a call gives on its way, which the question before them guards: of a file's lines, of a first look."""

Keep = Callable[[str, Any], None]


def test_every_route_asks_a_row() -> None:
    silent = {each.endpoint for each in every_route() if not (each.commands or each.sees or each.asks or each.beside)}
    assert silent == {*WITHOUT}, "ask the permission table, or say here why everybody may"


def test_every_answer_is_the_one_of_the_rows(everybody: World, record_property: Keep) -> None:
    asker, faults, counts = Asker(everybody), list[str](), Counter[str]()
    let_in, kept_out, before = set[type[Command]](), set[type[Command]](), everybody.journal.head()
    for call in every_call():
        if WHOLE or call.falls_into(SHARE, "always") or call.falls_into(SHARE, SEED):
            answer = asker.ask(call)
            fault = fault_of(call, answer)
            faults += [f"{call.name}: {fault}"] if fault else []
            counts[call.person.standing] += 1
            for given in answer.given:
                (let_in if given.refusal == StaleVersion.code else kept_out).add(given.kind)
            if call.route.beside and answer.status in (403, 404):  # by what is asked before the command is given
                kept_out |= call.route.commands
    record_property("matrix", f"{counts.total()} calls of the seed {SEED}: {dict(counts)}")
    assert faults == [], f"{len(faults)} of {counts.total()}, with MATRIX_SEED={SEED}"
    recorded = everybody.journal.since(before, limit=10_000)
    assert {type(each.fact) for each in recorded} <= {EvidenceServed}  # looking is recorded, nothing else is
    if WHOLE:
        of_the_api = {command for route in every_route() if route.of_the_api for command in route.commands}
        assert of_the_api - let_in - ON_THE_WAY == set()
        assert of_the_api - kept_out - ON_THE_WAY == set()
