"""Of a case: the replay of its decision at a moment, and what everything in it is called."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from flask import url_for

from api.appeals import replay_for
from api.appellants import appellant_of
from api.pages.attempt.deciding import titles_of
from api.pages.attempt.shown import Attempt
from api.pages.case.moment import Moment, moment_of, point_asked
from api.pages.plain import Plain
from api.reads import Sight, see, see_each
from api.services import caller, today
from api.trail import context_for, name_of
from portfolio.application.indexes import EVIDENCE_OF_ENROLMENT
from portfolio.application.moments import Earlier
from portfolio.application.read_session import ReadSession
from portfolio.application.replay import Chronology
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.state import Appeal
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.context import DecisionContext
from portfolio.domain.assessment.facts import GradeDecided
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.drafts import seen_by_others
from portfolio.domain.evidence.item import Version
from portfolio.domain.kernel import NotVisible, Recorded
from portfolio.domain.plan import PLAN, Plan

UNSEEN = "an item that you may not see"


@dataclass(frozen=True)
class Case:
    """An appeal as the person at the page may read it, at a moment; ``whole``: with everything open, to be printed."""

    sight: Sight[Appeal]
    replay: Chronology
    decided: GradeDecided
    moment: Moment
    whole: bool = False

    @property
    def appeal_id(self) -> UUID:
        """Return the appeal."""
        return self.sight.stream

    @property
    def session(self) -> ReadSession:
        """Return what knows the record as it is now."""
        return self.sight.session

    @cached_property
    def then(self) -> ReadSession:
        """Return what knows the record as it was at the moment."""
        return Earlier(self.session, self.moment.position)

    @cached_property
    def judged_attempt(self) -> Attempt:
        """Return the attempt that was decided."""
        of, session = self.replay.assessment_id, self.session
        state, version = session.state(ASSESSMENT, of), len(session.history(of))
        return Attempt(Sight(stream=of, state=state, version=version, held=self.sight.held, session=session))

    @cached_property
    def plan_then(self) -> Plan | None:
        """Return the plan of the enrolment when it was decided: its outcomes say what the codes are about."""
        then = Earlier(self.session, self.replay.decision.position)
        return then.state(PLAN, then.state(ENROLMENT, self.replay.enrolment_id).plan_id).plan

    @cached_property
    def context(self) -> DecisionContext:
        """Return what was stored with the decision, as the person may read it."""
        return context_for(self.sight, self.decided.context)

    @cached_property
    def plain(self) -> Plain:
        """Return how sentences are put plainly."""
        return Plain.of(self.session, self.replay.enrolment_id)

    @cached_property
    def titles(self) -> dict[tuple[UUID, int], str]:
        """Return the titles of the versions that were handed in, which the story tells to everybody who reads it."""
        return titles_of(self.judged_attempt)

    @cached_property
    def openable(self) -> frozenset[tuple[UUID, int]]:
        """Return the versions that the person may open now."""
        items = self.session.links(EVIDENCE_OF_ENROLMENT, self.replay.enrolment_id)
        return frozenset(
            (sight.stream, version.number)
            for sight in see_each(EVIDENCE, items)
            for version in self.session.versions_seen(sight.stream, sight.state, sight.held, caller(), today())
        )

    def title(self, evidence_id: UUID, version: int) -> str:
        """Return what people call a version."""
        return self.titles.get((evidence_id, version), UNSEEN)

    def version(self, evidence_id: UUID, number: int) -> Version | None:
        """Return a version as it is now, None if the person may not open it."""
        if (evidence_id, number) not in self.openable:
            return None
        return self.session.state(EVIDENCE, evidence_id).version(number)

    def name(self, person: UUID) -> str:
        """Return a person's name."""
        return name_of(self.session, person)

    @property
    def apprentice(self) -> str:
        """Return the apprentice's name."""
        return self.name(self.sight.state.apprentice)

    @property
    def appellant(self) -> str:
        """Return the name of whoever brings the appeal."""
        return self.name(appellant_of(self.session, self.sight.state))

    @property
    def decider(self) -> str:
        """Return who decided."""
        return self.name(self.replay.decision.by)

    @property
    def component(self) -> str:
        """Return what people call what was decided, in a sentence: the Observation."""
        return self.plain.called(self.judged_attempt.opened.component)

    @property
    def tried(self) -> str:
        """Return which attempt was decided, in a sentence: the first attempt at the Observation."""
        return self.plain(self.judged_attempt.opened.in_words())

    @property
    def heading(self) -> str:
        """Return what the case is called on its pages."""
        what = "the setting aside of" if self.sight.state.set_aside else "the grade of"
        return f"{self.appellant_named} against {what} {self.component}"

    @property
    def appellant_named(self) -> str:
        """Return who appeals, and for whom where that is another person."""
        whom = "" if self.appellant == self.apprentice else f" for {self.apprentice}"
        return f"{self.appellant} appeals{whom}"

    @property
    def on_paper(self) -> str:
        """Return the case's name as it stands on every printed sheet."""
        return f"Appeal of {self.apprentice}, {self.judged_attempt.name}, {self.judged_attempt.which}"

    @property
    def lodged(self) -> Recorded:
        """Return the fact with which the case began."""
        return self.session.history(self.appeal_id)[0]

    @cached_property
    def as_asked(self) -> Sequence[Recorded]:
        """Return what is told of the time before the decision: all of it, or as far as an earlier moment."""
        if not self.moment.before:
            return self.replay.before
        return [entry for entry in self.replay.before if entry.position in self._reached]

    @cached_property
    def later(self) -> Sequence[Recorded]:
        """Return what is told of the time after the decision: all of it, or as far as a later moment."""
        if not self.moment.moved:
            return self.replay.later
        return [entry for entry in self.replay.later if entry.position in self._reached]

    @cached_property
    def _reached(self) -> frozenset[int]:
        return frozenset(entry.position for entry in self.replay.on_record)

    def seen_from(self, entry: Recorded) -> int:
        """Return from which position others than the apprentice could see a fact: of a draft's, its handing in."""
        public = self._public.setdefault(entry.originator_id, {})
        if not public:
            public.update(seen_by_others(self.session.history(entry.originator_id)))
        return public.get(entry.position, entry.position)

    @cached_property
    def _public(self) -> dict[UUID, dict[int, int]]:
        return {}

    def address_of(self, evidence_id: UUID, version: int, at: int | None = None) -> str:
        """Return where a version is shown as it was at a position, the decision's unless one is named.

        Nowhere, if the person may not open it now.
        """
        if (evidence_id, version) not in self.openable:
            return ""
        known_at = self.replay.decision.position if at is None else at
        return url_for(
            "pages.as_it_was",
            appeal_id=self.appeal_id,
            evidence_id=evidence_id,
            version=version,
            known_at=known_at,
        )

    def here(self, endpoint: str = "pages.appeal", **more: object) -> str:
        """Return the address of a page of this case at this moment."""
        return url_for(endpoint, appeal_id=self.appeal_id, **{**self.moment.asks, **more})

    def versions_then(self) -> dict[tuple[UUID, int], Version]:
        """Return what had been handed in at the moment, as it stood then, of what the person may see."""
        return {
            (evidence_id, version.number): version
            for evidence_id, item in self.then.each(EVIDENCE, EVIDENCE_OF_ENROLMENT, self.replay.enrolment_id)
            for version in item.versions
            if version.handed_in() and (evidence_id, version.number) in self.openable
        }


def case_of(appeal_id: UUID, *, whole: bool = False) -> Case:
    """Return a case at the moment that the address asks for; raise why the person at the page may not read it."""
    sight = see(APPEAL, appeal_id, ask="chronology")
    point, at = point_asked()
    if point is not None and not (sight.state.is_open() or sight.shows("after the case")):
        point = min(point, sight.session.history(appeal_id)[-1].position)
    replay = replay_for(sight, point)
    decided = replay.decision.fact
    if not isinstance(decided, GradeDecided):
        raise NotVisible
    return Case(sight=sight, replay=replay, decided=decided, moment=moment_of(replay, point, at), whole=whole)
