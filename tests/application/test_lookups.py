"""What a client may not say is looked up in the record: every such field of every command."""

from datetime import timedelta
from typing import Annotated, Any, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest

from portfolio.domain.catalogue import AGGREGATE_OF
from portfolio.domain.enrolment import ChangeRoute
from portfolio.domain.evidence.commands import (
    AnnotateEvidence,
    ClaimStatements,
    DropClaim,
    OfferEvidence,
    SealFile,
    ServeEvidence,
    WithdrawEvidence,
    WriteRecord,
)
from portfolio.domain.evidence.selector import QuoteNotFound, SelectorNotForMedia, TextQuote
from portfolio.domain.kernel import LOOKED_UP, Command, changed
from tests.application.stage import (
    ADMINISTRATOR,
    APPEAL,
    ASSESSOR,
    COACH,
    CRITERIA,
    CVT_FORM,
    CVT_KNOWLEDGE,
    CVT_SKILLS,
    DECISION,
    ENROLMENT,
    FORM,
    KNOWLEDGE,
    LOG,
    MIA,
    OBSERVED,
    PLAN_ID,
    QUALITY,
    SKILLS,
    Stage,
)
from tests.domain.world import SHA, an_id
from tests.tools.examples import example_of

GENERAL = {"by", "today"}
"""Looked-up fields that every command may have: who acts, and which day it is."""

NOT_BY_LOOKUPS: dict[tuple[type[Command], str], str] = {
    (SealFile, "bounds"): "the vault says what it found when the bytes are sealed, before the command is given",
    (SealFile, "storage_version"): "so does the storage",
}
"""Looked-up fields that something else fills in, and why."""

CONDITIONAL: dict[tuple[type[Command], str], str] = {
    (AnnotateEvidence, "file_text"): "read only for a quote from a text file",
}
"""Looked-up fields that are filled in only sometimes, and when; each has a test of its own below."""


def looked_up(kind: type[Command]) -> set[str]:
    """Return the names of the fields that a client may not say."""
    hints = get_type_hints(kind, include_extras=True)
    return {name for name, hint in hints.items() if get_origin(hint) is Annotated and LOOKED_UP in get_args(hint)[1:]}


def filled(stage: Stage, command: Command, by: UUID) -> set[str]:
    """Return the names of the looked-up fields that lookups give another value than the default, or the same one."""
    names = looked_up(type(command))
    marked = {name: object() for name in names}
    completed = stage.handler.lookups.complete(stage.session(), changed(command, **marked), by, stage.at, stage.today)
    return {name for name in names if getattr(completed, name) is not marked[name]}


WITH_LOOKUPS = [kind for kind in AGGREGATE_OF if looked_up(kind)]


def about(kind: type[Command]) -> Command:
    """Return an example of a command about the records of the story."""
    ours: dict[str, Any] = {
        "plan_id": PLAN_ID,
        "criteria_id": CRITERIA,
        "form_id": FORM,
        "enrolment_id": ENROLMENT,
        "person_id": ASSESSOR,
        "apprentice": MIA,
        "evidence_id": LOG,
        "assessment_id": OBSERVED,
        "decision_id": DECISION,
        "supersedes": DECISION,
        "appeal_id": APPEAL,
        "version": 1,
    }
    command = example_of(kind)
    named = {name: value for name, value in ours.items() if hasattr(command, name) and name not in looked_up(kind)}
    return changed(command, **named)


@pytest.mark.parametrize("kind", WITH_LOOKUPS)
def test_every_looked_up_field_is_filled_in_or_listed_with_a_reason(stage: Stage, kind: type[Command]) -> None:
    stage.decided()
    stage.lodge()
    told = {name for command, name in (*NOT_BY_LOOKUPS, *CONDITIONAL) if command is kind}
    assert filled(stage, about(kind), ASSESSOR) == looked_up(kind) - told


def test_the_lists_of_exceptions_name_looked_up_fields_alone() -> None:
    for kind, name in (*NOT_BY_LOOKUPS, *CONDITIONAL):
        assert name in looked_up(kind)


def complete(stage: Stage, command: Any, by: UUID = ADMINISTRATOR) -> Any:
    return stage.handler.lookups.complete(stage.session(), command, by, stage.at, stage.today)


def test_who_acts_and_what_day_it_is_in_london_is_never_what_the_command_says(stage: Stage) -> None:
    stage.enrol()
    stage.at = stage.at.replace(hour=23, month=7, day=1)
    offer = complete(stage, changed(example_of(OfferEvidence), enrolment_id=ENROLMENT, apprentice=COACH), COACH)
    assert (offer.today.isoformat(), offer.apprentice) == ("2026-07-02", MIA)
    assert complete(stage, changed(example_of(DropClaim), evidence_id=LOG, by=MIA), COACH).by == COACH


