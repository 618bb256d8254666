"""Erasure: a stored file is taken away for good, by two people, and what was recorded of it stays (ERASURE-3)."""

from datetime import date
from typing import Literal, cast

from portfolio.domain.calendar import day_in_words
from portfolio.domain.kernel import RuleBroken, Value, changed


class Erasure(Value):
    """That a file is to be erased, or was: why, how far it has come, and on which day it was done.

    It is there for its readers until it is ``erased``.
    """

    reason: str
    stage: Literal["approved", "confirmed", "erased"] = "approved"
    erased_on: date | None = None

    def in_words(self) -> str:
        """Return how far it has come, as a sentence that says why."""
        why = self.reason.rstrip(".")
        match self.stage:
            case "approved":
                return f"One person approved that the file is erased, and a second one has to confirm it: {why}."
            case "confirmed":
                return f"The file is being erased, as two people approved: {why}."
            case "erased":
                day = day_in_words(self.erased_on) if self.erased_on else ""
                return f"The file was erased on {day}, as two people approved: {why}."


def confirmed(erasure: Erasure | None) -> Erasure:
    """Return what was approved as it is once a second person confirmed it."""
    return changed(cast(Erasure, erasure), stage="confirmed")


def done(erasure: Erasure | None, day: date) -> Erasure:
    """Return what was confirmed as it is once nothing of the file is left."""
    return changed(cast(Erasure, erasure), stage="erased", erased_on=day)


class FileWasErased(RuleBroken, rule="ERASURE-3"):
    """The file was erased for good, as two people approved: what was recorded of it stays."""


class NothingToErase(RuleBroken, rule="ERASURE-3"):
    """There is no file here to erase: what was written here is part of the record, and stays."""


class ErasureUnderWay(RuleBroken, rule="ERASURE-3"):
    """It is approved already that this file is erased: somebody else confirms that, or it is dropped."""


class ErasureNotApproved(RuleBroken, rule="ERASURE-3"):
    """No approval waits for an answer: a responsible officer approves first that a file is erased."""


class ErasureByOneAlone(RuleBroken, rule="ERASURE-3"):
    """Nobody erases a file alone: another responsible officer or an administrator confirms it."""


class ErasureNeedsFreePerson(RuleBroken, rule="ERASURE-3"):
    """Who had a part here, is tied to the apprentice or named on the paper leaves it to others to erase a file."""


def check_not_erased(erasure: Erasure | None) -> None:
    """Refuse what needs the bytes of a file that was erased."""
    if erasure is not None and erasure.stage == "erased":
        raise FileWasErased(erasure.in_words())


def check_to_approve(erasure: Erasure | None) -> None:
    """Refuse to approve anew what was approved."""
    check_not_erased(erasure)
    if erasure is not None:
        raise ErasureUnderWay(erasure.in_words())


def check_to_answer(erasure: Erasure | None) -> None:
    """Refuse to confirm or drop what nobody approved, or what was confirmed."""
    check_not_erased(erasure)
    if erasure is None:
        raise ErasureNotApproved
    if erasure.stage == "confirmed":
        raise ErasureUnderWay(erasure.in_words())
