"""Reactions: commands that follow from facts without a person, exactly once however often a fact is seen."""

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import get_args
from uuid import UUID, uuid5

from portfolio.application.erasing import Erasing
from portfolio.application.handler import CommandHandler
from portfolio.application.indexes import APPEALS_WITH_TASKS, ATTEMPTS_OF_ENROLMENT
from portfolio.application.loaders.components import components_of
from portfolio.application.ports import Busy, FactUnreadable, Idempotency, Journal, StorageFull
from portfolio.application.providers import word_of
from portfolio.application.read_session import ReadSession
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.consequences import NoteConsequence, NoteRefusedConsequence, attempt_that_goes_on, key_now
from portfolio.domain.appeal.facts import AppealDecided, Consequence
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.decisions import VoidDecision
from portfolio.domain.assessment.opening import OpenAttemptAfterAppeal
from portfolio.domain.calendar import london_day
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.erasure import PaperErasureConfirmed
from portfolio.domain.evidence.erasure import ErasureConfirmed
from portfolio.domain.identity import IdentityUnlinked
from portfolio.domain.kernel import EPOCH, NOBODY, Entry, Rejected, StaleVersion, tag_of
from portfolio.domain.vocabulary import SYSTEM
from portfolio.domain.words import quoted

EVERYBODYS = ("plan", "criteria", "form")
"""Records, by the first word of their facts' tags, on which every apprentice's attempt may rest."""

ONE_APPRENTICES = ("enrolment", "assessment")
"""Records on which the attempts of one enrolment rest."""

CONFIRMED = (tag_of(ErasureConfirmed), tag_of(PaperErasureConfirmed))
"""By these facts a file is to be erased at once."""

TAKEN_AWAY = tag_of(IdentityUnlinked)
"""By this fact an account signs nobody in any more."""

ERASED_AGAIN = timedelta(hours=1)
"""After how long it is tried again to erase what could not be: an operator with the right to may have done it."""

log = logging.getLogger("portfolio.reactions")


def nothing_to_forget(_: UUID) -> None:
    """Keep no previews."""


def nobody_to_sign_out(_: str) -> None:
    """Keep no sessions."""


