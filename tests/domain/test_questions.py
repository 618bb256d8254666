"""Asking an apprentice for a consent, and their answer."""

from portfolio.domain.appeal.state import Appeal
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.consent import AskConsent, DeclineConsent, ForQuestion, WithdrawQuestion
from portfolio.domain.enrolment.facts import (
    AppealForMe,
    ConsentAsked,
    ConsentDeclined,
    ConsentGiven,
    ConsentQuestionWithdrawn,
    ConsentTakenBack,
    PersonAssigned,
    RouteForMe,
)
from portfolio.domain.enrolment.refusals import (
    ConsentNotAskedAgain,
    ConsentNotYoursToAsk,
    EnrolmentUnknown,
    PurposeUnknown,
    QuestionUnknown,
)
from portfolio.domain.kernel import Fact, Known, changed
from portfolio.domain.person import Person, PersonUnknown
from tests.domain.given import given
from tests.domain.test_appeal import ATTEMPT
from tests.domain.test_enrolment import CHANGE, EDITION, ENROLLED, SERVED
from tests.domain.world import (
    APPRENTICE,
    ATTEMPT_ID,
    COACH,
    DECISION_ID,
    ENROLMENT_ID,
    NOW,
    OFFICER,
    TODAY,
    YESTERDAY,
    an_id,
    person,
)

QUESTION_ID = an_id("question")
CVT = RouteForMe(route="CVT")
APPEAL = AppealForMe(assessment_id=ATTEMPT_ID, decision_id=DECISION_ID)
ASK = AskConsent(enrolment_id=ENROLMENT_ID, question_id=QUESTION_ID, purpose=CVT, reason="a new job")
ASKED = ConsentAsked(question_id=QUESTION_ID, person_id=OFFICER, purpose=CVT, reason="a new job")
OFFICE = ForQuestion(
    by=OFFICER,
    at=NOW,
    today=TODAY,
    person=person("administrator"),
    edition=EDITION,
    attempts={ATTEMPT_ID: ATTEMPT},
    cases={},
)
A_COACH = changed(OFFICE, by=COACH, person=person("coach"))
COACHES = PersonAssigned(person_id=COACH, assignment="coach", starts_on=YESTERDAY, components=frozenset())
DECLINE = DeclineConsent(enrolment_id=ENROLMENT_ID, question_id=QUESTION_ID, reason="I am fine where I am")
DECLINED = ConsentDeclined(question_id=QUESTION_ID, reason="I am fine where I am")
WITHDRAW = WithdrawQuestion(enrolment_id=ENROLMENT_ID, question_id=QUESTION_ID)
WITHDRAWN = ConsentQuestionWithdrawn(question_id=QUESTION_ID)
GIVEN = ConsentGiven(consent_id=an_id("consent"), person_id=OFFICER, purpose=CVT)
TAKEN_BACK = ConsentTakenBack(consent_id=an_id("consent"))


def by(person_id: object) -> Known:
    return Known(by=person_id, at=NOW, today=TODAY)  # type: ignore[arg-type]


def answers(*history: Fact) -> list[str]:
    return [each.answer for each in given(ENROLMENT, ENROLLED, *history).state.questions]


def test_who_would_do_it_asks_for_the_consent() -> None:
    given(ENROLMENT, ENROLLED).when(ASK, OFFICE).records(ASKED)
    appealing = changed(ASK, purpose=APPEAL)
    asked = changed(ASKED, person_id=COACH, purpose=APPEAL)
    given(ENROLMENT, ENROLLED, COACHES).when(appealing, A_COACH).records(asked)
    given(ENROLMENT, ENROLLED, COACHES).when(ASK, A_COACH).rejected(ConsentNotYoursToAsk)
    given(ENROLMENT, ENROLLED).when(appealing, A_COACH).rejected(ConsentNotYoursToAsk)
    given(ENROLMENT, ENROLLED).when(appealing, OFFICE).rejected(ConsentNotYoursToAsk)
    given(ENROLMENT).when(ASK, OFFICE).rejected(EnrolmentUnknown)
    given(ENROLMENT, ENROLLED).when(ASK, changed(OFFICE, person=Person())).rejected(PersonUnknown)
    given(ENROLMENT, ENROLLED).when(changed(ASK, purpose=RouteForMe(route="SLT")), OFFICE).rejected(PurposeUnknown)


