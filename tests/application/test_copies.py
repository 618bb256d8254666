"""Who is shown the original of a version of which parts are hidden (ACCESS-4)."""

import pytest

from portfolio.application.copies import sees_original
from portfolio.domain.evidence.facts import Reader
from portfolio.domain.vocabulary import Word

OUTSIDE: frozenset[Reader] = frozenset({"coach", "employer", "panel"})
EVERYBODY: frozenset[Reader] = OUTSIDE | {"assessors", "quality assurers"}

SHOWN_THE_ORIGINAL: dict[Word, frozenset[Reader]] = {
    "the apprentice": EVERYBODY,
    "responsible officer": EVERYBODY,
    "assigned assessor": EVERYBODY - {"assessors"},
    "second person of a scrutiny route": EVERYBODY - {"assessors"},
    "lead assessor": EVERYBODY - {"assessors"},
    "assigned internal quality assurer": EVERYBODY - {"quality assurers"},
}
"""Words, with the readers from whom it may be hidden while whoever holds them is still shown all."""


@pytest.mark.parametrize("word", sorted(SHOWN_THE_ORIGINAL))
def test_who_works_with_the_file_is_shown_it_whole_unless_it_is_hidden_from_them_too(word: Word) -> None:
    assert sees_original(OUTSIDE, frozenset({word}), opened=False)
    for reader in EVERYBODY - OUTSIDE:
        assert sees_original(OUTSIDE | {reader}, frozenset({word}), opened=False) == (
            reader in SHOWN_THE_ORIGINAL[word]
        )


@pytest.mark.parametrize("word", ["assigned coach", "assigned employer", "panel member of an appeal here"])
@pytest.mark.parametrize("also", ["registered person", *SHOWN_THE_ORIGINAL])
def test_coach_employer_and_panel_are_not_whatever_else_they_are(word: Word, also: Word) -> None:
    assert not sees_original(OUTSIDE, frozenset({word, also}), opened=False)


@pytest.mark.parametrize(
    "word", ["administrator", "results officer", "appeals officer", "had a part here", "registered person"]
)
def test_nobody_else_is(word: Word) -> None:
    for opened in (False, True):
        assert not sees_original(OUTSIDE, frozenset({word}), opened=opened)


def test_a_panel_to_which_it_was_opened_is_but_no_coach_on_it() -> None:
    assert sees_original(EVERYBODY, frozenset({"panel member of an appeal here"}), opened=True)
    coach: frozenset[Word] = frozenset({"panel member of an appeal here", "assigned coach"})
    employer: frozenset[Word] = frozenset({"panel member of an appeal here", "assigned employer"})
    assert not sees_original(EVERYBODY, coach, opened=True)
    assert not sees_original(EVERYBODY, employer, opened=True)
