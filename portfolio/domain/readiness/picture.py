"""What readiness is computed from: one enrolment's claims, attempts, decisions and appeals, folded from facts.

The projection folds it as facts arrive and a replay folds it from the streams; ``readiness`` is the one policy on it.
"""

from collections.abc import Container, Mapping
from datetime import date
from typing import Literal
from uuid import UUID

from portfolio.domain.appeal.facts import (
    AppealDecided,
    AppealLodged,
    AppealNotAdmitted,
    AppealWithdrawn,
    DecisionSubject,
    SecondLookAsked,
)
from portfolio.domain.assessment.facts import (
    AttemptClosed,
    AttemptOpened,
    DecisionConfirmed,
    DecisionDeclined,
    DecisionVoided,
    GradeDecided,
    GradeDecisionSuperseded,
)
from portfolio.domain.assessment.finding import Judgement, StatementFound
from portfolio.domain.calendar import london_day
from portfolio.domain.enrolment.facts import (
    ApprenticeEnrolled,
    EndTakenBack,
    EnrolmentEnded,
    EnrolmentPaused,
    EnrolmentResumed,
    RouteChanged,
    ScrutinyRouteRecorded,
    StartCorrected,
)
from portfolio.domain.enrolment.lasting import Lasting, lasting_after
from portfolio.domain.enrolment.state import RouteFrom, named, route_on, routes_after, routes_begun
from portfolio.domain.evidence.erasure import FileErased
from portfolio.domain.evidence.facts import (
    ClaimDropped,
    DraftDescribed,
    DraftDiscarded,
    EvidenceRecorded,
    EvidenceReplaced,
    EvidenceReturned,
    EvidenceSubmitted,
    EvidenceWithdrawn,
    StatementClaimed,
    UploadOffered,
)
from portfolio.domain.evidence.record import Observation
from portfolio.domain.kernel import NOBODY, Entry, Fact, Recorded, Value, changed


class ClaimNote(Value, array_like=True):
    """A live claim: which code, on which version of which item, since when; there are many, so they are kept short."""

    code: str
    evidence_id: UUID
    version: int
    claimed_on: date


class FoundNote(Value):
    """What a decision holds on one code."""

    code: str
    judgement: Judgement
    reason: str


class DecisionNote(Value):
    """A grade decision and what became of it; ``observed``: it judged codes on an observation record of its attempt."""

    decision_id: UUID
    decided_on: date
    grade: str
    found: tuple[FoundNote, ...]
    decider: UUID = NOBODY
    observed: bool = False
    status: Literal["effective", "superseded", "void", "waiting", "declined"] = "effective"
    why_void: str = ""


class AttemptNote(Value):
    """An attempt at a component, with the latest judgement on each code found so far, by whom, and its decisions."""

    assessment_id: UUID
    component: str
    form_id: UUID
    route: str
    codes: frozenset[str]
    judgements: dict[str, Judgement] = {}
    finders: dict[str, UUID] = {}
    decisions: tuple[DecisionNote, ...] = ()
    closed: bool = False

    @property
    def judged(self) -> frozenset[str]:
        """Return the codes found met or not met."""
        return frozenset(code for code, judgement in self.judgements.items() if judgement != "not judged")

    def without_findings_of(self, people: Container[UUID]) -> "AttemptNote":
        """Return the attempt without what these people found."""
        counting = {code: each for code, each in self.judgements.items() if self.finders.get(code) not in people}
        return changed(self, judgements=counting)

    def effective(self) -> DecisionNote | None:
        """Return the decision that stands."""
        return next((decision for decision in self.decisions if decision.status == "effective"), None)

    def goes_on(self) -> bool:
        """Return whether it is not closed, and not decided but by decisions that were declined."""
        return not self.closed and all(decision.status == "declined" for decision in self.decisions)


class AppealNote(Value):
    """An open appeal and the decision it is against."""

    appeal_id: UUID
    decision_id: UUID