def test_the_same_is_not_asked_again_while_it_waits_holds_or_was_declined_or_withdrawn_twice() -> None:
    given(ENROLMENT, ENROLLED, ASKED).when(ASK, OFFICE).rejected(ConsentNotAskedAgain, "waits for an answer")
    given(ENROLMENT, ENROLLED, ASKED, DECLINED).when(ASK, OFFICE).rejected(ConsentNotAskedAgain, "said no")
    given(ENROLMENT, ENROLLED, ASKED, GIVEN).when(ASK, OFFICE).rejected(ConsentNotAskedAgain, "already")
    given(ENROLMENT, ENROLLED, GIVEN).when(ASK, OFFICE).rejected(ConsentNotAskedAgain, "already")
    given(ENROLMENT, ENROLLED, ASKED, WITHDRAWN).when(ASK, OFFICE).records(ASKED)
    once = (ASKED, WITHDRAWN)
    again = (changed(ASKED, question_id=an_id("again")), changed(WITHDRAWN, question_id=an_id("again")))
    given(ENROLMENT, ENROLLED, *once, *again).when(ASK, OFFICE).rejected(ConsentNotAskedAgain, "withdrawn it")
    given(ENROLMENT, ENROLLED, *once, *again).when(ASK, changed(OFFICE, by=COACH)).records(
        changed(ASKED, person_id=COACH)
    )
    given(ENROLMENT, ENROLLED, ASKED, GIVEN, TAKEN_BACK).when(ASK, OFFICE).records(ASKED)
    another = changed(ASKED, person_id=an_id("another administrator"))
    given(ENROLMENT, ENROLLED, another).when(ASK, OFFICE).records(ASKED)
    other = changed(ASK, purpose=RouteForMe(route="LET"))
    given(ENROLMENT, ENROLLED, ASKED).when(other, OFFICE).records(changed(ASKED, purpose=other.purpose))


def test_a_consent_that_was_used_in_an_appeal_may_be_asked_for_again() -> None:
    consented = changed(GIVEN, person_id=COACH, purpose=APPEAL)
    used = changed(A_COACH, cases={an_id("case"): changed(Appeal(), consent_id=consented.consent_id)})
    again = changed(ASK, purpose=APPEAL)
    given(ENROLMENT, ENROLLED, COACHES, consented).when(again, A_COACH).rejected(ConsentNotAskedAgain)
    given(ENROLMENT, ENROLLED, COACHES, consented).when(again, used).records(
        changed(ASKED, person_id=COACH, purpose=APPEAL)
    )


def test_the_apprentice_says_no_once_with_a_reason_or_without() -> None:
    given(ENROLMENT, ENROLLED, ASKED).when(DECLINE, by(APPRENTICE)).records(DECLINED)
    silent = changed(DECLINE, reason="")
    given(ENROLMENT, ENROLLED, ASKED).when(silent, by(APPRENTICE)).records(changed(DECLINED, reason=""))
    given(ENROLMENT, ENROLLED).when(DECLINE, by(APPRENTICE)).rejected(QuestionUnknown)
    for over in (DECLINED, WITHDRAWN, GIVEN):
        given(ENROLMENT, ENROLLED, ASKED, over).when(DECLINE, by(APPRENTICE)).rejected(QuestionUnknown)
    given(ENROLMENT).when(DECLINE, by(APPRENTICE)).rejected(EnrolmentUnknown)


def test_whoever_asked_withdraws_the_question_while_it_waits() -> None:
    given(ENROLMENT, ENROLLED, ASKED).when(WITHDRAW, by(OFFICER)).records(WITHDRAWN)
    given(ENROLMENT, ENROLLED, ASKED).when(WITHDRAW, by(COACH)).rejected(QuestionUnknown, "Somebody else")
    given(ENROLMENT, ENROLLED, ASKED, DECLINED).when(WITHDRAW, by(OFFICER)).rejected(QuestionUnknown)
    given(ENROLMENT).when(WITHDRAW, by(OFFICER)).rejected(EnrolmentUnknown)


def test_a_consent_answers_the_question_also_after_a_no_and_a_move_is_the_end_of_those_about_routes() -> None:
    elsewhere = changed(GIVEN, person_id=COACH)
    assert answers(ASKED, GIVEN) == answers(ASKED, DECLINED, GIVEN) == ["given"]
    assert answers(ASKED, elsewhere) == ["none yet"]
    assert answers(ASKED, WITHDRAWN, GIVEN) == ["withdrawn"]
    (moved,) = given(ENROLMENT, ENROLLED, GIVEN).when(CHANGE, SERVED).facts
    appealing = changed(ASKED, question_id=an_id("appealing"), person_id=COACH, purpose=APPEAL)
    assert answers(ASKED, appealing, moved) == ["overtaken", "none yet"]
    assert answers(ASKED, DECLINED, moved) == ["overtaken"]
    assert answers(ASKED, GIVEN, moved) == ["given"]
    assert [each.why for each in given(ENROLMENT, ENROLLED, ASKED, DECLINED).state.questions] == [DECLINED.reason]
