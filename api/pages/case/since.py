"""Since: in plain sentences what became of the appeal, what followed for the decision, and what was decided anew."""

from collections.abc import Sequence
from uuid import UUID

from api.pages.common import as_day
from api.reads import Sight
from api.trail import name_of
from portfolio.application.indexes import ATTEMPTS_OF_ENROLMENT
from portfolio.application.replay import Chronology
from portfolio.domain.appeal.facts import AppealDecided, AppealNotAdmitted, AppealWithdrawn, ConsequenceClosed, Ground
from portfolio.domain.appeal.state import Appeal, Status
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.confirming import second_person_of
from portfolio.domain.assessment.facts import (
    AttemptOpened,
    DecisionDeclined,
    DecisionVoided,
    GradeDecided,
    GradeDecisionSuperseded,
)
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.kernel import Recorded

WAITS: dict[Status, str] = {
    "lodged": "The appeal waits to be admitted.",
    "admitted": "The appeal was admitted and waits for its panel.",
    "with panel": "The panel has not given its outcome yet.",
    "waits for a second look": "The appeal was not admitted at first and waits for a second look.",
}
"""What an appeal waits for, until it has ended."""


def since(sight: Sight[Appeal], replay: Chronology, decided: GradeDecided) -> Sequence[str]:
    """Return the sentences, as things stand now."""
    return (became(sight), *followed(sight, replay, decided.decision_id))


def became(sight: Sight[Appeal]) -> str:
    """Return what became of the appeal, last."""
    said = WAITS.get(sight.state.status, "")
    for entry in sight.session.history(sight.stream):
        match entry.fact:
            case AppealDecided(outcome=panel_outcome):
                said = f"The panel {panel_outcome} the appeal on {as_day(entry.at)}."
            case AppealNotAdmitted(reason=reason, because=because) if sight.state.status == "not admitted":
                said = (
                    f"The appeal was not admitted on {as_day(entry.at)}{f' ({because})' if because else ''}: {reason}"
                )
            case AppealWithdrawn():
                said = f"The appeal was withdrawn on {as_day(entry.at)}."
    return said


def followed(sight: Sight[Appeal], replay: Chronology, decision_id: UUID) -> list[str]:
    """Return what became of the decision, and what was decided anew."""
    sentences = ["The decision stands."]
    for entry in as_told(sight, replay.assessment_id):
        match entry.fact:
            case DecisionVoided(decision_id=voided) if voided == decision_id:
                sentences = [f"The decision was set aside on {as_day(entry.at)}."]
            case GradeDecisionSuperseded(decision_id=superseded) if superseded == decision_id:
                sentences = [f"The decision was superseded on {as_day(entry.at)}."]
    for attempt_id, attempt in sight.session.each(ASSESSMENT, ATTEMPTS_OF_ENROLMENT, replay.enrolment_id):
        opened = attempt.opened
        if opened is not None and (opened.after_appeal == sight.stream or attempt_id == sight.state.new_attempt):
            sentences.append(anew(sight, attempt_id, opened))
    return [
        *sentences,
        *(f"It could not follow yet that {each.consequence}: {each.why}" for each in sight.state.refused),
        *(
            f"{name_of(sight.session, entry.by)} gave up on {as_day(entry.at)} that {entry.fact.consequence}: "
            f"{entry.fact.reason.rstrip('.')}."
            for entry in sight.session.history(sight.stream)
            if isinstance(entry.fact, ConsequenceClosed)
        ),
    ]


def as_told(sight: Sight[Appeal], stream: UUID) -> list[Recorded]:
    """Return what is recorded of a stream, to members and a coach who appealed it only until the end of the case."""
    history = sight.session.history(stream)
    if sight.state.is_open() or sight.shows("after the case"):
        return [*history]
    end = sight.session.history(sight.stream)[-1].position
    return [entry for entry in history if entry.position <= end]


def anew(sight: Sight[Appeal], attempt_id: UUID, opened: AttemptOpened) -> str:
    """Return how the attempt stands that the appeal opened, or that was open already."""
    is_new = opened.after_appeal == sight.stream
    begun = "A new attempt was opened, {}" if is_new else "The new attempt is one that was open already, {}"
    since = (
        f", and {how_it_stands(sight, attempt_id)}" if sight.state.is_open() or sight.shows("after the case") else ""
    )
    return f"{begun.format(opened.in_words())}{since}."


def how_it_stands(sight: Sight[Appeal], attempt_id: UUID) -> str:
    """Return what became of an attempt last: how it was closed, or its decision with what came of that."""
    attempt = sight.session.state(ASSESSMENT, attempt_id)
    if attempt.closed is not None:
        return f"was closed undecided: {attempt.closed.reason.rstrip('.')}"
    said = "is not decided yet"
    for entry in sight.session.history(attempt_id):
        match entry.fact:
            case GradeDecided(decision_id=decision_id, grade=grade):
                said = f"{name_of(sight.session, entry.by)} decided {grade} in it on {as_day(entry.at)}"
                if decision_id == getattr(attempt.waiting(), "decision_id", None):
                    said += f"; it does not count until {waited_for(sight, attempt)} confirms it"
            case DecisionVoided():
                said = f"what was decided in it was set aside on {as_day(entry.at)}"
            case DecisionDeclined():
                said = f"what was decided in it was declined on {as_day(entry.at)}, so that another assessor judges it"
    return said


def waited_for(sight: Sight[Appeal], attempt: Assessment) -> str:
    """Return the name of the second person for whom a decision waits."""
    enrolment = sight.session.state(ENROLMENT, attempt.enrolment_id)
    return name_of(sight.session, second_person_of(attempt, enrolment))


def answers(sight: Sight[Appeal]) -> list[tuple[Ground, str]]:
    """Return each ground of the appeal with the panel's answer, empty until there is one."""
    answer_to = {
        answer.ground: answer.answer
        for entry in sight.session.history(sight.stream)
        if isinstance(entry.fact, AppealDecided)
        for answer in entry.fact.answers
    }
    return [(ground, answer_to.get(number, "")) for number, ground in enumerate(sight.state.grounds)]
