"""Programs at work: for whom one acts in a request, and what it is shown and let do there (PROGRAM-1, -2, -5)."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, cast
from uuid import UUID

from portfolio.application.read_session import ReadSession
from portfolio.domain import permissions
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.evidence.item import Evidence
from portfolio.domain.kernel import NOBODY, State, Value, changed
from portfolio.domain.person import PERSON
from portfolio.domain.program.aggregate import PROGRAM
from portfolio.domain.program.refusals import ProgramStopped
from portfolio.domain.program.rows import BRINGS_FILES
from portfolio.domain.rows import WITHIN_ROWS
from portfolio.domain.vocabulary import Word


class SignedIn(Value):
    """What the token of a program says: which one, by which key or secret, and perhaps where it brings files over.

    ``rows`` are those that it asked for, None for all it has.
    """

    program_id: UUID
    credential: str
    rows: frozenset[str] | None = None
    enrolment_id: UUID = NOBODY


class Acting(Value):
    """A program at work: for which ``person``, whose it is, and within which rows.

    The person is its owner, or the apprentice of the enrolment to which it brings files over.
    """

    program_id: UUID
    person: UUID
    owner: UUID
    rows: frozenset[str]
    enrolment_id: UUID = NOBODY

    def within(self, held: frozenset[Word]) -> frozenset[Word]:
        """Return the words that hold for the program where these hold for the person, nothing where it brings files."""
        words = held if self.enrolment_id == NOBODY else frozenset[Word]()
        return self.bounded(words)

    def bounded(self, held: frozenset[Word]) -> frozenset[Word]:
        """Return these words with the mark that they let through nothing but the program's rows."""
        return held | cast(frozenset[Word], {WITHIN_ROWS, *self.rows})


class ProgramSession(ReadSession):
    """A look at the records for a program: whatever is asked, no more words hold than its rows let through."""

    def __init__(self, acting: Acting, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._acting = acting

    def held(self, by: UUID, stream: UUID, state: State, enrolment_id: UUID, today: date) -> frozenset[Word]:
        """Return the words that hold for a person towards a record, as far as the program may use them."""
        acting = self._acting
        if by != acting.person:
            return super().held(by, stream, state, enrolment_id, today)
        if acting.enrolment_id == NOBODY:
            return acting.within(super().held(by, stream, state, enrolment_id, today))
        if enrolment_id != acting.enrolment_id or not self._is_own_draft(stream, state) or not self._may_bring(today):
            return acting.within(frozenset())
        return acting.bounded(super().held(by, stream, state, enrolment_id, today))

    def _may_bring(self, today: date) -> bool:
        """Return whether the program's owner may have files brought over to the enrolment now."""
        enrolment_id = self._acting.enrolment_id
        enrolment = self.state(ENROLMENT, enrolment_id)
        owner = super().held(self._acting.owner, enrolment_id, enrolment, enrolment_id, today)
        return permissions.may(permissions.READS["files brought over"], owner)

    def _is_own_draft(self, stream: UUID, state: State) -> bool:
        """Return whether a record is an item that this program brought, or is to bring, and that is not handed in."""
        if not isinstance(state, Evidence):
            return False
        first = next(iter(self.history(stream)), None)
        return first is None or (
            first.program == self._acting.program_id
            and len(state.versions) == 1
            and not any(version.handed_in() for version in state.versions)
        )


def sessions_of(acting: Acting | None) -> Callable[..., ReadSession]:
    """Return what looks at the records for a program, or for a person themselves."""
    return ReadSession if acting is None else partial(ProgramSession, acting)


def acting_by(session: ReadSession, signed_in: SignedIn) -> Acting:
    """Return the program that a token names as it may act now; raise ``ProgramStopped`` (PROGRAM-4)."""
    if signed_in.credential not in session.state(PROGRAM, signed_in.program_id).credentials():
        raise ProgramStopped
    acting = acting_for_owner(session, signed_in.program_id)
    rows = acting.rows if signed_in.rows is None else acting.rows & signed_in.rows
    if signed_in.enrolment_id == NOBODY:
        return changed(acting, rows=rows)
    return Acting(
        program_id=signed_in.program_id,
        person=session.state(ENROLMENT, signed_in.enrolment_id).apprentice,
        owner=acting.owner,
        rows=rows & BRINGS_FILES,
        enrolment_id=signed_in.enrolment_id,
    )


def acting_for_owner(session: ReadSession, program_id: UUID) -> Acting:
    """Return a program as it may act for its owner now; raise ``ProgramStopped`` (PROGRAM-4)."""
    program = session.state(PROGRAM, program_id)
    if program.stopped():
        raise ProgramStopped
    session.check_known(program.owner)
    if session.state(PERSON, program.owner).suspended:
        raise ProgramStopped
    return Acting(program_id=program_id, person=program.owner, owner=program.owner, rows=program.rows)
