"""Words that nobody could read, over HTTP: one problem that names the field, and nothing is recorded (WORDS-1)."""

from typing import Any

import pytest

from portfolio.domain.kernel import TextNotReadable
from tests.api.conftest import Tell
from tests.api.world import ITEMS, SELECTOR, TODAY, appeal, component, criteria, offer, refused, sha

FILLER, OVERRIDE = "\u3164", "\u202egpj.exe"


@pytest.mark.parametrize("text", [FILLER, OVERRIDE])
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
        problem = refused(world.as_(person).post(path, body), TextNotReadable)
        assert (problem["texts"], problem["status"]) == ([field], 422)
        assert problem["detail"].startswith(f"{field}: ")
    assert world.journal.head() == head


def test_names_in_arabic_and_hebrew_keep_their_marks(tell: Tell) -> None:
    world = tell("begin")
    for name in ("می\u200cرا", "\u200fשרה", "\u2067محمد\u2069"):
        person = world.as_("admin").does("/people", {"name": name, "works_for": "centre"})
        assert world.as_("admin").sees(f"/people/{person['id']}")["name"] == name