@dataclass
class Reactions:
    """Gives the commands that follow from facts.

    Each carries an idempotency key made of the fact's position, so a crash between two of them, or a second look at
    the log, never sets aside twice and never opens two attempts. What a rule refuses is noted on the case, where it is
    a task, and tried again when a fact comes that it may rest on, and on each new day: parts, routes and versions begin
    and end on days.

    Files are erased as soon as that is confirmed, and their previews by ``forget``. What an account has signed in ends
    by ``sign_out`` as soon as it is taken from its person.
    """

    handler: CommandHandler
    journal: Journal
    forget: Callable[[UUID], None] = nothing_to_forget
    sign_out: Callable[[str], object] = nobody_to_sign_out
    tried_on: date | None = None
    erased_at: datetime = EPOCH

    def react(self, entry: Entry) -> None:
        """Give every command that follows from this fact; a busy or full store is raised, to be tried again.

        So is ``FactUnreadable``, once all has followed that does not rest on what cannot be read.
        """
        record = entry.tag.partition(".")[0]
        if entry.tag in CONFIRMED:
            self._erase()
        elif entry.tag == TAKEN_AWAY:
            self.sign_out(word_of(entry.originator_id))
        elif record in EVERYBODYS or record in ONE_APPRENTICES:
            self._try_again(entry.originator_id, f"reaction/{entry.position}", everybodys=record in EVERYBODYS)
        elif isinstance(entry.fact, AppealDecided) and entry.fact.outcome == "upheld":
            self._draw(entry.originator_id, get_args(Consequence), key=f"reaction/{entry.position}")

    def now_and_then(self) -> None:
        """Do what follows from time and from no fact."""
        self.on_each_day()
        if self.handler.now() - self.erased_at >= ERASED_AGAIN:
            self._erase()

    def _erase(self) -> None:
        """Erase what is to be, and record of each file that it is gone; what stays is tried again."""
        erasing = Erasing(self.journal, self._take)
        for file in erasing.waiting():
            if why := erasing.erase(file):
                log.warning("the file %s is to be erased and is not yet: %s", file.object_id, why)
            else:
                self.handler.execute(file.noting(), SYSTEM)
        self.erased_at = self.handler.now()

    def _take(self, object_id: UUID) -> bool:
        """Take a file away, and its previews after it: whoever makes one from then on looks for the file."""
        gone = self.handler.vault.discard(object_id)
        self.forget(object_id)
        return gone

    def on_each_day(self) -> None:
        """Try again, once on each day in London and after each start, everything that a rule refused so far."""
        today = london_day(self.handler.now())
        if today != self.tried_on:
            with suppress(FactUnreadable):  # what is mended is tried on the next day, and after a start
                self._try_again(NOBODY, f"reaction/{today.isoformat()}", everybodys=True)
            self.tried_on = today

    def _try_again(self, stream: UUID, key: str, *, everybodys: bool) -> None:
        """Try the consequences that were refused and may rest on this record, appeal by appeal."""
        unreadable: FactUnreadable | None = None
        for appeal_id in ReadSession(self.journal).links(APPEALS_WITH_TASKS, ""):
            try:
                if consequences := self._tasks(appeal_id, stream, everybodys=everybodys):
                    self._draw(appeal_id, consequences, key=f"{key}/{appeal_id}")
            except FactUnreadable as fault:
                unreadable = fault
        if unreadable:
            raise unreadable

    def _tasks(self, appeal_id: UUID, stream: UUID, *, everybodys: bool) -> list[Consequence]:
        """Return the consequences of an appeal that were refused and may rest on this record."""
        session = ReadSession(self.journal)
        appeal = session.state(APPEAL, appeal_id)
        own = (appeal.enrolment_id, *session.links(ATTEMPTS_OF_ENROLMENT, appeal.enrolment_id))
        return [task.consequence for task in appeal.refused] if everybodys or stream in own else []

    def _draw(self, appeal_id: UUID, consequences: Iterable[Consequence], key: str) -> None:
        settled = ReadSession(self.journal).state(APPEAL, appeal_id).settled
        for consequence in (each for each in consequences if each not in settled):
            number = get_args(Consequence).index(consequence)
            try:
                attempt = self._command(appeal_id, consequence, f"{key}/{number}")
            except (Busy, StorageFull, StaleVersion, FactUnreadable):
                raise
            except Rejected as refusal:
                refused = NoteRefusedConsequence(
                    appeal_id=appeal_id, consequence=consequence, refusal=refusal.code, why=quoted(str(refusal), 9_900)
                )
                self.handler.execute(refused, SYSTEM)
            else:
                done = NoteConsequence(appeal_id=appeal_id, consequence=consequence, assessment_id=attempt)
                self.handler.execute(done, SYSTEM)

    def _command(self, appeal_id: UUID, consequence: Consequence, key: str) -> UUID:
        """Draw a consequence and return the attempt on which it is; an attempt that goes on already is the new one."""
        session = ReadSession(self.journal)
        appeal = session.state(APPEAL, appeal_id)
        attempt = session.state(ASSESSMENT, appeal.attempt_id)
        contested = attempt.opening()
        idempotency = Idempotency(key=key, fingerprint=b"reaction")
        if consequence == "the decision is set aside":
            if appeal.decision_id in attempt.voided:
                return appeal.attempt_id
            outcomes = (entry.fact for entry in session.history(appeal_id) if isinstance(entry.fact, AppealDecided))
            void = VoidDecision(
                assessment_id=appeal.attempt_id,
                decision_id=appeal.decision_id,
                reason_code="appeal",
                reason=f"the appeal was upheld: {quoted(next(outcomes).reasons, 9_900)}",
                appeal_id=appeal_id,
            )
            self.handler.execute(void, SYSTEM, idempotency=idempotency)
            return appeal.attempt_id
        attempts = session.links(ATTEMPTS_OF_ENROLMENT, appeal.enrolment_id)
        states = {each: session.state(ASSESSMENT, each) for each in attempts}
        route = session.state(ENROLMENT, appeal.enrolment_id).route_on(london_day(self.handler.now()))
        forms = [each.form_id for each in states.values()] + ([route.form_id] if route else [])
        components = components_of(session, forms)
        if (going_on := attempt_that_goes_on(contested, states, route, components)) is not None:
            return going_on
        opened = OpenAttemptAfterAppeal(
            assessment_id=uuid5(appeal_id, "attempt"),
            enrolment_id=appeal.enrolment_id,
            component=key_now(contested, route, components),
            appeal_id=appeal_id,
        )
        self.handler.execute(opened, SYSTEM, idempotency=idempotency)
        return opened.assessment_id
