"""An item as its facts leave it: which of its bytes a command waits for or has to read."""

import pytest

from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.facts import EvidenceSubmitted
from portfolio.domain.evidence.item import Evidence
from portfolio.domain.evidence.selector import Bounds, Selector, TextQuote, WholeItem
from portfolio.domain.kernel import NOBODY, Fact, changed
from tests.domain.evidence.test_evidence import DECLARATION, OFFERED, OFFERED_NEXT, SEALED, recorded
from tests.domain.evidence.test_record import OBSERVATION

QUOTE = TextQuote(exact="six lanterns")
TEXT_OFFERED = changed(OFFERED, media_type="text/plain")
TEXT_SEALED = changed(SEALED, bounds=Bounds(media_type="text/plain"))
SUBMITTED = EvidenceSubmitted(version=1, declaration=DECLARATION)


def after(*facts: Fact) -> Evidence:
    return EVIDENCE.fold(facts)


def test_only_a_version_that_was_offered_and_not_sealed_waits_for_its_bytes() -> None:
    item = after(OFFERED, SEALED, OFFERED_NEXT)
    assert [version.number for version in item.awaiting_bytes(2)] == [2]
    assert item.awaiting_bytes(1) == item.awaiting_bytes(3) == ()


def test_a_quote_from_a_text_file_that_is_handed_in_needs_the_file() -> None:
    item = after(TEXT_OFFERED, TEXT_SEALED, SUBMITTED)
    assert [version.number for version in item.quoted_file(1, QUOTE, NOBODY)] == [1]
    assert item.quoted_file(2, QUOTE, NOBODY) == ()


def test_a_draft_is_read_for_a_quote_of_its_apprentice_alone() -> None:
    draft = after(TEXT_OFFERED, TEXT_SEALED)
    assert draft.quoted_file(1, QUOTE, draft.apprentice) == draft.versions
    assert draft.quoted_file(1, QUOTE, NOBODY) == ()


@pytest.mark.parametrize(
    ("facts", "place"),
    [
        ((TEXT_OFFERED, TEXT_SEALED, SUBMITTED), WholeItem()),
        ((TEXT_OFFERED,), QUOTE),
        ((OFFERED, SEALED, SUBMITTED), QUOTE),
        ((recorded(OBSERVATION),), QUOTE),
    ],
    ids=["no quote", "no bytes yet", "no text", "a record, whose text is known"],
)
def test_no_other_place_needs_a_file(facts: tuple[Fact, ...], place: Selector) -> None:
    assert after(*facts).quoted_file(1, place, OFFERED.apprentice) == ()
