"""What somebody is told stands on a page of theirs, with what it is about and why, and their choice about mail."""

from tests.api.conftest import Tell
from tests.pages.visitor import Visitor


def test_a_notice_says_what_it_is_about_and_why_one_is_told_and_leads_there(tell: Tell) -> None:
    world = tell("convened")
    coach = Visitor(world, "coach").reads("/notices").section("told")
    decided, handed_in, part = coach.all("li")
    assert "An attempt was decided. Mia" in decided.text
    assert "You are told because you coach the apprentice." in decided.text
    assert "Work was handed in. Risk assessment, Mia" in handed_in.text
    assert handed_in.one("a").attributes["href"] == f"{world.root}/evidence/{world['evidence']}"
    assert "You have a part in an apprenticeship." in part.text
    assert "pass" not in coach.text
    mia = Visitor(world, "mia").reads("/notices").section("told").text
    assert "You are told because it is about you." in mia
    assert "Mia" not in mia


def test_how_often_one_is_told_by_mail_is_chosen_on_the_same_page(tell: Tell) -> None:
    world = tell("people")
    noah = Visitor(world, "noah")
    page = noah.reads("/notices")
    assert "Nothing so far" in page.text
    chosen = noah.does(page, "notices", mails="none")
    assert "You chose not to be told by mail." in chosen.text
    assert world.as_("noah").sees("/me")["mails"] == "none"
    noah.refused(chosen, "notices", 422, mails="hourly")