class Picture(Value):
    """One enrolment as readiness sees it.

    ``upheld`` has the decisions against which an appeal was upheld, ``scrutiny`` the routes that hold.
    ``recorded_on``: the day on which the enrolment came on record.
    ``observations`` has the attempt of each observation record, by evidence. ``titles`` are of versions, by
    ``of_version``; ``stages`` says of a version that it is a draft or was returned. ``tells_appeals``: its reader may
    know of appeals. ``claims`` come last: what is kept of a picture then differs only at its end after another claim.
    """

    enrolment_id: UUID = NOBODY
    plan_id: UUID = NOBODY
    recorded_on: date = date.max
    lasting: Lasting = Lasting()
    routes: tuple[RouteFrom, ...] = ()
    titles: dict[str, str] = {}
    stages: dict[str, Literal["draft", "returned"]] = {}
    observations: dict[UUID, UUID] = {}
    attempts: tuple[AttemptNote, ...] = ()
    appeals: tuple[AppealNote, ...] = ()
    upheld: frozenset[UUID] = frozenset()
    scrutiny: tuple[ScrutinyRouteRecorded, ...] = ()
    tells_appeals: bool = True
    claims: tuple[ClaimNote, ...] = ()

    def route_on(self, day: date) -> RouteFrom | None:
        """Return the route that holds on a day: before the first one begins, the first."""
        return route_on(self.routes, day)

    def there_on(self, day: date) -> bool:
        """Return whether the apprentice was enrolled on a day: from the first one on, or from the recording before."""
        return min(self.lasting.starts_on, self.recorded_on) <= day

    def second_person(self, attempt: AttemptNote, decision: DecisionNote) -> UUID:
        """Return who confirms a decision that waits, by the route that holds; ``NOBODY`` where none does."""
        wanted = (decision.decider, attempt.form_id, attempt.component)
        return next((route.second_person for route in self.scrutiny if named(route) == wanted), NOBODY)

    def judged(self) -> frozenset[str]:
        """Return the codes that somebody judged, whether it counts or not."""
        return frozenset[str]().union(*(attempt.judged for attempt in self.attempts))

    def without_findings_of(self, out: Mapping[UUID, Container[UUID]]) -> "Picture":
        """Return the picture without what these people, by attempt, found there."""
        attempts = (attempt.without_findings_of(out.get(attempt.assessment_id, ())) for attempt in self.attempts)
        return changed(self, attempts=tuple(attempts))

    def without_drafts(self) -> "Picture":
        """Return the picture for others than the apprentice: what is claimed with a draft is not claimed yet."""
        return changed(self, claims=tuple(claim for claim in self.claims if self.stage_of(claim) != "draft"))

    def without_appeals(self) -> "Picture":
        """Return the picture for who may not know of appeals: nor of one by which a decision was set aside."""
        attempts = (
            changed(attempt, decisions=tuple(self._without_ruling(decision) for decision in attempt.decisions))
            for attempt in self.attempts
        )
        return changed(self, appeals=(), attempts=tuple(attempts), tells_appeals=False)

    def _without_ruling(self, decision: DecisionNote) -> DecisionNote:
        return changed(decision, why_void="") if decision.decision_id in self.upheld else decision

    def stage_of(self, claim: ClaimNote) -> Literal["draft", "returned"] | None:
        """Return whether the version that a claim was made with is a draft or was returned; None if it counts."""
        return self.stages.get(of_version(claim.evidence_id, claim.version)) if self.stages else None

    def title_of(self, claim: ClaimNote) -> str:
        """Return the title of the version that a claim was made with."""
        return self.titles.get(of_version(claim.evidence_id, claim.version), "your evidence")


def of_version(evidence_id: UUID, version: int) -> str:
    """Return the key of a version in a picture."""
    return f"{evidence_id}/{version}"


