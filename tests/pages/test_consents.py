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


def asks(world: World, person: str, words: str, why: str) -> Page:
    """Let somebody ask Mia on the page; return what they then see."""
    visitor = Visitor(world, person)
    page = visitor.reads(CONSENTS)
    what, *_ = (
        each.attributes["value"]
        for each in page.section("ask").all("input", name="what")
        if words in page.section("ask").one("label", **{"for": each.attributes["id"]}).text
    )
    return visitor.does(page, "consent-questions", what=what, reason=why)


def test_a_coach_asks_and_the_apprentice_finds_it_at_home_says_no_and_then_yes(tell: Tell) -> None:
    world = tell("decided")
    asked = asks(world, "coach", "appeal for the apprentice", "The rig was not looked at.")
    assert "May you appeal for the apprentice against the decision on the Component C1" in asked.section("waiting").text
    assert "Ask Mia" not in asked.text
    mia = Visitor(world, "mia")
    home = mia.reads("/")
    assert "One thing waits for you" in home.text
    assert "Coach, your coach, asks to appeal for you against the decision on the Component C1" in home.text
    assert "The rig was not looked at." in home.text
    assert "Nothing is done unless you agree." in home.text
    page = mia.reads(CONSENTS)
    assert MAY_APPEAL in page.section("asked").text
    assert "What you may agree to" not in page.text
    no = mia.does(page, "refusal", reason="I will do it myself.")
    assert "You said no: I will do it myself." in no.section("answered").text
    assert "Nothing waits for you" in mia.reads("/").text
    coach = Visitor(world, "coach")
    assert "Mia said no: I will do it myself." in coach.reads(CONSENTS).section("answered").text
    assert "Ask Mia" not in coach.reads(CONSENTS).text
    yes = mia.does(no, "consents")
    assert "Holds: it has not been done yet." in given(yes)
    assert "Agreed to." in yes.section("answered").text
    assert "Agreed to." in coach.reads(CONSENTS).section("answered").text


def test_the_office_asks_about_a_route_and_takes_the_question_back_once_that_is_asked(tell: Tell) -> None:
    world = tell("enrolled")
    admin, mia = Visitor(world, "admin"), Visitor(world, "mia")
    asked = asks(world, "admin", "move the apprentice to the route", "A new job.")
    question = mia.reads(CONSENTS).section("asked").text
    assert "May Admin, of the assessment organisation, move you to the route" in question
    sure = admin.asked(asked, "withdrawal")
    assert "Take your question back?" in sure.text
    assert "What you are asked" in mia.reads(CONSENTS).text
    after = admin.does(sure, "withdrawal", sure="yes")
    assert "Taken back by whoever asked." in after.section("answered").text
    assert "What you are asked" not in mia.reads(CONSENTS).text


def test_a_question_that_came_too_late_says_so_and_can_only_be_declined(tell: Tell) -> None:
    world = tell("decided")
    asks(world, "coach", "appeal for the apprentice", "The rig was not looked at.")
    mia = Visitor(world, "mia")
    world.as_("mia").does("/appeals", appeal(world), name="appeal")
    page = mia.reads(CONSENTS)
    assert "It would lead to nothing any more: There is an open appeal" in page.section("asked").text
    assert "consents" not in page.actions
    mia.does(page, "refusal")
    refused = mia.refused(page, "refusal", 409, reason="No.")
    assert "No such question waits for an answer" in refused.refusal


def test_the_apprentice_lets_their_coach_appeal_unasked_and_takes_it_back_once_that_is_asked(tell: Tell) -> None:
    world = tell("decided")
    mia = Visitor(world, "mia")
    page = mia.reads(CONSENTS)
    assert MAY_APPEAL in page.section("offers").text
    assert "If you do not want it, do nothing: it is then not done." in page.text
    assert given(page) == "What you have agreed to Nothing."
    after = mia.does(page, "consents")
    assert "Holds: it has not been done yet." in given(after)
    assert MAY_APPEAL not in after.text
    coach = Visitor(world, "coach").reads(CONSENTS)
    assert "Nothing that you may read." not in given(coach)
    assert "Ask Mia" not in coach.text
    assert says(world) == "You can appeal for the apprentice: they have consented."
    world.as_("coach").does("/appeals", appeal(world, consent="She asked me to."), name="appeal")
    used = mia.reads(CONSENTS)
    assert "Used: it was done." in given(used)
    sure = mia.asked(used, "withdrawal")
    assert "the appeal goes on and is yours alone" in sure.text
    assert "Used: it was done." in given(mia.reads(CONSENTS))
    assert "Taken back." in given(mia.does(sure, "withdrawal", sure="yes"))


def test_an_answer_sent_twice_is_given_once(tell: Tell) -> None:
    world = tell("decided")
    mia = Visitor(world, "mia")
    page = mia.reads(CONSENTS)
    mia.does(page, "consents")
    mia.does(page, "consents")
    assert len(world.as_("mia").sees("/enrolments/{enrolment}")["consents"]) == 1


def test_nobody_answers_for_the_apprentice(tell: Tell) -> None:
    world = tell("decided")
    path, fields = Visitor(world, "mia").reads(CONSENTS).form("consents")
    for person, status in (("coach", 403), ("admin", 403), ("stranger", 404)):
        visitor = Visitor(world, person)
        assert visitor.post(path, fields).status_code == status
        if status == 403:
            assert [
                each for each in visitor.reads(CONSENTS).actions if each in ("consents", "withdrawal", "refusal")
            ] == []
    assert len(world.as_("mia").sees("/enrolments/{enrolment}")["consents"]) == 0


def says(world: World) -> str:
    page = Visitor(world, "coach").reads("/enrolments/{enrolment}")
    return page.section("decisions").one("li").text
