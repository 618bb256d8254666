"""Whom the permission table lets in and a rule always refuses: each pair that ``THEN_REFUSED`` lists, through HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from portfolio.domain.appeal.deciding import ProposeOutcome
from portfolio.domain.appeal.lodging import LodgeAppeal
from portfolio.domain.appeal.withdrawing import WithdrawAppeal
from portfolio.domain.evidence import commands as evidence
from portfolio.domain.kernel import Command
from portfolio.domain.permissions import MAY, THEN_REFUSED
from portfolio.domain.program.facts import AddProgramKey, AddProgramSecret
from portfolio.domain.vocabulary import (
    ADMINISTRATOR,
    APPEALS_OFFICER,
    ASSIGNED_COACH,
    ASSIGNED_EMPLOYER,
    THE_APPRENTICE,
    Word,
)
from tests.api.conftest import Tell
from tests.api.world import DECLARED, World, appeal, observation, outcome, refused

ONE_CODE = {"version": 1, "codes": ["S11"]}


def by(person: str, path: str, body: Callable[[World], dict[str, Any] | None]) -> Callable[[World], TestResponse]:
    return lambda world: world.as_(person).post(path, body(world))


PUBLIC_KEY = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}


def of_anothers_program(what: str, body: dict[str, Any] | None) -> Callable[[World], TestResponse]:
    def asked(world: World) -> TestResponse:
        program = {"name": "Learner system", "owner": world["coach"], "rows": []}
        world.as_("admin").does("/programs", program, name="program")
        return world.as_("admin").post(f"/programs/{{program}}/{what}", body)

    return asked


TRIED: dict[tuple[type[Command], Word], tuple[str, Callable[[World], TestResponse]]] = {
    (evidence.WriteRecord, THE_APPRENTICE): ("found", by("mia", "/evidence/records", observation)),
    (evidence.CorrectRecord, THE_APPRENTICE): (
        "found",
        by(
            "mia",
            "/evidence/{observation}/correction",
            lambda world: {"title": "Observation", "record": observation(world)["record"], "reason": "I was better."},
        ),
    ),
    (evidence.SubmitEvidence, ASSIGNED_COACH): (
        "submitted",
        by("coach", "/evidence/{evidence}/submission", lambda _: {"version": 1, "declaration": DECLARED}),
    ),
    (evidence.ClaimStatements, ASSIGNED_COACH): (
        "submitted",
        by("coach", "/evidence/{evidence}/claims", lambda _: ONE_CODE),
    ),
    (evidence.DropClaim, ASSIGNED_COACH): (
        "submitted",
        by("coach", "/evidence/{evidence}/claims/dropped", lambda _: {"version": 1, "code": "S11"}),
    ),
    (LodgeAppeal, ASSIGNED_EMPLOYER): ("decided", by("employer", "/appeals", appeal)),
    (ProposeOutcome, APPEALS_OFFICER): (
        "convened",
        by("officer", "/appeals/{appeal}/outcome", lambda _: outcome()),
    ),
    (AddProgramKey, ADMINISTRATOR): ("people", of_anothers_program("keys", PUBLIC_KEY)),
    (AddProgramSecret, ADMINISTRATOR): ("people", of_anothers_program("secrets", None)),
    (WithdrawAppeal, ASSIGNED_COACH): ("lodged", by("coach", "/appeals/{appeal}/withdrawal", lambda _: None)),
}
"""The stage of the story, and the request of somebody who holds this word and no other of the row."""


def test_every_pair_of_the_table_is_tried_here() -> None:
    assert set(TRIED) == {(kind, word) for kind, words in THEN_REFUSED.items() for word in words}
    assert all(word in MAY[kind].any_of for kind, word in TRIED)


@pytest.mark.parametrize(("kind", "word"), TRIED)
def test_who_is_let_in_by_this_word_alone_is_told_the_rule(tell: Tell, kind: type[Command], word: Word) -> None:
    stage, request = TRIED[kind, word]
    refused(request(tell(stage)), THEN_REFUSED[kind][word])
