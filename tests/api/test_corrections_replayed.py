"""Whatever is put right: before and after are both replayed, and a decision goes on saying what it was made under."""

from typing import Any, NamedTuple

import pytest

from tests.api.conftest import Tell
from tests.api.story import admitted, convened, decided, lodged
from tests.api.test_record_corrections import TESTIMONY
from tests.api.world import TODAY, YESTERDAY, World, observation
from tests.pages.visitor import Visitor

HERE, APPEAL = "/enrolments/{enrolment}", "/appeals/{appeal}"
WHY = {"reason": "It was a slip."}
LATER, LATEST = "2026-11-20", "2026-12-01"
DISCUSSION = {
    "kind": "professional discussion record",
    "assessment_id": "{attempt}",
    "occurred_on": TODAY,
    "minutes": 20,
    "topics": [{"code": "S11", "what": "Why the rig is safe."}],
}

MADE_UNDER = (
    "Apprentice Mia, employed by Northern Stages, at centre 10000001, first day 1 September 2026, enrolment running",
    "Route Live event technician (LET) since 1 September 2026",
)

Told = tuple[str, str, dict[str, Any]]
"""Who sends what where; values of a body may name ids of the world."""


class Correction(NamedTuple):
    """What is told last, after what is told first; where it shows, and by which fact the panel reads of it."""

    told: Told
    first: tuple[Told, ...] = ()
    shown: str = HERE
    fact: str = ""


def of_the_coach(path: str, fact: str, *first: Told, by: str = "responsible", **body: Any) -> Correction:
    who = {"person_id": "{coach}", "assignment": "coach", **WHY}
    return Correction((by, f"{HERE}/{path}", {**who, **body}), first, fact=f"enrolment.{fact}")


def right(record: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"title": "Put right", "record": {**record, **fields}, **WHY}


STANDARDISED = {"kind": "standardised", "criteria_id": "{criteria}", "occurred_on": YESTERDAY, **WHY}
PAUSED: Told = ("admin", f"{HERE}/pause", {"pauses_on": TODAY, **WHY})
ENDED: Told = ("admin", f"{HERE}/end", {"how": "withdrawn", "ended_on": TODAY, **WHY})
PART = {"person_id": "{coach}", "assignment": "coach", "began_on": TODAY, **WHY}
TAKEN_BACK: Told = ("responsible", f"{HERE}/assignments/withdrawal", PART)
ANOTHER_OFFICER: Told = ("admin", "/people/{stranger}/roles", {"role": "responsible officer"})
FREE: Told = ("stranger", "/people/{stranger}/interests", {"apprentice": "{mia}", "interest": "none"})
RELEASED: Told = (
    "responsible",
    f"{HERE}/releases",
    {"person_id": "{coach}", "assignment": "coach", "ends_on": LATEST, **WHY},
)
DECLARES = "/people/{assessor}/interests"
OF_MIA = {"apprentice": "{mia}"}
COMPETENCES = "/people/{assessor}/competences"


def of_the_enrolment(path: str, fact: str, *first: Told, **body: Any) -> Correction:
    return Correction(("admin", f"{HERE}/{path}", {**body, **WHY}), first, fact=f"enrolment.{fact}")


def of_a_person(by: str, path: str, body: dict[str, Any], *first: Told, fact: str = "") -> Correction:
    return Correction((by, path, body), first, "/".join(path.split("/")[:3]), fact)


