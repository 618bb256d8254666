"""Histories that the rules allow, made from small numbers: each move adds facts to some record, or none."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, get_args
from uuid import UUID

from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.facts import (
    AppealAdmitted,
    AppealDecided,
    AppealLodged,
    AppealNotAdmitted,
    AppealWithdrawn,
    DecisionSubject,
    PanelConvened,
)
from portfolio.domain.appeal.state import Appeal
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.facts import AttemptOpened, DecisionVoided, GradeDecisionSuperseded
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.facts import ApprenticeEnrolled, PersonReleased, RouteChanged
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.evidence import record
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.facts import (
    ClaimDropped,
    DraftDiscarded,
    EvidenceAccepted,
    EvidenceRecorded,
    EvidenceReplaced,
    EvidenceReturned,
    EvidenceServed,
    EvidenceSubmitted,
    EvidenceWithdrawn,
    FileReceived,
    FileRefused,
    StatementClaimed,
)
from portfolio.domain.evidence.item import Evidence, Version
from portfolio.domain.form import FormApproved
from portfolio.domain.interests import InterestDeclared
from portfolio.domain.kernel import Aggregate, Fact, changed
from portfolio.domain.person import PERSON, Person, PersonRegistered, RoleEnded, RoleGranted
from portfolio.domain.plan import PLAN as PLANS
from portfolio.domain.plan import DefectRuled, PlanApproved, PlanEdition, PlanImported
from portfolio.domain.vocabulary import Assignment, Role
from tests.domain.test_decision_context import context, found
from tests.domain.world import FORM_FACTS, FORM_ID, OTHER_FORM_ID, PLAN_ID, SHA, an_id, form, plan
from tests.projections.courses import DAYS, go_on, put_part_right, put_right, rename_or_employ
from tests.projections.support import (
    DECIDED,
    DECLARATION,
    ENROLLED,
    IMPORTED,
    LODGED,
    OFFERED,
    OPENED,
    SEALED,
    ListLog,
    assigned,
    on,
)

PEOPLE = tuple(an_id(name) for name in ("Ada", "Ben", "Cy", "Di"))
CODES = ("K1", "K2", "S1", "K11", "K20")
ROLES = get_args(Role)
ASSIGNMENTS: tuple[Assignment, ...] = get_args(Assignment)


class Move(NamedTuple):
    """What is done, to which record of its kind, and with which of the things there are to choose from."""

    name: str
    record: int
    choice: int
    other: int


class History:
    """A log that grows by moves."""

    def __init__(self) -> None:
        self.log = ListLog()
        self._folded: dict[UUID, tuple[int, Any]] = {}
        self.streams: dict[Aggregate[Any], list[UUID]] = {
            kind: [] for kind in (PERSON, PLANS, ENROLMENT, EVIDENCE, ASSESSMENT, APPEAL)
        }
        proof = form().proof
        assert proof is not None
        for of in (FORM_ID, OTHER_FORM_ID):
            self.log.tell(on(of, *FORM_FACTS, FormApproved(proof=proof)))
        self.begin(PLANS, PLAN_ID, IMPORTED)

    def begin(self, kind: Aggregate[Any], stream: UUID, *facts: Fact, by: UUID = PEOPLE[0]) -> None:
        """Begin a record."""
        self.streams[kind].append(stream)
        self.log.tell(on(stream, *facts), by=by)

    def state(self, kind: Aggregate[Any], stream: UUID) -> Any:
        """Return a record as its own fold has it."""
        if (known := self._folded.get(stream)) is None or known[0] < self.log.head():
            self._folded[stream] = self.log.head(), kind.fold(entry.fact for entry in self.log.read(stream))
        return self._folded[stream][1]

    def make(self, move: Move) -> None:
        """Add the facts of a move, if there is a record that it can be made on."""
        fresh = an_id(f"record {self.log.head()}")
        if move.name in BEGINNINGS:
            kind, begin = BEGINNINGS[move.name]
            facts = begin(self, move)
            if facts:
                self.begin(kind, fresh, *facts, by=PEOPLE[move.other % len(PEOPLE)])
            return
        kind, go_on = MOVES[move.name]
        if streams := self.streams[kind]:
            stream = streams[move.record % len(streams)]
            facts = list(go_on(self.state(kind, stream), move))
            self.log.tell(on(stream, *facts), by=PEOPLE[move.other % len(PEOPLE)])

    def any_enrolment(self, move: Move) -> tuple[UUID, Enrolment] | None:
        """Return the enrolment that the move chooses."""
        if not (streams := self.streams[ENROLMENT]):
            return None
        stream = streams[move.record % len(streams)]
        return stream, self.state(ENROLMENT, stream)


def register(_: History, move: Move) -> list[Fact]:
    return [PersonRegistered(name=("Sam", "Ada", "Ümit")[move.choice % 3], works_for="centre")]


def import_plan(_: History, move: Move) -> list[PlanImported]:
    text = changed(
        plan(warnings=move.choice % 3, draft=bool(move.other % 2)), version_label=f"ST9999/V{move.record % 2}"
    )
    return [changed(IMPORTED, plan=text)]


def enrol(_: History, move: Move) -> list[ApprenticeEnrolled]:
    return [changed(ENROLLED, apprentice=PEOPLE[move.choice % 4], starts_on=DAYS[move.other % 4])]


def offer(history: History, move: Move) -> list[Fact]:
    enrolment = history.any_enrolment(move)
    if enrolment is None:
        return []
    return [changed(OFFERED, enrolment_id=enrolment[0], title=f"Item {move.choice}")]


def write(history: History, move: Move) -> list[Fact]:
    enrolment = history.any_enrolment(move)
    if enrolment is None:
        return []
    return [written(enrolment[0], 1, said(move))]


def said(move: Move) -> record.Testimony:
    return record.Testimony(
        witness="Ada",
        role="rigger",
        competence="ten years",
        relation="colleague",
        first_hand=True,
        statement="Well.",
        occurred_on=DAYS[move.choice % 4],
    )


def written(enrolment_id: UUID, version: int, testimony: record.Testimony, **fields: Any) -> EvidenceRecorded:
    named: dict[str, Any] = {"enrolment_id": enrolment_id, "apprentice": PEOPLE[0], "title": "Said", **fields}
    return EvidenceRecorded(version=version, record=testimony, sha256=SHA, size=9, **named)


def open_attempt(history: History, move: Move) -> list[AttemptOpened]:
    enrolment = history.any_enrolment(move)
    if enrolment is None:
        return []
    barred = frozenset(PEOPLE[: move.other % 2])
    component = ("C1", "C2")[move.choice % 2]
    return [changed(OPENED, enrolment_id=enrolment[0], form_id=FORM_ID, component=component, barred=barred)]


def lodge(history: History, move: Move) -> list[AppealLodged]:
    attempts = history.streams[ASSESSMENT]
    if not attempts:
        return []
    attempt_id = attempts[move.record % len(attempts)]
    attempt: Assessment = history.state(ASSESSMENT, attempt_id)
    standing = attempt.effective()
    if standing is None:
        return []
    subject = DecisionSubject(assessment_id=attempt_id, decision_id=standing.decision_id)
    return [changed(LODGED, subject=subject, enrolment_id=attempt.enrolment_id, appellant=PEOPLE[move.choice % 4])]


BEGINNINGS: dict[str, tuple[Aggregate[Any], Callable[[History, Move], Any]]] = {
    "register": (PERSON, register),
    "import plan": (PLANS, import_plan),
    "enrol": (ENROLMENT, enrol),
    "offer": (EVIDENCE, offer),
    "write": (EVIDENCE, write),
    "open attempt": (ASSESSMENT, open_attempt),
    "lodge": (APPEAL, lodge),
}


def declare(_: Person, move: Move) -> Iterator[InterestDeclared]:
    yield InterestDeclared(apprentice=PEOPLE[move.choice % 4], interest="none", detail="")


def grant_or_end(person: Person, move: Move) -> Iterator[Fact]:
    role = ROLES[move.choice % 3]
    yield RoleEnded(role=role) if role in person.roles else RoleGranted(role=role)


def rule(edition: PlanEdition, move: Move) -> Iterator[Fact]:
    warnings = edition.plan.warnings if edition.plan else ()
    if warnings and not edition.approved:
        yield DefectRuled(warning=move.choice % len(warnings), reading="as printed", reason="clear")


def approve(edition: PlanEdition, _: Move) -> Iterator[Fact]:
    if not edition.approved:
        yield PlanApproved(sha256=SHA)


def change_route(_: Enrolment, move: Move) -> Iterator[Fact]:
    form_id = (FORM_ID, OTHER_FORM_ID)[move.choice % 2]
    yield RouteChanged(
        route=("LET", "CVT")[move.choice % 2], form_id=form_id, effective_on=DAYS[move.other % 4], reason="job"
    )


def assign_or_release(enrolment: Enrolment, move: Move) -> Iterator[Fact]:
    person, assignment = PEOPLE[move.choice % 4], ASSIGNMENTS[move.other % 4]
    held = [part for part in enrolment.assigned if (part.person_id, part.assignment) == (person, assignment)]
    day = DAYS[(move.choice + move.other) % 4]
    if any(part.ends_on is None for part in held):
        yield PersonReleased(person_id=person, assignment=assignment, ends_on=day, reason="moved")
    else:
        components = ((), ("C1",), ("C1", "C2"))[move.record % 3]
        yield changed(assigned(person, assignment, *components), starts_on=day)


def upload(item: Evidence, move: Move) -> Iterator[Fact]:
    last = item.versions[-1]
    if last.stage == "offered":
        yield FileReceived(version=last.number, object_id=OFFERED.object_id)
    elif last.stage == "received" and move.choice % 4:
        yield changed(SEALED, version=last.number)
    elif last.stage == "received":
        why = {"refusal": "content-unreadable", "why": "It is damaged."}
        yield FileRefused(version=last.number, object_id=OFFERED.object_id, **why)
    elif last.stage == "sealed" and move.choice % 4:
        yield EvidenceSubmitted(version=last.number, declaration=DECLARATION)
        for other in item.versions[:-1]:
            if other.handed_in() and other.stage != "replaced":
                yield EvidenceReplaced(version=other.number, replaced_by=last.number)
    elif last.stage == "sealed":
        yield DraftDiscarded(version=last.number, object_id=OFFERED.object_id)
    elif last.kind == "work product":
        yield changed(OFFERED, enrolment_id=item.enrolment_id, version=last.number + 1, title=f"Item {move.choice}")


def write_anew(item: Evidence, move: Move) -> Iterator[Fact]:
    last = item.versions[-1]
    if last.kind == "work product" or last.stage == "withdrawn":
        return
    number, corrects = last.number + 1, last.number if move.choice % 2 else None
    yield written(item.enrolment_id, number, said(move), title=f"Said {move.choice}", reason="slip", corrects=corrects)
    yield EvidenceReplaced(version=last.number, replaced_by=number)


def answer(item: Evidence, move: Move) -> Iterator[Fact]:
    last = item.versions[-1]
    if last.stage == "submitted":
        yield (
            EvidenceAccepted(version=last.number)
            if move.choice % 2
            else EvidenceReturned(version=last.number, reason="dark")
        )


def claim_or_drop(item: Evidence, move: Move) -> Iterator[Fact]:
    version, code = _some(item, move), CODES[move.choice % len(CODES)]
    if code in version.claims:
        yield ClaimDropped(version=version.number, code=code)
    elif version.stage not in ("replaced", "withdrawn", "discarded"):
        yield StatementClaimed(version=version.number, code=code, place=None)


def serve(item: Evidence, move: Move) -> Iterator[Fact]:
    if _some(item, move).handed_in():
        yield EvidenceServed(version=_some(item, move).number)


def withdraw(item: Evidence, move: Move) -> Iterator[Fact]:
    version = _some(item, move)
    if version.stage not in ("replaced", "withdrawn", "discarded") and move.choice % 3 == 0:
        yield EvidenceWithdrawn(version=version.number, reason="wrong file")


def _some(item: Evidence, move: Move) -> Version:
    return item.versions[move.other % len(item.versions)]


def find(attempt: Assessment, move: Move) -> Iterator[Fact]:
    if attempt.opened and not attempt.decisions:
        yield found(sorted(attempt.opened.codes)[move.choice % 2], by=PEOPLE[move.other % 4])


def decide(attempt: Assessment, move: Move) -> Iterator[Fact]:
    standing = attempt.effective()
    new = changed(DECIDED, decision_id=an_id(f"{attempt.enrolment_id} {move} {len(attempt.decisions)}"))
    if not attempt.decisions:
        yield new
    elif standing and move.choice % 2:
        worse = context(found("K1", "not met"), found("S1"), decision_id=new.decision_id)
        yield changed(new, grade="fail", context=worse)
        yield GradeDecisionSuperseded(
            decision_id=standing.decision_id, superseded_by=new.decision_id, reason_code="review", authority="lead"
        )
    elif standing:
        yield DecisionVoided(
            decision_id=standing.decision_id, reason_code="malpractice", reason="not the own work", appeal_id=None
        )


def hear(appeal: Appeal, move: Move) -> Iterator[Fact]:
    if appeal.status in ("lodged", "admitted", "with panel") and move.choice % 4 == 0:
        yield AppealWithdrawn()
    elif appeal.status == "lodged":
        yield AppealAdmitted() if move.choice % 4 < 3 else AppealNotAdmitted(reason="late")
    elif appeal.status == "admitted":
        yield PanelConvened(members=frozenset(PEOPLE[2:]), independent=frozenset())
    elif appeal.status == "with panel":
        yield AppealDecided(outcome="dismissed", reasons="Nothing was left out.", answers=())


MOVES: dict[str, tuple[Aggregate[Any], Callable[[Any, Move], Iterator[Fact]]]] = {
    "grant or end": (PERSON, grant_or_end),
    "rename or employ": (PERSON, rename_or_employ),
    "declare": (PERSON, declare),
    "rule": (PLANS, rule),
    "approve": (PLANS, approve),
    "change route": (ENROLMENT, change_route),
    "assign or release": (ENROLMENT, assign_or_release),
    "go on": (ENROLMENT, go_on),
    "put right": (ENROLMENT, put_right),
    "put a part right": (ENROLMENT, put_part_right),
    "upload": (EVIDENCE, upload),
    "write anew": (EVIDENCE, write_anew),
    "answer": (EVIDENCE, answer),
    "claim or drop": (EVIDENCE, claim_or_drop),
    "serve": (EVIDENCE, serve),
    "withdraw": (EVIDENCE, withdraw),
    "find": (ASSESSMENT, find),
    "decide": (ASSESSMENT, decide),
    "hear": (APPEAL, hear),
}
