"""A decision and the appeal against it, told without running a command; its context is put together as the rules do."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from infra.bench.crowd import registered
from infra.bench.facts import append_of
from infra.store.journal import EventJournal
from portfolio.application.loaders.assessment import in_force
from portfolio.application.read_session import ReadSession
from portfolio.domain.appeal.facts import AppealAdmitted, AppealLodged, DecisionSubject, Ground, PanelConvened
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.facts import AttemptOpened, GradeDecided
from portfolio.domain.assessment.finding import Citation, Finding, StatementFound
from portfolio.domain.assessment.in_force import decision_context
from portfolio.domain.evidence.facts import EvidenceServed
from portfolio.domain.interests import InterestDeclared
from portfolio.domain.kernel import Fact
from portfolio.domain.person import RoleGranted

MEMBERS = 3
REASON = "Every step is shown and explained, from the first check of the rig to the signed record of the day. " * 2


class Attempt(NamedTuple):
    """What is decided: whose component, on which form and criteria, from which items, judging which codes."""

    apprentice: UUID
    enrolment: UUID
    assessor: UUID
    items: Sequence[UUID]
    form: UUID
    criteria: UUID
    component: str
    codes: Sequence[str]
    route: str


class Case(NamedTuple):
    """The appeal, and somebody on its panel."""

    appeal: UUID
    member: UUID


def contest(journal: EventJournal, of: Attempt, items_have: int) -> Case:
    """Tell that an attempt is decided after its items, of ``items_have`` facts, were looked at; and the appeal."""

    def told(stream: UUID, facts: Sequence[Fact], by: UUID, after: int = 0) -> None:
        journal.append(*append_of(stream, of.apprentice, facts, after, by=by))

    attempt, decision, appeal, officer = (uuid4() for _ in range(4))
    members = [uuid4() for _ in range(MEMBERS)]
    for each in of.items:
        told(each, [EvidenceServed(version=1)], of.assessor, items_have)
    opened = AttemptOpened(
        enrolment_id=of.enrolment,
        apprentice=of.apprentice,
        form_id=of.form,
        component=of.component,
        criteria_id=of.criteria,
        evidence_kinds=frozenset({"work product"}),
        codes=frozenset(of.codes),
        route=of.route,
        number=1,
        barred=frozenset(),
        after_appeal=None,
    )
    found = [
        StatementFound(finding=finding(code, of.items[number % len(of.items)]), assessor=of.assessor)
        for number, code in enumerate(of.codes)
    ]
    told(attempt, [opened, *found], of.assessor)
    session, at = ReadSession(journal), datetime.now(UTC)
    known = in_force(session, attempt, of.assessor, at)
    context = decision_context(session.state(ASSESSMENT, attempt), attempt, known, decision_id=decision)
    decided = GradeDecided(decision_id=decision, grade="pass", reasons=REASON, decider=of.assessor, context=context)
    told(attempt, [decided], of.assessor, 1 + len(found))
    for number, member in enumerate(members):
        declared = InterestDeclared(apprentice=of.apprentice, interest="none", detail="")
        told(member, [registered(f"Priya {number}"), RoleGranted(role="panel member"), declared], member)
    told(officer, [registered("Olu"), RoleGranted(role="appeals officer")], officer)
    lodged = AppealLodged(
        subject=DecisionSubject(assessment_id=attempt, decision_id=decision),
        enrolment_id=of.enrolment,
        apprentice=of.apprentice,
        appellant=of.apprentice,
        grounds=(Ground(ground="evidence", statement="It was left out.", items=(of.items[0],)),),
        consent="",
        took_part=frozenset({of.assessor, of.apprentice}),
    )
    told(appeal, [lodged], of.apprentice)
    heard = [
        AppealAdmitted(officer=officer),
        PanelConvened(members=frozenset(members), independent=frozenset(members[:1]), officer=officer),
    ]
    told(appeal, heard, officer, 1)
    return Case(appeal, members[0])


def finding(code: str, item: UUID) -> Finding:
    """Return that an item shows a code."""
    return Finding(code=code, judgement="met", reason=REASON, cites=(Citation(evidence_id=item, version=1),))
