"""The same history gives the same decision contexts, byte for byte, as those that release 0.1.0 stored."""

from pathlib import Path

import msgspec

from portfolio.domain.assessment.decisions import SupersedeDecision
from portfolio.domain.assessment.facts import GradeDecided
from portfolio.domain.assessment.finding import Citation, Finding
from portfolio.domain.evidence.commands import AnnotateEvidence, ReturnEvidence, ServeEvidence, WriteRecord
from portfolio.domain.evidence.record import Observation, SeenCode
from portfolio.domain.evidence.selector import WholeItem
from tests.application.stage import ASSESSOR, DECISION, ENROLMENT, FIRST_DAY, LOG, OBSERVED, OTHER_ASSESSOR, Stage
from tests.domain.world import SHA, an_id

GOLDEN = Path(__file__).parent.parent / "golden" / "contexts" / "story.jsonl"
RECORD, SECOND = an_id("record"), an_id("second decision")


def tell(stage: Stage) -> None:
    """Let a grade be decided on evidence of all sorts, superseded, set aside after an appeal, and decided again."""
    stage.enrol()
    stage.hand_in()
    stage.hand_in(an_id("returned"))
    stage.do(ReturnEvidence(evidence_id=an_id("returned"), version=1, reason="unreadable"), ASSESSOR)
    stage.draft(an_id("draft"))
    stage.open()
    observation = Observation(
        assessment_id=OBSERVED,
        place="Main stage",
        occurred_on=FIRST_DAY,
        from_time="09:00",
        to_time="11:00",
        seen=(SeenCode(code="S1", what="rigged a truss"),),
    )
    stage.do(WriteRecord(evidence_id=RECORD, enrolment_id=ENROLMENT, title="Observation", record=observation), ASSESSOR)
    for evidence_id in (LOG, RECORD):
        stage.do(ServeEvidence(evidence_id=evidence_id, version=1), ASSESSOR)
    remark = AnnotateEvidence(
        evidence_id=LOG,
        annotation_id=an_id("remark"),
        version=1,
        sha256=SHA,
        selector=WholeItem(),
        kind="pointer",
        audience="assessors",
        text="look here",
    )
    stage.do(remark, ASSESSOR)
    stage.find()
    stage.decide()
    doubted = Finding(code="S2", judgement="not met", reason="unsafe", cites=(Citation(evidence_id=LOG, version=1),))
    supersede = SupersedeDecision(
        assessment_id=OBSERVED,
        supersedes=DECISION,
        decision_id=SECOND,
        grade="fail",
        reasons="A code was overlooked.",
        reason_code="marking error",
        authority_cited="lead assessor",
        context_hash=stage.shown(OBSERVED, ASSESSOR).shown,
        findings=(doubted,),
    )
    stage.do(supersede, ASSESSOR)
    stage.lodge(decision=SECOND)
    stage.convene()
    stage.reactions.react(stage.uphold())
    stage.assign(OTHER_ASSESSOR, "assessor")
    again = stage.log()[-2].originator_id
    stage.find(again, by=OTHER_ASSESSOR)
    stage.decide(again, an_id("third decision"), by=OTHER_ASSESSOR)


def test_the_same_history_gives_the_same_contexts_byte_for_byte(stage: Stage) -> None:
    tell(stage)
    contexts = [entry.fact.context for entry in stage.facts(GradeDecided) if isinstance(entry.fact, GradeDecided)]
    written = [msgspec.json.encode(context, order="deterministic") for context in contexts]
    assert written == GOLDEN.read_bytes().splitlines()
