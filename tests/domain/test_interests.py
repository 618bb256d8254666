"""Interests: declared for each apprentice before the first view, renewed, corrected, confirmed (INTEREST-1)."""

import pytest

from portfolio.domain.evidence.facts import EvidenceAccepted, EvidenceServed
from portfolio.domain.interests import (
    ConfirmCorrection,
    CorrectionByAnother,
    CorrectionConfirmed,
    CorrectionUnknown,
    DeclareInterest,
    Interest,
    InterestDeclared,
    OfficerConflicted,
)
from portfolio.domain.kernel import Fact, Recorded, changed
from portfolio.domain.person import PERSON, ForCorrection, ForDeclaration, Person, PersonRegistered, PersonUnknown
from tests.domain.given import given
from tests.domain.world import APPRENTICE, ASSESSOR, COACH, EVIDENCE_ID, FREE, NOW, OFFICER, TODAY, an_id

NOAH = an_id("Noah")
REGISTERED = PersonRegistered(name="Ada", works_for="assessment organisation")
DECLARE = DeclareInterest(person_id=ASSESSOR, apprentice=APPRENTICE, interest="none")
CONFIRM = ConfirmCorrection(person_id=ASSESSOR, apprentice=APPRENTICE, reason="A slip of the pen, seen on paper.")
BY_OFFICER = ForCorrection(by=FREE.by, at=FREE.at, today=FREE.today, actor=FREE.actor, parts=frozenset())


def declared(interest: Interest, *, late: bool = False) -> InterestDeclared:
    return InterestDeclared(apprentice=APPRENTICE, interest=interest, detail="", late=late)


def entry(fact: Fact, by: object = ASSESSOR) -> Recorded:
    return Recorded(originator_id=EVIDENCE_ID, originator_version=1, fact=fact, by=by, at=NOW, causation=OFFICER)  # type: ignore[arg-type]  # an id of the world


def known(*evidence: Recorded) -> ForDeclaration:
    """Return what a declaration rests on: registered apprentices and what is recorded of the first one's evidence."""
    return ForDeclaration(
        by=ASSESSOR,
        at=NOW,
        today=TODAY,
        people={APPRENTICE: Person(name="Mia")},
        evidence={APPRENTICE: evidence, NOAH: ()},
    )


SERVED = known(entry(EvidenceServed(version=1)))


def test_having_no_interest_is_declared_too() -> None:
    given(PERSON, REGISTERED).when(DECLARE, known()).records(declared("none"))
    person = given(PERSON, REGISTERED, declared("none")).state
    assert (person.declared(APPRENTICE), person.declared(NOAH)) == ((declared("none"),), ())


def test_one_act_answers_for_several_apprentices_who_are_each_chosen() -> None:
    both = changed(DECLARE, also=frozenset({NOAH}))
    facts = sorted((declared("none"), changed(declared("none"), apprentice=NOAH)), key=lambda fact: fact.apprentice)
    of_both = changed(known(), people={APPRENTICE: Person(name="Mia"), NOAH: Person(name="Noah")})
    given(PERSON, REGISTERED).when(both, of_both).records(*facts)


def test_nobody_declares_anything_of_somebody_who_is_not_registered_or_before_they_are() -> None:
    unknown = changed(known(), people={APPRENTICE: Person()})
    given(PERSON, REGISTERED).when(DECLARE, unknown).rejected(PersonUnknown)
    given(PERSON).when(DECLARE, known()).rejected(PersonUnknown)
    given(PERSON).when(CONFIRM, BY_OFFICER).rejected(PersonUnknown)


def test_a_declaration_after_a_view_is_late() -> None:
    given(PERSON, REGISTERED).when(DECLARE, SERVED).records(declared("none", late=True))
    by_another = known(entry(EvidenceServed(version=1), COACH), entry(EvidenceAccepted(version=1)))
    given(PERSON, REGISTERED).when(DECLARE, by_another).records(declared("none"))


