"""Who sends at the pace is waited for, also from a building site."""

import pytest

from infra.server.pace import WINDOW_SECONDS, Pace
from portfolio.application.ports import UploadUnderWay


def after(*seconds: int) -> bool:
    """Whether a sender is too slow who sent so many bytes in each second."""
    pace = Pace()
    for count in seconds:
        pace.waited(1.0, count)
    return pace.is_too_slow()


@pytest.mark.parametrize(
    ("seconds", "too_slow"),
    [
        pytest.param([0] * 59, False, id="nothing, in less than a window"),
        pytest.param([0] * 60, True, id="nothing, in a window"),
        pytest.param([1] * 60, True, id="a byte a second"),
        pytest.param([999] * 60, True, id="just too little"),
        pytest.param([1_000] * 60, False, id="just enough"),
        pytest.param([1_000] * 15 + [0] * 30 + [1_000] * 15, False, id="just enough, with a stall of 30 seconds"),
        pytest.param([1_000] * 15 + [0] * 31 + [1_000] * 14, True, id="just enough, with a longer stall"),
        pytest.param([1, *[0] * 29] * 2, True, id="a byte in 30 seconds"),
        pytest.param([60_000, *[0] * 59], False, id="all at once"),
        pytest.param([60_000, *[0] * 60], True, id="all at once, and then nothing in a window"),
        pytest.param([0] * 30 + [1_000] * 90, False, id="late, then steadily"),
    ],
)
def test_a_window_brings_its_share_beside_one_stall(seconds: list[int], too_slow: bool) -> None:
    assert after(*seconds) is too_slow


def test_a_sender_who_broke_off_is_given_up_when_the_next_one_was_told() -> None:
    assert WINDOW_SECONDS == 60
    assert "in a little over a minute if it broke off" in UploadUnderWay.title()
    assert after(*[1_000_000] * 9, *[0] * WINDOW_SECONDS)


def test_time_in_which_nobody_listened_is_not_held_against_the_sender() -> None:
    pace = Pace()
    for _ in range(1000):
        pace.waited(0.0, 1)
    assert not pace.is_too_slow()


def test_parts_of_seconds_add_up() -> None:
    pace = Pace()
    for _ in range(4 * 60):
        pace.waited(0.25, 249)
    assert pace.is_too_slow()
