"""Words: what somebody is to a record, in the words of the permission table, and what of that is certain."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar, cast
from uuid import UUID

from portfolio.domain.appeal.acting import acts_against, appellant_now
from portfolio.domain.appeal.state import Appeal
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.evidence.item import Evidence
from portfolio.domain.kernel import State, changed
from portfolio.domain.person import Person
from portfolio.domain.vocabulary import (
    ACTS_FOR_THE_APPRENTICE,
    APPELLANT,
    HAD_A_PART,
    PANEL_MEMBER_HERE,
    REGISTERED_PERSON,
    SUSPENDED,
    THE_PERSON,
    Word,
)

S = TypeVar("S", bound=State)
F = TypeVar("F")


class Found:
    """What one look at the records has found out of a state that was asked for more than once."""

    def __init__(self) -> None:
        self._found: dict[tuple[object, ...], tuple[State, object]] = {}

    def once(self, asked: tuple[object, ...], state: State, find: Callable[[], F]) -> F:
        """Return what was found out of this very state, or find it out."""
        found = self._found.get(asked)
        if found is None or found[0] is not state:
            found = self._found[asked] = state, find()
        return cast(F, found[1])


def words_for(
    by: UUID,
    person: Person,
    stream: UUID,
    state: State,
    enrolment: Enrolment | None,
    appeals: Sequence[Appeal],
    today: date,
) -> frozenset[Word]:
    """Return the words of the permission table that hold for a person towards a record (PERSON-1).

    ``enrolment`` is the one that the record is about or belongs to, ``appeals`` are all about that. Whether the second
    person of a scrutiny route is asked for anything, its attempts say.
    """
    if not person.name:
        return frozenset()
    words: set[Word] = {REGISTERED_PERSON, *person.roles, *state.relations(by, today)}
    if person.suspended:
        words.add(SUSPENDED)
    if stream == by:
        words.add(THE_PERSON)
    if enrolment is not None:
        if enrolment is not state:
            words |= enrolment.relations(by, today)
        if isinstance(state, Appeal) and by not in (state.apprentice, appellant_now(state, enrolment, person, today)):
            words.discard(APPELLANT)
        if enrolment.ever(by, today):
            words.add(HAD_A_PART)
        if acts_against(by, person, enrolment, appeals, today):
            words.add(ACTS_FOR_THE_APPRENTICE)
        heard = (appeal for appeal in appeals if by in appeal.members - appeal.recused)
        if any(appeal.is_open() or stream in appeal.cited for appeal in heard):
            words.add(PANEL_MEMBER_HERE)
    return person.keeps(words)


def certain(state: S) -> S:
    """Return what is certain of a record that lacks a fact, which may have ended or taken back the rest of it.

    Whose it is stays, and nobody's part; work counts as not handed in.
    """
    match state:
        case Enrolment():
            return changed(state, assigned=(), scrutiny_routes=(), consents=(), questions=())
        case Appeal():
            return changed(state, members=frozenset())
        case Evidence():
            drafts = (changed(each, stage="sealed") if each.handed_in() else each for each in state.versions)
            return changed(state, versions=tuple(drafts))
    return state