def test_what_was_said_in_time_is_renewed_in_time_and_another_answer_after_a_view_is_late() -> None:
    given(PERSON, REGISTERED, declared("none")).when(DECLARE, SERVED).records(declared("none"))
    other = changed(DECLARE, interest="personal")
    given(PERSON, REGISTERED, declared("none")).when(other, SERVED).records(declared("personal", late=True))
    once_late = (REGISTERED, declared("none", late=True))
    given(PERSON, *once_late).when(DECLARE, SERVED).records(declared("none", late=True))


def test_an_interest_that_was_taken_back_is_said_anew_and_after_a_view_that_is_late() -> None:
    confirmed = CorrectionConfirmed(apprentice=APPRENTICE, reason=CONFIRM.reason)
    freed = given(PERSON, REGISTERED, declared("personal"), declared("none"), confirmed)
    freed.when(changed(DECLARE, interest="personal"), SERVED).records(declared("personal", late=True))
    freed.when(DECLARE, SERVED).records(declared("none"))


def test_an_interest_taken_back_holds_until_somebody_else_confirms_it() -> None:
    corrected = given(PERSON, REGISTERED, declared("coached"), declared("none"))
    assert corrected.state.interested_in(APPRENTICE)
    assert corrected.state.corrected(APPRENTICE)
    confirmed = CorrectionConfirmed(apprentice=APPRENTICE, reason=CONFIRM.reason)
    corrected.when(CONFIRM, BY_OFFICER).records(confirmed)
    free = given(PERSON, REGISTERED, declared("coached"), declared("none"), confirmed).state
    assert not free.interested_in(APPRENTICE)
    assert not free.corrected(APPRENTICE)
    assert len(free.declared(APPRENTICE)) == 2
    again = given(PERSON, REGISTERED, declared("coached"), declared("none"), confirmed, declared("personal")).state
    assert again.interested_in(APPRENTICE)


def test_a_confirmation_frees_of_one_apprentice_only() -> None:
    of_noah = changed(declared("coached"), apprentice=NOAH)
    confirmed = CorrectionConfirmed(apprentice=APPRENTICE, reason="?")
    person = given(PERSON, REGISTERED, of_noah, declared("coached"), declared("none"), confirmed).state
    assert person.interested_in(NOAH)
    assert not person.interested_in(APPRENTICE)


def test_nobody_confirms_their_own_correction() -> None:
    own = changed(BY_OFFICER, by=ASSESSOR)
    given(PERSON, REGISTERED, declared("coached"), declared("none")).when(CONFIRM, own).rejected(CorrectionByAnother)


@pytest.mark.parametrize("said", [(), ("none",), ("coached",), ("coached", "none", "managed")])
def test_only_a_correction_that_waits_is_confirmed(said: tuple[Interest, ...]) -> None:
    history = [declared(interest) for interest in said]
    given(PERSON, REGISTERED, *history).when(CONFIRM, BY_OFFICER).rejected(CorrectionUnknown)


def test_an_officer_with_an_interest_in_the_apprentice_confirms_nobody_s_correction() -> None:
    corrected = given(PERSON, REGISTERED, declared("coached"), declared("none"))
    known = changed(BY_OFFICER, actor=Person(name="Rita", interests=(declared("personal"),)))
    corrected.when(CONFIRM, known).rejected(OfficerConflicted)
    corrected.when(CONFIRM, changed(BY_OFFICER, by=APPRENTICE)).rejected(OfficerConflicted)
    for part in ("coach", "employer"):
        corrected.when(CONFIRM, changed(BY_OFFICER, parts=frozenset({part}))).rejected(OfficerConflicted)
    corrected.when(CONFIRM, changed(BY_OFFICER, parts=frozenset({"assessor"}))).records(
        CorrectionConfirmed(apprentice=APPRENTICE, reason=CONFIRM.reason)
    )