def effective_on(entry: Recorded) -> date:
    """Return the day from which a fact was true: its own day where it was recorded later, else the day of recording.

    When an enrolment begins, the picture says (``there_on``): its first day may be corrected.
    """
    recorded_on = london_day(entry.at)
    match entry.fact:
        case ApprenticeEnrolled() | StartCorrected():
            return date.min
        case RouteChanged(effective_on=earlier) | EnrolmentPaused(pauses_on=earlier):
            return min(earlier, recorded_on)
        case EnrolmentResumed(resumes_on=earlier) | EnrolmentEnded(ended_on=earlier) | EndTakenBack(ended_on=earlier):
            return min(earlier, recorded_on)
        case EvidenceRecorded(record=record):
            return min(record.occurred_on, recorded_on)
        case _:
            return recorded_on


PICTURE_FACTS: tuple[type[Fact], ...] = (
    ApprenticeEnrolled,
    StartCorrected,
    EnrolmentPaused,
    EnrolmentResumed,
    EnrolmentEnded,
    EndTakenBack,
    RouteChanged,
    ScrutinyRouteRecorded,
    UploadOffered,
    DraftDescribed,
    EvidenceRecorded,
    EvidenceSubmitted,
    EvidenceReturned,
    StatementClaimed,
    ClaimDropped,
    EvidenceWithdrawn,
    EvidenceReplaced,
    DraftDiscarded,
    FileErased,
    AttemptOpened,
    AttemptClosed,
    StatementFound,
    GradeDecided,
    DecisionConfirmed,
    DecisionDeclined,
    GradeDecisionSuperseded,
    DecisionVoided,
    AppealLodged,
    AppealNotAdmitted,
    SecondLookAsked,
    AppealDecided,
    AppealWithdrawn,
)
"""The facts that may change a picture."""


def see(picture: Picture, entry: Entry) -> Picture:
    """Return the picture after one more fact of the enrolment or of its evidence, attempts and appeals."""
    fact, stream = entry.fact, entry.originator_id
    match fact:
        case StatementClaimed(code=code, version=version):  # first, because most are claims
            note = ClaimNote(code=code, evidence_id=stream, version=version, claimed_on=london_day(entry.at))
            return changed(picture, claims=(*picture.claims, note))
        case ApprenticeEnrolled(starts_on=since, route=route, form_id=form_id, plan_id=plan_id):
            first = RouteFrom(since=since, route=route, form_id=form_id)
            recorded_on, lasting = london_day(entry.at), lasting_after(Lasting(), fact)
            return Picture(
                enrolment_id=stream, plan_id=plan_id, recorded_on=recorded_on, lasting=lasting, routes=(first,)
            )
        case StartCorrected(starts_on=since):
            routes = routes_begun(picture.routes, since)
            return changed(picture, lasting=lasting_after(picture.lasting, fact), routes=routes)
        case EnrolmentPaused() | EnrolmentResumed() | EnrolmentEnded() | EndTakenBack():
            return changed(picture, lasting=lasting_after(picture.lasting, fact))
        case RouteChanged():
            return changed(picture, routes=routes_after(picture.routes, fact)) if picture.routes else picture
        case EvidenceRecorded(record=Observation(assessment_id=attempt_id)):
            return changed(picture, observations={**picture.observations, stream: attempt_id})
        case UploadOffered(title=title, version=version) | DraftDescribed(title=title, version=version):
            key = of_version(stream, version)
            return changed(picture, titles={**picture.titles, key: title}, stages={**picture.stages, key: "draft"})
        case EvidenceSubmitted(version=version):
            of = of_version(stream, version)
            return changed(picture, stages={key: stage for key, stage in picture.stages.items() if key != of})
        case EvidenceReturned(version=version):
            return changed(picture, stages={**picture.stages, of_version(stream, version): "returned"})
        case ClaimDropped(code=code, version=version):
            return _without_claims(picture, stream, version, code)
        case (
            EvidenceWithdrawn(version=version)
            | EvidenceReplaced(version=version)
            | DraftDiscarded(version=version)
            | FileErased(version=version)
        ):
            return _without_claims(picture, stream, version, None)
        case AttemptOpened(component=component, form_id=form_id, route=route, codes=codes):
            attempt = AttemptNote(assessment_id=stream, component=component, form_id=form_id, route=route, codes=codes)
            return changed(picture, attempts=(*picture.attempts, attempt))
        case AttemptClosed() | StatementFound() | GradeDecided() | GradeDecisionSuperseded() | DecisionVoided():
            return _in_attempt(picture, entry)
        case DecisionConfirmed() | DecisionDeclined():
            return _in_attempt(picture, entry)
        case AppealLodged(subject=DecisionSubject(decision_id=decision_id)) | SecondLookAsked(decision_id=decision_id):
            return changed(picture, appeals=(*picture.appeals, AppealNote(appeal_id=stream, decision_id=decision_id)))
        case AppealNotAdmitted() | AppealDecided() | AppealWithdrawn():
            gone = [note for note in picture.appeals if note.appeal_id == stream]
            against = {
                note.decision_id for note in gone if isinstance(fact, AppealDecided) and fact.outcome == "upheld"
            }
            remaining = tuple(note for note in picture.appeals if note not in gone)
            return changed(picture, appeals=remaining, upheld=picture.upheld | against)
        case ScrutinyRouteRecorded():
            others = tuple(route for route in picture.scrutiny if named(route) != named(fact))
            return changed(picture, scrutiny=(*others, fact))
        case _:
            return picture


