"""What facts say to a lay reader, after a name."""

from datetime import date
from uuid import UUID

import pytest

from portfolio.domain.catalogue import FACTS
from portfolio.domain.enrolment.facts import PersonReleased
from portfolio.domain.kernel import Fact, changed, tag_of
from portfolio.domain.sentences import NAMING_TELLERS, TELLERS, sentence
from tests.domain.evidence.test_claims_and_annotations import ANNOTATED, CLAIMED
from tests.domain.evidence.test_evidence import SEALED
from tests.domain.test_appeal import CONVENED, LODGED
from tests.domain.test_assessment import DECIDED, K1, VOIDED
from tests.domain.test_decision_context import found
from tests.domain.world import ANNOTATION_ID
from tests.tools.examples import examples_of


@pytest.mark.parametrize("kind", FACTS)
def test_every_fact_is_told_in_one_sentence_that_follows_a_name(kind: type[Fact]) -> None:
    for fact in examples_of(kind):
        phrase = sentence(fact, lambda _: "NAME")
        assert phrase[0].islower()
        assert phrase.endswith(".")
        assert not phrase.endswith("..")
        assert "\n" not in phrase


def test_every_fact_has_one_teller() -> None:
    assert sorted(map(tag_of, [*TELLERS, *NAMING_TELLERS])) == sorted(map(tag_of, FACTS))


@pytest.mark.parametrize(
    ("fact", "phrase"),
    [
        (CLAIMED, "claimed K2 with version 1."),
        (SEALED, "uploaded version 1, 1000 bytes of application/pdf; malware screening: none configured."),
        (
            ANNOTATED,
            "made a remark (pointer) at page=1&viewrect=72,140,200,36 of version 1: “the load table”.",
        ),
        (
            changed(ANNOTATED, revises=ANNOTATION_ID),
            "revised a remark (pointer) at page=1&viewrect=72,140,200,36 of version 1: “the load table”.",
        ),
        (K1, "found K1 met on 1 evidence version: seen."),
        (
            changed(found("K1"), finding=changed(K1.finding, judgement="not judged", cites=(), reason="dark.")),
            "found K1 not judged: dark.",
        ),
        (
            DECIDED,
            "decided pass for component C1, as assigned assessor of C1, with 1 evidence version available and "
            f"2 findings (context {DECIDED.context.sha256[:12]}): All codes are met.",
        ),
        (VOIDED, f"set the decision {str(VOIDED.decision_id)[:8]} aside (malpractice): copied."),
        (
            LODGED,
            "appealed against the decision (procedure: Rest breaks were not given; evidence: The log was not read).",
        ),
    ],
)
def test_a_sentence_says_what_happened(fact: Fact, phrase: str) -> None:
    assert sentence(fact, lambda _: "NAME") == phrase


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
    assert sentence(released, lambda _: "NAME") == f"released NAME as coach from 2026-11-24: {words}."
