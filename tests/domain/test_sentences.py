"""What facts say to a lay reader, after a name."""

from datetime import date
from uuid import UUID

import pytest

from portfolio.domain.assessment.facts import AttemptClosed
from portfolio.domain.catalogue import FACTS
from portfolio.domain.enrolment.facts import PersonAssigned, PersonReleased, RouteChanged
from portfolio.domain.evidence.selector import PdfRectangle
from portfolio.domain.kernel import Fact, changed, tag_of
from portfolio.domain.person import PersonRegistered, RoleEnded, RoleGranted
from portfolio.domain.sentences import (
    NAMING_TELLERS,
    RECORD_TELLERS,
    SUBJECT_TELLERS,
    TELLERS,
    decision_in_words,
    sentence,
)
from tests.domain.evidence.test_claims_and_annotations import ANNOTATED, CLAIMED
from tests.domain.evidence.test_evidence import SEALED
from tests.domain.test_appeal import CONVENED, LODGED
from tests.domain.test_assessment import DECIDED, K1, VOIDED
from tests.domain.test_decision_context import found
from tests.domain.test_opening import OPENED
from tests.domain.world import ANNOTATION_ID
from tests.tools.examples import examples_of

AT_A_PLACE = "claimed K2 with version 1, page 3, the marked area"
REGISTERED = PersonRegistered(name="Amina Yusuf", works_for="centre")
PERSON_ID = UUID(int=7)


@pytest.mark.parametrize("kind", FACTS)
def test_every_fact_is_told_in_one_sentence_that_follows_a_name(kind: type[Fact]) -> None:
    for fact in examples_of(kind):
        phrase = sentence(fact, lambda _: "NAME")
        assert phrase[0].islower()
        assert phrase.endswith(".")
        assert not phrase.endswith("..")
        assert "\n" not in phrase


def test_every_fact_has_one_teller() -> None:
    assert sorted(map(tag_of, [*TELLERS, *SUBJECT_TELLERS, *RECORD_TELLERS, *NAMING_TELLERS])) == sorted(
        map(tag_of, FACTS)
    )


@pytest.mark.parametrize(
    ("fact", "phrase"),
    [
        (CLAIMED, "claimed K2 with version 1."),
        (SEALED, "sealed the file of version 1: PDF, 1 kB; malware screening: none configured."),
        (
            ANNOTATED,
            "made a remark (pointer) on version 1, page 1, the marked area: “the load table”.",
        ),
        (
            changed(ANNOTATED, revises=ANNOTATION_ID),
            "revised a remark (pointer) on version 1, page 1, the marked area: “the load table”.",
        ),
        (changed(CLAIMED, place=PdfRectangle(page=3, x=1, y=1, width=1, height=1)), f"{AT_A_PLACE}."),
        (REGISTERED, "registered Amina Yusuf, of a centre."),
        (RoleGranted(role="assessor"), "granted NAME the role assessor."),
        (RoleEnded(role="assessor"), "ended the role assessor of NAME."),
        (K1, "judged K1 met on 1 evidence version: seen."),
        (
            changed(found("K1"), finding=changed(K1.finding, judgement="not judged", cites=(), reason="dark.")),
            "left K1 not judged: dark.",
        ),
        (
            DECIDED,
            "decided pass for NAME, as assigned assessor of C1, with 1 evidence version available and "
            f"2 findings (context {DECIDED.context.sha256[:12]}): All codes are met.",
        ),
        (
            VOIDED,
            "set aside NAME (malpractice): copied; found: two logs are the same; heard: Mia and her coach.",
        ),
        (
            changed(VOIDED, reason_code="marking error", account=None),
            "set aside NAME (marking error): copied.",
        ),
        (
            LODGED,
            "appealed against NAME (procedure: Rest breaks were not given; evidence: The log was not read).",
        ),
    ],
)
def test_a_sentence_says_what_happened(fact: Fact, phrase: str) -> None:
    assert sentence(fact, lambda _: "NAME", PERSON_ID) == phrase


def test_a_sentence_names_the_people_it_speaks_of() -> None:
    def name_of(person: UUID) -> str:
        return "INDEPENDENT" if person in CONVENED.independent else "TIED"

    assert sentence(CONVENED, name_of) in (
        "convened a panel of INDEPENDENT, TIED, independent of the organisation: INDEPENDENT.",
        "convened a panel of TIED, INDEPENDENT, independent of the organisation: INDEPENDENT.",
    )


def test_somebody_s_own_words_never_turn_into_a_name() -> None:
    words = "ask {00000000-0000-0000-0000-000000000005}"
    released = PersonReleased(person_id=UUID(int=5), assignment="coach", ends_on=date(2026, 11, 24), reason=words)
    assert sentence(released, lambda _: "NAME") == f"released NAME as coach from 24 November 2026: {words}."


def test_a_fact_of_somebody_s_own_record_names_them() -> None:
    moved = RouteChanged(route="RIG", form_id=UUID(int=1), effective_on=date(2026, 12, 8), reason="Her wish.")
    told = sentence(moved, {PERSON_ID: "Mia"}.__getitem__, PERSON_ID)
    assert told == "moved Mia to route RIG from 8 December 2026: Her wish."


def test_a_change_in_the_place_of_an_agreed_one_names_its_day() -> None:
    instead = {"effective_on": date(2026, 11, 20), "cancels": (date(2026, 12, 1),)}
    moved = RouteChanged(route="LET", form_id=UUID(int=1), reason="She stays.", **instead)  # type: ignore[arg-type]
    assert sentence(moved, lambda _: "Mia") == (
        "moved Mia to route LET from 20 November 2026, in the place of what was agreed for 1 December 2026: She stays."
    )


def test_an_assignment_names_its_components() -> None:
    part = PersonAssigned(
        person_id=PERSON_ID, assignment="assessor", starts_on=date(2026, 11, 2), components=frozenset()
    )
    assert sentence(part, lambda _: "Kofi") == "assigned Kofi as assessor from 2 November 2026."
    one, two = (changed(part, components=frozenset(keys)) for keys in ({"C1"}, {"C1", "C2"}))
    assert sentence(one, lambda _: "Kofi") == "assigned Kofi as assessor for component C1 from 2 November 2026."
    assert sentence(two, lambda _: "Kofi") == "assigned Kofi as assessor for components C1, C2 from 2 November 2026."


def test_an_appeal_lodged_for_somebody_names_them() -> None:
    lodged = changed(LODGED, appellant=UUID(int=1), apprentice=PERSON_ID)
    names = {PERSON_ID: "Mia", lodged.subject.decision_id: "the decision"}  # type: ignore[union-attr]  # it is one
    assert sentence(lodged, names.__getitem__).startswith("appealed for Mia against the decision (")


def test_an_attempt_is_named_by_its_number_among_all_of_the_component_and_a_decision_by_it_its_day_and_decider() -> (
    None
):
    opened = changed(OPENED, number=2)
    assert opened.in_words() == "attempt 2 at component C1"
    assert sentence(opened, lambda _: "Mia") == "opened attempt 2 at component C1 of Mia."
    closed = AttemptClosed(reason="Broken off.")
    assert sentence(closed, {PERSON_ID: opened.in_words()}.__getitem__, stream=PERSON_ID) == (
        "closed attempt 2 at component C1 undecided: Broken off."
    )
    assert decision_in_words(opened, "Kofi Mensah", date(2026, 12, 8)) == (
        "the decision on attempt 2 at component C1 of 8 December 2026 by Kofi Mensah"
    )
