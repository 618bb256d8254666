"""Findings: one judgement a code, on evidence, with reasons (FINDING-1, FINDING-2, VACS-1, VACS-2, EVIDENCE-4)."""

from typing import Any

import pytest

from portfolio.domain.assessment.finding import Citation, Finding
from portfolio.domain.assessment.findings import (
    CodeNotInComponent,
    CriterionNotInCriteria,
    EvidenceKindNotAllowed,
    EvidenceNotSufficient,
    FindingNeedsEvidence,
    FindingRepeated,
    JudgementNeedsReason,
    check_findings,
)
from portfolio.domain.form import OutcomeNotInRoute
from portfolio.domain.kernel import changed
from tests.domain.world import EVIDENCE_ID, an_id

CITED = Citation(evidence_id=EVIDENCE_ID, version=1)
TESTIFIED = Citation(evidence_id=an_id("testimony"), version=1)
MET = Finding(code="K1", judgement="met", reason="seen on page 3", cites=(CITED,))
NOT_MET = changed(MET, judgement="not met")
NOTHING = changed(NOT_MET, cites=(), reason="no log of a fault", nothing_shows_it=True)
NOT_JUDGED = Finding(code="K1", judgement="not judged", reason="the lights failed")


def check(*findings: Finding) -> None:
    check_findings(
        findings,
        codes=frozenset({"K1", "K2"}),
        route_codes=frozenset({"K1", "K2", "K3"}),
        citable={(EVIDENCE_ID, 1): "work product", (TESTIFIED.evidence_id, 1): "witness testimony"},
        kinds=frozenset({"work product"}),
        shown=frozenset({"K2"}),
        criteria=["1.1", "1.2"],
    )


@pytest.mark.parametrize("finding", [MET, NOT_MET, NOT_JUDGED])
def test_a_reasoned_finding_on_evidence_is_taken(finding: Finding) -> None:
    check(finding, changed(finding, code="K2"))


def test_one_call_judges_a_code_once() -> None:
    with pytest.raises(FindingRepeated, match="K1") as refusal:
        check(MET, changed(MET, code="K2"), NOT_MET)
    assert refusal.value.members == {"codes": ["K1"]}


def test_a_code_of_another_route_is_not_judged() -> None:
    with pytest.raises(OutcomeNotInRoute, match="K9"):
        check(MET, changed(MET, code="K9"))


def test_a_code_of_another_component_is_not_judged() -> None:
    with pytest.raises(CodeNotInComponent, match="K3") as refusal:
        check(MET, changed(MET, code="K3"))
    assert refusal.value.members == {"codes": ["K3"]}


@pytest.mark.parametrize("finding", [MET, NOT_MET, NOT_JUDGED])
def test_each_judgement_has_a_reason(finding: Finding) -> None:
    with pytest.raises(JudgementNeedsReason, match="K1"):
        check(changed(finding, reason=" "))


@pytest.mark.parametrize("finding", [MET, NOT_MET])
@pytest.mark.parametrize("cites", [(), (changed(CITED, version=2),), (CITED, changed(CITED, evidence_id=an_id("?")))])
def test_met_and_not_met_rest_on_evidence_that_is_handed_in(finding: Finding, cites: Any) -> None:
    with pytest.raises(FindingNeedsEvidence, match="K1"):
        check(changed(finding, cites=cites))


def test_not_met_rests_on_no_evidence_where_it_says_that_nothing_handed_in_shows_the_code() -> None:
    check(NOTHING)


@pytest.mark.parametrize(
    "finding",
    [changed(NOTHING, judgement="met"), changed(NOTHING, judgement="not judged"), changed(NOTHING, cites=(CITED,))],
)
def test_only_a_not_met_without_citations_says_that_nothing_shows_the_code(finding: Finding) -> None:
    with pytest.raises(FindingNeedsEvidence, match="only a “not met”"):
        check(finding)


def test_a_code_claimed_with_what_is_handed_in_is_not_shown_by_nothing() -> None:
    with pytest.raises(FindingNeedsEvidence, match="K2: evidence that is handed in"):
        check(changed(NOTHING, code="K2"))


def test_that_nothing_shows_the_code_has_a_reason_too() -> None:
    with pytest.raises(JudgementNeedsReason, match="K1"):
        check(changed(NOTHING, reason=" "))


def test_a_code_that_is_not_judged_cites_nothing_that_is_not_handed_in_either() -> None:
    with pytest.raises(FindingNeedsEvidence, match="K1"):
        check(changed(NOT_JUDGED, cites=(changed(CITED, version=2),)))


def test_a_criterion_of_a_finding_is_a_line_of_the_criteria() -> None:
    check(changed(MET, criterion="1.2"))
    with pytest.raises(CriterionNotInCriteria, match=r"'2\.1' is none of: 1\.1, 1\.2") as refusal:
        check(changed(MET, criterion="2.1"))
    assert refusal.value.members == {"codes": ["K1"], "criteria": ["1.1", "1.2"]}


def test_evidence_of_a_kind_the_component_does_not_take_is_not_cited() -> None:
    with pytest.raises(EvidenceKindNotAllowed, match="witness testimony"):
        check(changed(MET, cites=(CITED, TESTIFIED)))


@pytest.mark.parametrize("judged", ["valid", "authentic", "current"])
def test_each_no_about_a_cited_version_has_a_reason(judged: str) -> None:
    doubted = changed(CITED, **{judged: False})
    with pytest.raises(JudgementNeedsReason, match="version cited for K1"):
        check(changed(NOT_MET, cites=(doubted,)))
    check(changed(NOT_MET, cites=(changed(doubted, reason="two years old"),)))


@pytest.mark.parametrize("judged", ["valid", "authentic", "current"])
def test_met_needs_one_version_that_is_valid_authentic_and_current(judged: str) -> None:
    doubted = changed(CITED, reason="two years old", **{judged: False})
    with pytest.raises(EvidenceNotSufficient, match="K1"):
        check(changed(MET, cites=(doubted,)))
    check(changed(MET, cites=(doubted, CITED)))


def test_met_needs_enough_evidence_in_all() -> None:
    with pytest.raises(EvidenceNotSufficient):
        check(changed(MET, sufficient=False))
    check(changed(NOT_MET, sufficient=False))
