"""What a person did, in whatever record, on a page for those who may ask."""

from tests.api.conftest import Tell
from tests.pages.visitor import Visitor


def test_what_somebody_did_is_told_by_day_narrowed_and_saved(tell: Tell) -> None:
    world = tell("decided")
    officer = Visitor(world, "responsible")
    path = f"/people/{world['assessor']}/acts"
    page = officer.reads(path)
    assert page.top.one("h1").text == "What Assessor did"
    assert "Assessor decided pass for the first attempt" in page.text
    assert "context" not in page.text
    narrowed = officer.reads(f"{path}?kind=assessment.grade-decided&since=2026-11-02")
    assert len([*narrowed.top.one("ul", **{"class": "app-record"}).all("li")]) == 1
    (csv, _) = [a.attributes["href"] for a in narrowed.top.all("a") if "format=" in a.attributes["href"]]
    assert len(officer.ask(csv).text.splitlines()) == 2
    assert "Clear all filters" in officer.reads(f"{path}?since=2026-11-03").text


def test_it_is_for_those_who_may_ask(tell: Tell) -> None:
    world = tell("decided")
    path = f"/people/{world['assessor']}/acts"
    assert Visitor(world, "admin").ask(path).status_code == 200
    for person in ("mia", "coach", "lead"):
        assert Visitor(world, person).ask(path).status_code == 404
    assert Visitor(world, "assessor").ask(path).status_code == 403
    for wrong in ("since=x", "kind=x", "place=x"):
        assert Visitor(world, "admin").ask(f"{path}?{wrong}").status_code == 422
