"""The decision context and its two hashes (DECISION-4, DECISION-5)."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec import UNSET

from portfolio.domain.assessment.context import (
    Available,
    CriteriaInForce,
    Decider,
    DecisionContext,
    FormInForce,
    NeverOpened,
    PlanInForce,
    VersionRef,
    cited_by,
    never_opened,
    sealed,
    with_findings,
)
from portfolio.domain.assessment.finding import Citation, Finding, StatementFound
from portfolio.domain.evidence.facts import EvidenceAnnotated
from portfolio.domain.evidence.selector import WholeItem
from portfolio.domain.kernel import changed
from tests.domain.world import (
    ANNOTATION_ID,
    APPRENTICE,
    ASSESSOR,
    ATTEMPT_ID,
    CRITERIA_ID,
    DECISION_ID,
    EVIDENCE_ID,
    FORM_ID,
    NOW,
    OTHER_ASSESSOR,
    OTHER_SHA,
    SECOND_DECISION_ID,
    SHA,
    YESTERDAY,
)

REMARK = EvidenceAnnotated(
    annotation_id=ANNOTATION_ID,
    version=1,
    sha256=SHA,
    selector=WholeItem(),
    kind="pointer",
    audience="assessors",
    text="look here",
    revises=None,
)
VERSION = Available(
    evidence_id=EVIDENCE_ID,
    version=1,
    kind="work product",
    stage="submitted",
    sha256=SHA,
    size=1000,
    media_type="application/pdf",
    received_at=NOW - timedelta(days=1),
    produced_on=YESTERDAY,
    screening="none configured",
    declaration=None,
    original=True,
    claims=("K1",),
    annotations=(),
)
REF = VersionRef(evidence_id=EVIDENCE_ID, version=1)


def found(code: str, judgement: Any = "met", by: Any = ASSESSOR) -> StatementFound:
    cites = (Citation(evidence_id=EVIDENCE_ID, version=1),)
    return StatementFound(finding=Finding(code=code, judgement=judgement, reason="seen", cites=cites), assessor=by)


def context(*findings: StatementFound, **fields: Any) -> DecisionContext:
    """Return a sealed context of the attempt in these tests."""
    whole: dict[str, Any] = {
        "decision_id": DECISION_ID,
        "assessment_id": ATTEMPT_ID,
        "apprentice": APPRENTICE,
        "at": NOW,
        "software": "portfolio",
        "streams": (("a", 1),),
        "plan": PlanInForce(
            reference="ST9999",
            version_label="ST9999/V1",
            sha256=SHA,
            printed_as_draft=False,
            approved=True,
            rulings=(),
            route="LET",
            route_since=YESTERDAY,
        ),
        "form": FormInForce(
            form_id=FORM_ID,
            proof_sha256=SHA,
            component="C1",
            method="observation",
            marker="assessment organisation",
            scrutiny="none",
            codes=("K1", "S1"),
        ),
        "criteria": CriteriaInForce(criteria_id=CRITERIA_ID, version="1", sha256="c0", trace=()),
        "decider": Decider(
            person_id=ASSESSOR,
            relation="assigned assessor",
            authority="assigned assessor of C1",
            roles=("assessor",),
            training=(),
            standardised=True,
            interests=("none",),
        ),
        "available": (VERSION,),
        "cited": cited_by(findings),
        "served": (REF,),
        "findings": findings,
        **fields,
    }
    return sealed(DecisionContext(**whole))


CONTEXT = context(found("K1"), found("S1"))
UNOPENED = NeverOpened(evidence_id=EVIDENCE_ID, version=1, cited_for=())


def test_a_sealed_context_leaves_nothing_out() -> None:
    assert CONTEXT.missing() == []
    assert changed(CONTEXT, shown="", sha256="").missing() == ["sha256", "shown"]


def test_a_part_that_does_not_exist_yet_reads_none() -> None:
    parts = ("adjustments", "considerations", "holds", "sampling", "second_marking", "moderation", "standardisation")
    assert {getattr(CONTEXT, part) for part in (*parts, "supersedes")} == {"none"}


@pytest.mark.parametrize(
    "fields",
    [
        {"decision_id": SECOND_DECISION_ID},
        {"at": NOW + timedelta(seconds=1)},
        {"software": "portfolio 2"},
        {"supersedes": str(SECOND_DECISION_ID)},
        {"adopted": ("K1",)},
        {"streams": (("a", 2),)},
    ],
)
def test_what_the_assessor_cannot_be_shown_beforehand_does_not_change_the_hash_shown(fields: dict[str, Any]) -> None:
    other = sealed(changed(CONTEXT, **fields))
    assert other.shown == CONTEXT.shown
    assert other.sha256 != CONTEXT.sha256


@pytest.mark.parametrize(
    "fields",
    [
        {"available": ()},
        {"available": (VERSION, changed(VERSION, version=2))},
        {"available": (changed(VERSION, sha256=OTHER_SHA),)},
        {"available": (changed(VERSION, stage="replaced"),)},
        {"available": (changed(VERSION, claims=()),)},
        {"available": (changed(VERSION, annotations=(REMARK,)),)},
        {"served": ()},
        {"findings": (found("K1"),)},
        {"findings": (found("K1", "not met"), found("S1"))},
        {"findings": (found("K1", by=OTHER_ASSESSOR), found("S1"))},
        {"cited": ()},
        {"plan": changed(CONTEXT.plan, rulings=("0: as printed",))},
        {"plan": changed(CONTEXT.plan, route="CVT")},
        {"form": changed(CONTEXT.form, codes=("K1",))},
        {"criteria": changed(CONTEXT.criteria, sha256="c1")},
        {"decider": changed(CONTEXT.decider, interests=("none", "personal"))},
        {"adjustments": "rest breaks"},
        {"holds": "malpractice"},
        {"never_opened": (UNOPENED,)},
        {"never_opened": ()},
        {"closed_attempts": ()},
    ],
)
def test_anything_else_that_changes_changes_the_hash_shown(fields: dict[str, Any]) -> None:
    assert sealed(changed(CONTEXT, **fields)).shown != CONTEXT.shown


def test_sealing_twice_changes_nothing() -> None:
    assert sealed(CONTEXT) == CONTEXT


def test_whatever_changes_in_a_sealed_context_it_is_not_intact() -> None:
    assert CONTEXT.intact()
    assert not changed(CONTEXT, holds="none at all").intact()
    assert not changed(CONTEXT, findings=CONTEXT.findings[1:]).intact()


def test_new_findings_stand_in_the_place_of_older_ones_under_the_hash_that_was_shown() -> None:
    newer = with_findings(CONTEXT, (found("S1", "not met", OTHER_ASSESSOR), found("K2")))
    assert [(each.finding.code, each.finding.judgement) for each in newer.findings] == [
        ("K1", "met"),
        ("K2", "met"),
        ("S1", "not met"),
    ]
    assert [code for code, _ in newer.cited] == ["K1", "K2", "S1"]
    assert newer.shown == CONTEXT.shown
    assert newer.sha256 != CONTEXT.sha256


def test_cited_versions_are_listed_by_code_as_people_count() -> None:
    assert cited_by((found("K10"), found("K2"))) == (("K2", (REF,)), ("K10", (REF,)))


def test_a_citation_of_what_is_no_longer_available_is_named() -> None:
    assert CONTEXT.cited_but_gone() == []
    assert changed(CONTEXT, available=()).cited_but_gone() == ["K1", "S1"]


def test_a_citation_of_what_was_returned_since_is_named_too() -> None:
    assert changed(CONTEXT, available=(changed(VERSION, stage="returned"),)).cited_but_gone() == ["K1", "S1"]


def test_what_the_decider_never_opened_is_listed_with_the_codes_that_cite_it() -> None:
    shown = context(found("K1"), never_opened=never_opened((UNOPENED,), cited_by((found("K1"),))))
    assert shown.never_opened == (changed(UNOPENED, cited_for=("K1",)),)
    assert with_findings(shown, (found("S1"),)).never_opened == (changed(UNOPENED, cited_for=("K1", "S1")),)
    assert never_opened((UNOPENED,), ()) == (UNOPENED,)


def test_what_an_earlier_release_did_not_say_is_in_no_context_of_it() -> None:
    assert with_findings(CONTEXT, ()).never_opened is UNSET
    assert b"never_opened" not in msgspec.json.encode(CONTEXT)


def test_grounds_of_an_appeal_may_point_at_every_item_and_remark_in_it() -> None:
    assert changed(CONTEXT, available=(changed(VERSION, annotations=(REMARK,)),)).items() == {
        EVIDENCE_ID,
        ANNOTATION_ID,
    }
