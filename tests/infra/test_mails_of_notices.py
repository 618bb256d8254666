"""What a mail of notices says, and when it is due."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from infra.outbox import due
from portfolio.application.notice_mails import next_morning, written
from portfolio.domain.calendar import LONDON, london_day
from projections.notices import ToTell
from tests.notices import MINUTE, NOW, notice


def test_a_mail_says_what_happened_and_names_nobody() -> None:
    mail = written("Portfolio", "https://p.example", "daily", [notice(1), notice(2)], demo=True)
    assert mail.subject == "Portfolio: 2 notices for you"
    assert mail.text.splitlines() == [
        "This is a demonstration: nothing here is a real decision.",
        "",
        "This concerns you in Portfolio:",
        "",
        *(
            "* Work was handed in.",
            "  2 November 2026 at 10:00. You are told because you assess the apprentice.",
            f"  https://p.example/evidence/{UUID(int=2)}",
            "",
        )
        * 2,
        "You are told by mail once a day. To choose otherwise: https://p.example/notices",
        "",
        "What it is about is shown to you when you have signed in. Nobody reads answers to this mail.",
    ]
    many = written("Portfolio", "https://p.example", "at once", [notice(each) for each in range(60)], demo=False)
    assert "There are 10 more: https://p.example/notices" in many.text


MOMENTS = st.integers(0, 3 * 366 * 24 * 60).map(lambda minutes: NOW + minutes * MINUTE)


@given(MOMENTS, st.integers(-3, 40))
def test_the_mail_of_a_day_is_due_at_seven_in_london_and_a_part_to_come_not_before_it_begins(
    moment: datetime, days: int
) -> None:
    morning = next_morning(moment)
    assert (morning.astimezone(LONDON).hour, morning.astimezone(LONDON).minute) == (7, 0)
    assert moment < morning <= moment + timedelta(hours=25)
    before = {(moment + timedelta(minutes=15 * each)).astimezone(LONDON) for each in range(1, 101)}
    passed = [each for each in before if each.astimezone(UTC) < morning]
    assert not any(each.hour >= 7 and each.date() == morning.astimezone(LONDON).date() for each in passed)
    begins = london_day(moment) + timedelta(days=days) if days > 0 else None
    told = ToTell(addressee="", actor=UUID(int=3), since=begins, notice=notice(1))
    for mails in ("at once", "daily"):
        at = due(mails, told, moment)
        assert at >= moment
        assert begins is None or london_day(at) >= begins
        assert mails == "daily" or at == moment or london_day(at) == begins
        assert mails == "at once" or at == next_morning(max(moment, due("at once", told, moment)))
