"""Reactions: commands that follow from facts without a person, exactly once however often a fact is seen."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID, uuid5

from portfolio.application.handler import CommandHandler
from portfolio.application.ports import Busy, Idempotency, Journal, StorageFull
from portfolio.application.read_session import ReadSession
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.facts import AppealDecided, DecisionSubject
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.decisions import VoidDecision
from portfolio.domain.assessment.opening import OpenAttemptAfterAppeal
from portfolio.domain.kernel import Command, Entry, Rejected, StaleVersion
from portfolio.domain.vocabulary import SYSTEM
from portfolio.domain.words import quoted

LOG = logging.getLogger("portfolio.reactions")


@dataclass(frozen=True)
class Reactions:
    """Gives the commands that follow from facts.

    Each carries an idempotency key made of the fact's position, so a crash between two of them, or a second look at
    the log, never sets aside twice and never opens two attempts.
    """

    handler: CommandHandler
    journal: Journal

    def react(self, entry: Entry) -> None:
        """Give every command that follows from this fact.

        One that a rule refuses is logged and does not come again; a busy or full store is raised, to be tried again.
        """
        for number, command in enumerate(self._commands(entry)):
            key = f"reaction/{entry.position}/{number}"
            try:
                self.handler.execute(command, SYSTEM, idempotency=Idempotency(key=key, fingerprint=b"reaction"))
            except (Busy, StorageFull, StaleVersion):
                raise
            except Rejected as refusal:
                LOG.warning("reaction %s to position %d refused: %s", number, entry.position, refusal.code)

    def _commands(self, entry: Entry) -> Iterable[Command]:
        if isinstance(entry.fact, AppealDecided) and entry.fact.outcome == "upheld":
            yield from self._upheld(entry.originator_id, entry.fact)

    def _upheld(self, appeal_id: UUID, decided: AppealDecided) -> Iterable[Command]:
        session = ReadSession(self.journal)
        appeal = session.state(APPEAL, appeal_id)
        subject = appeal.subject_of_appeal
        if not isinstance(subject, DecisionSubject):
            return
        attempt = session.state(ASSESSMENT, subject.assessment_id)
        standing, opened = attempt.effective(), attempt.opened
        if opened is None:
            return
        yield VoidDecision(
            assessment_id=subject.assessment_id,
            decision_id=standing.decision_id if standing else subject.decision_id,
            reason_code="appeal",
            reason=f"the appeal was upheld: {quoted(decided.reasons, 9_900)}",
            appeal_id=appeal_id,
        )
        yield OpenAttemptAfterAppeal(
            assessment_id=uuid5(appeal_id, "attempt"),
            enrolment_id=appeal.enrolment_id,
            component=opened.component,
            appeal_id=appeal_id,
        )