# --- routes ---


def move(stage: Stage, days: int) -> None:
    command = ChangeRoute(
        enrolment_id=ENROLMENT,
        route="CVT",
        form_id=CVT_FORM,
        effective_on=stage.today + timedelta(days=days),
        reason="moved house",
        consent=True,
    )
    stage.do(command, ADMINISTRATOR)


def test_the_codes_of_the_route_are_those_of_today(stage: Stage) -> None:
    stage.enrol()
    stage.hand_in()
    move(stage, days=2)
    assert complete(stage, about(ClaimStatements)).route_codes == SKILLS | KNOWLEDGE
    assert complete(stage, about(WriteRecord)).route_codes == SKILLS | KNOWLEDGE
    stage.at += timedelta(days=2)
    assert complete(stage, about(ClaimStatements)).route_codes == CVT_SKILLS | CVT_KNOWLEDGE


# --- evidence ---


def test_a_claim_is_answered_when_a_finding_on_the_code_cites_its_version(stage: Stage) -> None:
    stage.enrol()
    stage.hand_in(codes=frozenset({"S1", "S2", "K1"}))
    stage.hand_in(an_id("second log"), codes=frozenset({"S1"}))
    stage.open()
    drop = DropClaim(evidence_id=LOG, version=1, code="S1")
    assert not complete(stage, drop).answered
    stage.find(codes=frozenset({"S1", "S2"}))
    assert complete(stage, drop).answered
    for other in (
        changed(drop, code="K1"),
        changed(drop, version=2),
        changed(drop, evidence_id=an_id("second log")),
    ):
        assert not complete(stage, other).answered


def test_a_version_is_cited_once_a_decision_rests_on_it_and_for_ever(stage: Stage) -> None:
    stage.enrol()
    stage.hand_in()
    stage.open()
    stage.find()
    withdraw = WithdrawEvidence(evidence_id=LOG, version=1, reason="?")
    assert not complete(stage, withdraw).cited
    stage.decide()
    assert complete(stage, withdraw).cited
    assert not complete(stage, changed(withdraw, version=2)).cited


def test_only_who_assesses_or_assures_must_declare_before_the_first_view(stage: Stage) -> None:
    stage.enrol()
    stage.hand_in()
    serve = ServeEvidence(evidence_id=LOG, version=1)
    must = {person: complete(stage, serve, person).must_declare for person in (ASSESSOR, QUALITY, COACH, MIA)}
    assert must == {ASSESSOR: True, QUALITY: True, COACH: False, MIA: False}
    assert complete(stage, serve, ASSESSOR).interest_declared
    assert not complete(stage, serve, QUALITY).interest_declared


def test_a_first_view_is_the_persons_own_and_the_versions_own(stage: Stage) -> None:
    stage.enrol()
    stage.hand_in()
    serve = ServeEvidence(evidence_id=LOG, version=1)
    stage.do(serve, ASSESSOR)
    assert complete(stage, serve, ASSESSOR).served_already
    assert not complete(stage, serve, COACH).served_already
    assert not complete(stage, changed(serve, version=2), ASSESSOR).served_already


def test_a_quote_is_looked_for_in_the_bytes_of_a_text_file(stage: Stage) -> None:
    stage.enrol()
    stage.draft(LOG, "text/plain")
    stage.shelf.files[an_id(f"object of {LOG}")] = "I checked the rig – twice.".encode()
    quote = changed(
        example_of(AnnotateEvidence),
        evidence_id=LOG,
        version=1,
        sha256=SHA,
        revises=None,
        file_text=None,
        selector=TextQuote(exact="the rig – twice"),
    )
    assert complete(stage, quote).file_text == "I checked the rig – twice."
    assert complete(stage, changed(quote, version=2)).file_text is None
    assert complete(stage, changed(quote, selector=example_of(AnnotateEvidence).selector)).file_text is None


def test_a_pdf_takes_no_quote(stage: Stage) -> None:
    stage.enrol()
    stage.hand_in()
    quote = changed(
        example_of(AnnotateEvidence),
        evidence_id=LOG,
        version=1,
        sha256=SHA,
        revises=None,
        selector=TextQuote(exact="rig"),
    )
    with pytest.raises((SelectorNotForMedia, QuoteNotFound)):
        stage.do(quote, ASSESSOR)


def test_the_general_fields_are_looked_up_wherever_they_stand() -> None:
    for kind in AGGREGATE_OF:
        assert set(kind.__struct_fields__) & GENERAL <= looked_up(kind)
