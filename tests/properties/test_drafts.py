"""What is an apprentice's alone is found by the state of an item as by its whole history."""

from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.application.drafts import drafts_among
from portfolio.application.read_session import ReadSession
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.drafts import seen_by_others
from tests.projections.histories import History, Move
from tests.soak import times

BEGUN = tuple(Move(name, 0, 0, 0) for name in ("register", "enrol", "offer", "write"))
NAMES = ["upload", "claim or drop", "upload", "claim or drop", "answer", "withdraw", "serve", "write anew"]
MOVES = st.builds(Move, st.sampled_from(NAMES), st.integers(0, 1), st.integers(0, 5), st.integers(0, 1))


@given(st.lists(MOVES, min_size=5, max_size=40))
@settings(max_examples=times(100), deadline=None)
def test_what_others_are_not_told_of_an_item_its_state_says_as_its_history_does(moves: list[Move]) -> None:
    history = History()
    for move in (*BEGUN, *moves):
        history.make(move)
    session = ReadSession(history.log)  # type: ignore[arg-type]  # it only reads
    for stream in history.streams[EVIDENCE]:
        entries = history.log.read(stream)
        assert drafts_among(session, entries) == {each.position for each in entries} - seen_by_others(entries).keys()
