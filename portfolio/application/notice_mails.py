"""Mails of notices: when one is due, and what stands in it: plain text, no name, no title and no grade."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple

from portfolio.application.notices import Notice
from portfolio.domain.calendar import LONDON, day_in_words, london_day, london_moments
from portfolio.domain.notices import Mails

MORNING = time(7)
"""When the mail of a day is due, by clocks in London."""
MOST_TOLD = 50
"""Notices that one mail tells of; all of them stand on the page."""

FOOT: dict[str, str] = {
    "at once": "You are told by mail as things happen.",
    "daily": "You are told by mail once a day.",
}


class Mail(NamedTuple):
    """A mail without the address that it goes to."""

    subject: str
    text: str


def next_morning(after: datetime) -> datetime:
    """Return when the next mail of a day is due after a moment, in UTC."""
    day = london_day(after)
    mornings = (moment for each in (day, day + timedelta(days=1)) for moment in london_moments(each, MORNING))
    return min(moment for moment in mornings if moment > after)


def invitation(name: str, base_url: str, *, demo: bool) -> Mail:
    """Return the mail that asks somebody to sign in. It holds no secret, so whoever else reads it has nothing by it."""
    parts = [
        *(["This is a demonstration: nothing here is a real decision."] if demo else []),
        f"Hello,\n\nyou are invited to sign in to {name}, where the work of apprentices is kept and assessed.",
        f"Open this page, and enter the e-mail address at which you read this:\n\n{base_url}/sign-in",
        "A link is then sent to you in another mail. If the page offers an account that you have, such as that of your "
        "college or employer, you can sign in with it instead.",
        "If you do not know what this is about, you need do nothing. Nobody reads answers to this mail.",
    ]
    return Mail(f"{name}: you are invited to sign in", "\n\n".join(parts) + "\n")


def written(name: str, base_url: str, mails: Mails, notices: Sequence[Notice], *, demo: bool) -> Mail:
    """Return the mail that tells of these notices, oldest first, of the deployment of this name and address.

    The subject is shown on locked phones: it says how much there is, and nothing of what.
    """
    many = "1 notice" if len(notices) == 1 else f"{len(notices)} notices"
    left = len(notices) - MOST_TOLD
    parts = [
        *(["This is a demonstration: nothing here is a real decision."] if demo else []),
        f"This concerns you in {name}:",
        *(_told(notice, base_url) for notice in notices[:MOST_TOLD]),
        *([f"There are {left} more: {base_url}/notices"] if left > 0 else []),
        f"{FOOT[mails]} To choose otherwise: {base_url}/notices",
        "What it is about is shown to you when you have signed in. Nobody reads answers to this mail.",
    ]
    return Mail(f"{name}: {many} for you", "\n\n".join(parts) + "\n")


def _told(notice: Notice, base_url: str) -> str:
    at = notice.at.astimezone(LONDON)
    when = f"{day_in_words(at.date())} at {at:%H:%M}"
    return f"* {notice.says()}\n  {when}. {notice.because()}\n  {base_url}{notice.page()}"
