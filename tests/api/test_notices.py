"""What somebody is told of what concerns them, and how often by mail, as they choose themselves."""

import pytest

from portfolio.domain.kernel import NotPermitted, NotVisible
from tests.api.conftest import Tell
from tests.api.story import sealed, submitted
from tests.api.world import Caller, assign, refused
from tests.pages.visitor import Visitor


@pytest.mark.parametrize("mails", ["at once", "daily", "none"])
def test_everybody_chooses_how_often_they_are_told_by_mail(tell: Tell, mails: str) -> None:
    coach = tell("people").as_("coach")
    assert coach.sees("/me")["mails"] == "daily"
    coach.does("/people/{coach}/notices", {"mails": mails})
    assert coach.sees("/me")["mails"] == mails


def test_nobody_chooses_it_for_somebody_else(tell: Tell) -> None:
    world = tell("people")
    choice = {"mails": "none"}
    refused(world.as_("admin").post("/people/{coach}/notices", json=choice), NotPermitted)
    refused(world.as_("noah").post("/people/{coach}/notices", json=choice), NotVisible)


def kinds(caller: Caller, asked: str = "") -> list[str]:
    return [each["kind"] for each in caller.sees(f"/notices{asked}")["items"]]


def test_everybody_is_told_what_concerned_them_and_each_notice_leads_to_a_page_of_theirs(tell: Tell) -> None:
    world = tell("convened")
    told = {name: kinds(world.as_(name)) for name in ("mia", "coach", "assessor", "officer", "chair", "lead")}
    assert told == {
        "mia": ["panel convened", "appeal admitted", "decided"],
        "coach": ["decided", "handed in", "part"],
        "assessor": ["handed in", "part"],
        "officer": ["appeal lodged"],
        "chair": ["to hear"],
        "lead": [],
    }
    for name in told:
        visitor = Visitor(world, name)
        for each in world.as_(name).sees("/notices")["items"]:
            assert each["because"].startswith("You are told because ")
            visitor.reads(each["page"])


def test_nobody_is_told_of_what_they_may_not_see_now(tell: Tell) -> None:
    world = tell("convened")
    reason = {"reason": "They left."}
    for name in ("coach", "assessor"):
        world.as_("responsible").does(f"/people/{{{name}}}/roles/end", {"role": name, **reason})
        assert kinds(world.as_(name)) == []
    world.as_("responsible").does("/people/{mia}/suspension", reason)
    assert kinds(world.as_("mia")) == ["panel convened", "appeal admitted", "decided"], "they still read and appeal"


def test_who_has_not_said_what_they_are_to_an_apprentice_is_told_to_do_that_once_and_nothing_else(tell: Tell) -> None:
    world = tell("enrolled")
    world.as_("admin").does("/people/{third}/roles", {"role": "assessor"})
    world.as_("admin").does("/enrolments/{enrolment}/assignments", assign(world, "third", "assessor"))
    sealed(world)
    submitted(world)
    third = world.as_("third")
    (only,) = third.sees("/notices")["items"]
    assert (only["kind"], only["page"]) == ("interest", "/interests")
    third.does("/people/{third}/interests", {"apprentice": world["mia"], "interest": "none"})
    assert kinds(third) == ["handed in", "part"]


def test_a_page_goes_on_where_the_last_one_ended(tell: Tell) -> None:
    mia = tell("convened").as_("mia")
    first = mia.sees("/notices?limit=2")
    assert [each["kind"] for each in first["items"]] == ["panel convened", "appeal admitted"]
    second = mia.sees(f"/notices?limit=2&cursor={first['next']}")
    assert ([each["kind"] for each in second["items"]], second["next"]) == (["decided"], None)
