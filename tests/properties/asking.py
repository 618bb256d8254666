"""Steps that ask Mia for a consent, answer, ask no longer, or take back what she agreed to."""

from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from portfolio.domain.enrolment.consent import (
    AskConsent,
    DeclineConsent,
    GiveConsent,
    TakeConsentBack,
    WithdrawQuestion,
)
from portfolio.domain.enrolment.facts import AppealForMe, ConsentAsked, ConsentGiven, Purpose, RouteForMe
from portfolio.domain.kernel import Command, Fact
from tests.application.stage import ADMINISTRATOR, COACH, ENROLMENT, LEAD, MIA, Stage
from tests.properties.record import EVERYBODY, NOWHERE, Step, decision_at, new, places

HERE: dict[str, Any] = {"enrolment_id": ENROLMENT}


def latest(stage: Stage, kind: type[Fact]) -> Any:
    """Return the latest fact of a kind, nothing if there is none."""
    known = stage.facts(kind)
    return known[-1].fact if known else None


@st.composite
def asking(draw: st.DrawFn) -> Step:
    """Ask for a consent to appeal, where there is something to appeal against, or to move Mia."""
    place, route, appeals = draw(places), draw(st.sampled_from(["LET", "CVT"])), draw(st.booleans())
    by: UUID | None = draw(st.sampled_from([None] * 8 + [COACH, ADMINISTRATOR, MIA, LEAD]))

    def step(stage: Stage) -> None:
        attempt, decision = decision_at(stage, place)
        purpose: Purpose = RouteForMe(route=route)
        if appeals and decision != NOWHERE:
            purpose = AppealForMe(assessment_id=attempt, decision_id=decision)
        usual = COACH if isinstance(purpose, AppealForMe) else ADMINISTRATOR
        asks = AskConsent(**HERE, question_id=new(stage, "question"), purpose=purpose, reason="?")
        stage.do(asks, by or usual)

    return step


@st.composite
def answering(draw: st.DrawFn) -> Step:
    """Say yes or no to the latest question, withdraw it, or take the latest consent back."""
    what = draw(st.sampled_from(["yes", "no", "no", "withdraw", "take back"]))
    right, other = draw(st.sampled_from([True, True, True, False])), draw(st.sampled_from(EVERYBODY))

    def step(stage: Stage) -> None:
        asked, given = latest(stage, ConsentAsked), latest(stage, ConsentGiven)
        question, consent = asked.question_id if asked else NOWHERE, given.consent_id if given else NOWHERE
        commands: dict[str, Command] = {
            "no": DeclineConsent(**HERE, question_id=question),
            "withdraw": WithdrawQuestion(**HERE, question_id=question),
            "take back": TakeConsentBack(**HERE, consent_id=consent),
        }
        if asked:
            yes: dict[str, Any] = {"person_id": asked.person_id, "purpose": asked.purpose}
            commands["yes"] = GiveConsent(**HERE, consent_id=new(stage, "consent"), **yes)
        who = (asked.person_id if asked else COACH) if what == "withdraw" else MIA
        if what in commands:
            stage.do(commands[what], who if right else other)

    return step


@st.composite
def asking_and_answering(draw: st.DrawFn) -> Step:
    """Ask and have it answered, and ask again, perhaps the same."""
    ask, answer, other, same = draw(asking()), draw(answering()), draw(asking()), draw(st.booleans())

    def step(stage: Stage) -> None:
        ask(stage)
        answer(stage)
        (ask if same else other)(stage)

    return step


QUESTIONS = st.one_of(answering(), asking_and_answering(), asking_and_answering())
