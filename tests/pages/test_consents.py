"""Consents: an apprentice reads the question, answers it, and takes the answer back."""

from tests.api.conftest import Tell
from tests.api.world import World, appeal
from tests.pages.page import Page
from tests.pages.visitor import Visitor

CONSENTS = "/enrolments/{enrolment}/consents"
MAY_APPEAL = (
    "May Coach, your coach, appeal for you against the decision on the Component C1, attempt 1, of 2 November 2026 by "
    "Assessor?"
)


def given(page: Page) -> str:
    return page.section("given").text


def test_the_apprentice_lets_their_coach_appeal_and_takes_it_back(tell: Tell) -> None:
    world = tell("decided")
    mia = Visitor(world, "mia")
    page = mia.reads(CONSENTS)
    assert MAY_APPEAL in page.section("asked").text
    assert "If you do not want it, do nothing: it is then not done." in page.text
    assert given(page) == "What you have agreed to Nothing."
    after = mia.does(page, "consents")
    assert "Holds: it has not been done yet." in given(after)
    assert MAY_APPEAL not in after.text
    assert "Nothing that you may read." not in given(Visitor(world, "coach").reads(CONSENTS))
    world.as_("coach").does("/appeals", appeal(world, consent="She asked me to."), name="appeal")
    used = mia.reads(CONSENTS)
    assert "Used: it was done." in given(used)
    assert "Taken back." in given(mia.does(used, "withdrawal"))


def test_an_answer_sent_twice_is_given_once(tell: Tell) -> None:
    world = tell("decided")
    mia = Visitor(world, "mia")
    page = mia.reads(CONSENTS)
    mia.does(page, "consents")
    mia.does(page, "consents")
    assert len(world.as_("mia").sees("/enrolments/{enrolment}")["consents"]) == 1


def test_a_change_of_route_is_asked_by_the_address_that_the_office_gives(tell: Tell) -> None:
    world = tell("enrolled")
    office = Visitor(world, "admin").reads(CONSENTS)
    assert "Asking is not recorded" in office.section("ask").text
    asked = next(link for link in office.section("ask").all("a"))
    mia = Visitor(world, "mia")
    assert "What you may agree to" not in mia.reads(CONSENTS).text
    page = mia.reads(asked.attributes["href"])
    assert "May Admin, of the assessment organisation, move you to the route" in page.section("asked").text
    assert "Holds: it has not been done yet." in given(mia.does(page, "consents"))
    assert "What you may agree to" not in mia.reads(asked.attributes["href"]).text


def test_a_question_that_no_rule_lets_anybody_answer_is_not_asked(tell: Tell) -> None:
    world = tell("enrolled")
    mia = Visitor(world, "mia")
    for query in (
        "?person_id=x&purpose.type=route&purpose.route=LET",
        "?person_id={coach}&purpose.type=route&purpose.route=nowhere",
        "?person_id={enrolment}&purpose.type=route&purpose.route=CVT",
        "?person_id={coach}&purpose.type=appeal&purpose.assessment_id={plan}&purpose.decision_id={plan}",
    ):
        assert "What you may agree to" not in mia.reads(f"{CONSENTS}{query}").text


def test_nobody_answers_for_the_apprentice(tell: Tell) -> None:
    world = tell("decided")
    path, fields = Visitor(world, "mia").reads(CONSENTS).form("consents")
    for person, status in (("coach", 403), ("admin", 403), ("stranger", 404)):
        visitor = Visitor(world, person)
        assert visitor.post(path, fields).status_code == status
        if status == 403:
            assert [each for each in visitor.reads(CONSENTS).actions if each in ("consents", "withdrawal")] == []
    assert len(world.as_("mia").sees("/enrolments/{enrolment}")["consents"]) == 0


def test_a_coach_sees_for_what_they_need_consent_until_they_have_it(tell: Tell) -> None:
    world = tell("decided")
    coach = Visitor(world, "coach")
    (question,) = coach.reads(CONSENTS).section("ask").all("a")
    mia = Visitor(world, "mia")
    mia.does(mia.reads(question.attributes["href"]), "consents")
    assert "Ask Mia" not in coach.reads(CONSENTS).text
    assert says(world) == "You can appeal for the apprentice: they have consented."


def says(world: World) -> str:
    page = Visitor(world, "coach").reads("/enrolments/{enrolment}")
    return page.section("decisions").one("li").text