CORRECTIONS: dict[str, Correction] = {
    "learner number": of_the_enrolment("uln-correction", "uln-corrected", uln="1000000027"),
    "name": of_a_person("admin", "/people/{mia}/name", {"name": "Mia Brown", **WHY}),
    "employer": of_the_enrolment(
        "employer-correction", "employer-corrected", since="2026-09-01", employer="Northern Stages Ltd"
    ),
    "centre": of_the_enrolment("centre-correction", "centre-corrected", centre_ukprn="10000002"),
    "first day": of_the_enrolment("start-correction", "start-corrected", starts_on="2026-08-03"),
    "move": of_the_enrolment("employer", "employer-changed", employer="Southern Stages", effective_on=TODAY),
    "pause": of_the_enrolment("pause", "paused", pauses_on=TODAY),
    "resumption": of_the_enrolment("resumption", "resumed", PAUSED, resumes_on=TODAY),
    "end": of_the_enrolment("end", "ended", how="completed", ended_on=TODAY),
    "end taken back": of_the_enrolment("end/withdrawal", "end-taken-back", ENDED),
    "end of a part": of_the_coach("releases/correction", "end-brought-forward", RELEASED, was=LATEST, ends_on=LATER),
    "part": of_the_coach(
        "assignments/correction", "assignment-corrected", by="admin", began_on=TODAY, starts_on=YESTERDAY
    ),
    "part taken back": of_the_coach("assignments/withdrawal", "assignment-taken-back", began_on=TODAY),
    "part never held": of_the_coach(
        "assignments/withdrawal/confirmation",
        "taking-back-confirmed",
        TAKEN_BACK,
        ANOTHER_OFFICER,
        FREE,
        by="stranger",
        began_on=TODAY,
    ),
    "competence": of_a_person(
        "admin",
        f"{COMPETENCES}/correction",
        {**STANDARDISED, "right_criteria_id": "{criteria}", "right_day": "2026-10-01"},
    ),
    "competence taken back": of_a_person("admin", f"{COMPETENCES}/withdrawal", STANDARDISED),
    "employment": of_a_person("responsible", "/people/{coach}/employment", {"works_for": "employer", **WHY}),
    "interest": of_a_person("assessor", DECLARES, {**OF_MIA, "interest": "personal"}, fact="person.interest-declared"),
    "interest taken back": of_a_person(
        "responsible",
        f"{DECLARES}/confirmation",
        {**OF_MIA, **WHY},
        ("assessor", DECLARES, {**OF_MIA, "interest": "personal"}),
        ("assessor", DECLARES, {**OF_MIA, "interest": "none"}),
        fact="person.correction-confirmed",
    ),
    "observation": Correction(
        ("assessor", "/evidence/{observation}/correction", {}), shown="", fact="evidence.recorded"
    ),
    "testimony": Correction(
        ("employer", "/evidence/{testimony}/correction", right(TESTIMONY, role="head rigger")),
        shown="",
        fact="evidence.recorded",
    ),
    "discussion": Correction(
        ("assessor", "/evidence/{discussion}/correction", right(DISCUSSION, minutes=30)),
        shown="",
        fact="evidence.recorded",
    ),
}


def heard(tell: Tell) -> World:
    """A panel hears an appeal against a decision, before which an observation, a testimony and a discussion lay."""
    world = tell("found")
    for person, name, record in (("employer", "testimony", TESTIMONY), ("assessor", "discussion", DISCUSSION)):
        body = {"enrolment_id": world["enrolment"], "title": name.capitalize(), "record": filled(world, record)}
        world.as_(person).does("/evidence/records", body, name=name)
    for step in (decided, lodged, admitted, convened):
        step(world)
    return world


def filled(world: World, body: Any) -> Any:
    if isinstance(body, dict):
        return {name: filled(world, value) for name, value in body.items()}
    return body.format_map(world.ids) if isinstance(body, str) else body


def tells(world: World, told: Told) -> None:
    person, path, body = told
    if path == "/evidence/{observation}/correction":
        body = right(observation(world)["record"], place="Studio")
    world.as_(person).does(path, filled(world, body))


class Seen(NamedTuple):
    """What is read of the record at a point, and of the decision at any."""

    shown: Any
    ready: Any
    on_record: list[tuple[int, str]]
    could_see: list[tuple[int, str]]
    context: Any
    page: str


def seen(world: World, shown: str, point: int) -> Seen:
    """Return what an administrator and a member of the panel read of a point of the record, and of the decision."""
    admin, chair = world.as_("admin"), world.as_("chair")
    replay = chair.sees(f"{APPEAL}/chronology?known_at={point}")
    context = chair.sees("/assessments/{attempt}/decisions/{decision}/context")
    assert replay["context"] == {name: value for name, value in context.items() if name in replay["context"]}
    return Seen(
        admin.sees(f"{shown}?known_at={point}") if shown else None,
        admin.sees(f"{HERE}/readiness?known_at={point}"),
        entries(replay["on_record"]),
        entries(replay["before"]),
        {**context, "names": {}},
        Visitor(world, "chair").reads(f"{APPEAL}?known_at={point}").section("rules").text,
    )


def entries(listed: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return [(int(each["position"]), each["kind"]) for each in listed]


@pytest.mark.parametrize("name", CORRECTIONS)
def test_before_and_after_are_replayed_and_the_decision_says_what_it_was_made_under(tell: Tell, name: str) -> None:
    world, correction = heard(tell), CORRECTIONS[name]
    for told in correction.first:
        tells(world, told)
    point = world.journal.head()
    before = seen(world, correction.shown, point)
    tells(world, correction.told)
    then, now = seen(world, correction.shown, point), seen(world, correction.shown, world.journal.head())
    assert then == before, "a point of the record is read as it was"
    assert (now.could_see, now.context, now.page) == (before.could_see, before.context, before.page)
    assert all(line in now.page for line in MADE_UNDER)
    if correction.shown:
        assert now.shown != before.shown
    new = [kind for position, kind in now.on_record if position > point]
    assert new[:1] == [correction.fact][: bool(correction.fact)]
