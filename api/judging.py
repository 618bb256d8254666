"""Judging: whether the caller would be refused, asked of the rules without giving the command."""

from collections.abc import Callable, Sequence
from typing import Any

from api.services import caller, services, today
from portfolio.application.handler import authorise
from portfolio.application.loaders import load
from portfolio.application.read_session import ReadSession
from portfolio.domain.assessment.decisions import (
    DecideGrade,
    SupersedeDecision,
    faults_of_deciding,
    faults_of_superseding,
)
from portfolio.domain.catalogue import AGGREGATE_OF, AGGREGATES
from portfolio.domain.kernel import Command, Rejected

TYPED = "typed into the form"
"""What stands in the place of a text when it is asked whether a form would be refused."""


def refusal_of(command: Command, session: ReadSession | None = None) -> Rejected | None:
    """Return why a command would be refused if the caller gave it now, None if it would not.

    A page offers the forms that would not be refused, and so needs no rule of its own; it may ask of many in one
    ``session`` of ``Services.deciding``. Nothing is recorded.
    """
    session = session or services().deciding()
    try:
        state = authorise(session, command, caller(), today())
        known = load(session, command, caller(), services().now())
        AGGREGATES[AGGREGATE_OF[type(command)]].judges[type(command)](state, command, known)
    except Rejected as refusal:
        return refusal
    return None


FAULTS: dict[type[Command], Callable[[Any, Any, Any], Sequence[Rejected]]] = {
    DecideGrade: faults_of_deciding,
    SupersedeDecision: faults_of_superseding,
}
"""By which function a rule says all that it would refuse with."""


def faults_of(command: Command, session: ReadSession | None = None) -> Sequence[Rejected]:
    """Return all that a command would be refused for if the caller gave it now, the first being what refuses it."""
    session = session or services().deciding()
    try:
        state = authorise(session, command, caller(), today())
        return FAULTS[type(command)](state, command, load(session, command, caller(), services().now()))
    except Rejected as refusal:
        return [refusal]
