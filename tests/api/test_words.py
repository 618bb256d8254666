"""Words that nobody could read, over HTTP: one problem that names the field, and nothing is recorded (WORDS-1)."""

from typing import Any

import pytest

from tests.api.conftest import Tell
from tests.api.world import (
    ITEMS,
    SELECTOR,
    TODAY,
    appeal,
    component,
    criteria,
    decision,
    enrolment,
    observation,
    offer,
    sha,
)

NOBODY_READS = {
    "a filler alone": "\u3164",
    "a space without width alone": "\u200b",
    "a joiner of words alone": "\u2060",
    "an empty braille cell alone": "\u2800",
    "an override inside": "see \u202egpj.exe",
    "an isolate never ended": "see \u2067exe",
    "an end of an isolate alone": "see \u2069exe",
    "far too much": "x" * 100_000,
}


@pytest.mark.parametrize("text", NOBODY_READS.values(), ids=NOBODY_READS)
def test_a_reason_a_name_a_title_a_remark_and_a_statement_must_be_readable(tell: Tell, text: str) -> None:
    world = tell("decided")
    remark = {"version": 1, "sha256": sha(ITEMS["pdf"][0]), "selector": SELECTOR, "kind": "pointer", "text": text}
    ground = {"ground": "evidence", "statement": text, "items": [world["evidence"]]}
    release = {"person_id": world["coach"], "assignment": "coach", "ends_on": TODAY, "reason": text}
    posts: list[tuple[str, str, dict[str, Any], str]] = [
        ("admin", "/people", {"name": text, "works_for": "centre"}, "name"),
        ("assessor", "/evidence/{evidence}/return", {"version": 1, "reason": text}, "reason"),
        ("admin", "/enrolments/{enrolment}/releases", release, "reason"),
        ("mia", "/evidence", offer(world, b"x", title=text), "title"),
        ("mia", "/evidence", offer(world, b"x", filename=text), "filename"),
        ("assessor", "/evidence/{evidence}/annotations", {**remark, "audience": "assessors"}, "text"),
        ("mia", "/appeals", appeal(world, grounds=[ground]), "grounds.0.statement"),
        ("lead", "/plans/{plan}/rulings", {"warning": 0, "reading": "As printed.", "reason": text}, "reason"),
        ("lead", "/plans/{plan}/rulings", {"warning": 0, "reading": text, "reason": "It is."}, "reading"),
        ("admin", "/criteria", criteria(world, scale=["fail", text]), "scale.1"),
        ("admin", "/forms/{form}/components", {"component": component(world, "C9", name=text)}, "component.name"),
    ]
    head = world.journal.head()
    for person, path, body, field in posts:
        answer = world.as_(person).post(path, body)
        problem = answer.get_json()
        assert (answer.status_code, problem["detail"].startswith(f"{field}: ")) == (422, True), answer.text
        if len(text) < 1_000:  # what is far too long the shape of the request refuses already
            assert (problem["type"], problem["texts"]) == ("/problems/text-not-readable", [field])
    assert world.journal.head() == head


def test_a_text_of_the_api_is_kept_in_composed_form(tell: Tell) -> None:
    world = tell("begin")
    person = world.as_("admin").does("/people", {"name": "Zoe\u0308 Aure\u0301lie", "works_for": "centre"})
    assert world.as_("admin").sees(f"/people/{person['id']}")["name"] == "Zo\u00eb Aur\u00e9lie"


def test_half_a_character_in_json_is_refused(tell: Tell) -> None:
    world = tell("begin")
    admin, head = world.as_("admin"), world.journal.head()
    body = b'{"name": "A \\ud800 B", "works_for": "centre"}'
    answer = admin.post("/people", None, data=body, content_type="application/json")
    assert answer.status_code in (400, 422), answer.text
    assert world.journal.head() == head


def test_names_in_arabic_and_hebrew_keep_their_marks(tell: Tell) -> None:
    world = tell("begin")
    for name in ("می\u200cرا", "\u200fשרה", "\u2067محمد\u2069"):
        person = world.as_("admin").does("/people", {"name": name, "works_for": "centre"})
        assert world.as_("admin").sees(f"/people/{person['id']}")["name"] == name


def test_a_code_of_five_thousand_figures_is_refused_and_nothing_breaks(tell: Tell) -> None:
    world = tell("found")
    code = "S" + "9" * 5_000
    assessor = world.as_("assessor")
    findings = {"findings": [{"code": code, "judgement": "not judged", "reason": "?", "cites": []}]}
    assert assessor.post("/assessments/{attempt}/findings", findings).status_code in (409, 422)
    seen = observation(world)
    seen["record"]["seen"].append({"code": code, "what": "Seen."})
    assert assessor.post("/evidence/records", seen).status_code in (409, 422)


def test_what_names_a_grade_or_a_component_is_read_in_composed_form(tell: Tell) -> None:
    world = tell("enrolled")
    admin, lead = world.as_("admin"), world.as_("lead")
    admin.does("/forms", {"plan_id": world["plan"], "title": "LET-F2", "routes": ["LET"]}, name="form")
    admin.does("/forms/{form}/components", {"component": {**component(world, "C1"), "key": "\u00c91"}})
    admin.does("/forms/{form}/components", {"component": component(world, "C2")})
    lead.does("/forms/{form}/approval")
    admin.does("/enrolments", enrolment(world, apprentice=world["noah"], uln="9276308694"), name="noahs")
    decomposed = {"enrolment_id": world["noahs"], "component": "E\u03011"}
    admin.does("/assessments", decomposed, name="attempt")
    assert admin.sees("/assessments/{attempt}")["component"] == "\u00c91"


def test_a_grade_that_turns_the_order_of_letters_is_refused_by_its_name(tell: Tell) -> None:
    world = tell("found")
    answer = world.as_("assessor").post("/assessments/{attempt}/decisions", decision(world, grade="pass\u202e"))
    assert (answer.status_code, answer.get_json()["texts"]) == (422, ["grade"])