def _without_claims(picture: Picture, evidence_id: UUID, version: int, code: str | None) -> Picture:
    remaining = tuple(
        claim
        for claim in picture.claims
        if (claim.evidence_id, claim.version) != (evidence_id, version) or code not in (None, claim.code)
    )
    return changed(picture, claims=remaining)


def _in_attempt(picture: Picture, entry: Entry) -> Picture:
    def after(attempt: AttemptNote) -> AttemptNote:
        if attempt.assessment_id != entry.originator_id:
            return attempt
        match entry.fact:
            case AttemptClosed():
                return changed(attempt, closed=True)
            case StatementFound(finding=finding, assessor=by):
                judgements = {**attempt.judgements, finding.code: finding.judgement}
                return changed(attempt, judgements=judgements, finders={**attempt.finders, finding.code: by})
            case GradeDecided():
                note = _decision(entry.fact, london_day(entry.at), observed=_observed(picture, entry.fact))
                return changed(attempt, decisions=(*attempt.decisions, note))
            case DecisionConfirmed(decision_id=decision_id):
                return _marked(attempt, decision_id, status="effective")
            case DecisionDeclined(decision_id=decision_id):
                return _marked(attempt, decision_id, status="declined")
            case GradeDecisionSuperseded(decision_id=decision_id):
                return _marked(attempt, decision_id, status="superseded")
            case DecisionVoided(decision_id=decision_id, reason=reason):
                return _marked(attempt, decision_id, status="void", why_void=reason)
            case _:
                return attempt

    return changed(picture, attempts=tuple(after(attempt) for attempt in picture.attempts))


def _observed(picture: Picture, fact: GradeDecided) -> bool:
    """Return whether the decision judged codes on an observation record of its very attempt."""
    return any(
        picture.observations.get(cite.evidence_id) == fact.context.assessment_id
        for each in fact.context.findings
        if each.finding.judgement != "not judged"
        for cite in each.finding.cites
    )


def _decision(fact: GradeDecided, day: date, *, observed: bool) -> DecisionNote:
    notes = tuple(
        FoundNote(code=each.finding.code, judgement=each.finding.judgement, reason=each.finding.reason)
        for each in fact.context.findings
    )
    status: Literal["waiting", "effective"] = "waiting" if fact.needs_confirmation() else "effective"
    return DecisionNote(
        decision_id=fact.decision_id,
        decided_on=day,
        grade=fact.grade,
        found=notes,
        decider=fact.decider,
        observed=observed,
        status=status,
    )


def _marked(attempt: AttemptNote, decision_id: UUID, **fields: object) -> AttemptNote:
    decisions = tuple(
        changed(decision, **fields) if decision.decision_id == decision_id else decision
        for decision in attempt.decisions
    )
    return changed(attempt, decisions=decisions)
