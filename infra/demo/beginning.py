"""What the story begins with: people, the plan, criteria, forms, enrolments, who is prepared for what."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from infra.demo import cast
from infra.demo.cast import APPRENTICES, PANEL, STAFF, Apprentice
from infra.demo.stage import ADMINISTRATOR, Stage

OBSERVATION, PORTFOLIO = "C1", "C2"
STAFF_OF = (
    ("coach", "coach", ()),
    ("employer", "employer", ()),
    ("amina", "assessor", (OBSERVATION,)),
    ("joan", "assessor", (PORTFOLIO,)),
    ("quality", "internal quality assurer", ()),
)
"""Whom each apprentice is given: person, part, components."""


def people(stage: Stage) -> None:
    """Register everybody with their roles."""
    for actor in STAFF:
        register(stage, actor.key, actor.name, actor.works_for, actor.role)
    for apprentice in APPRENTICES:
        register(stage, apprentice.key, apprentice.name, "employer", "apprentice")


def register(stage: Stage, key: str, name: str, works_for: str, role: str) -> None:
    """Make a person known, who then holds a role."""
    stage.post(ADMINISTRATOR, key, "/v1/people", {"name": name, "works_for": works_for})
    stage.post(ADMINISTRATOR, f"{key}/role", f"/v1/people/{stage.id(key)}/roles", {"role": role})


def plan(stage: Stage) -> None:
    """Import the plan, rule on its oddities, approve it for the demo."""
    text = files("portfolio").joinpath("plans", cast.PLAN_FILE).read_text(encoding="utf-8")
    stage.post(ADMINISTRATOR, "plan", "/v1/plans", {"text": text})
    path = f"/v1/plans/{stage.id('plan')}"
    for number, warning in enumerate(plan_on_record(stage)["warnings"]):
        reading = cast.READINGS.get(warning["code"], "Read as printed.")
        body = {"warning": number, "reading": reading, "reason": warning["message"]}
        stage.post("lead", f"plan/ruling {number}", f"{path}/rulings", body)
    stage.post("officer", "plan/approval", f"{path}/approval")


@cache
def plan_on_record(stage: Stage) -> Any:
    """Return the plan as data."""
    return stage.get("lead", "/v1/plans/ST1297/V2", edition=stage.id("plan"))


def criteria(stage: Stage) -> None:
    """Write and approve what is decided against, each line traced to a descriptor of the plan."""
    lines = [
        {
            "key": f"{cell['level']} {number}",
            "text": cast.CRITERIA[cell["level"]],
            "category": cell["category"],
            "level": cell["level"],
        }
        for number, cell in enumerate(plan_on_record(stage)["descriptors"], start=1)
    ]
    of_procedure = next(line for line in lines if "Procedural" in line["category"])
    seen_how = {**of_procedure, "key": "How it is seen", "text": cast.SEEN_HOW}
    for component, title in ((OBSERVATION, "Observation criteria"), (PORTFOLIO, "Portfolio criteria")):
        name = f"criteria {component}"
        body = {
            "plan_id": stage.id("plan"),
            "title": title,
            "version": "1",
            "scale": cast.SCALE,
            "criteria": [*lines, *([seen_how] if component == OBSERVATION else [])],
            "grade_rules": [{"grade": grade, "every_code_met": grade != cast.SCALE[0]} for grade in cast.SCALE],
        }
        stage.post("lead", name, "/v1/criteria", body)
        stage.post("officer", f"{name}/approval", f"/v1/criteria/{stage.id(name)}/approval")


def forms(stage: Stage) -> None:
    """Draft a form for each route, S codes observed and K codes by portfolio, and have its coverage proved."""
    for option in plan_on_record(stage)["options"]:
        route = option["key"]
        name = f"form {route}"
        stage.post("lead", name, "/v1/forms", {"plan_id": stage.id("plan"), "title": f"{route}-F1", "routes": [route]})
        path = f"/v1/forms/{stage.id(name)}"
        for component in components(stage, route):
            stage.post("lead", f"{name}/{component['key']}", f"{path}/components", {"component": component})
        stage.post("officer", f"{name}/approval", f"{path}/approval")


def components(stage: Stage, route: str) -> list[dict[str, Any]]:
    """Return the two components of a route's form."""
    return [
        {
            "key": OBSERVATION,
            "name": "Observation",
            "method": "observation",
            "codes": codes(stage, route, "S"),
            "criteria_id": stage.id(f"criteria {OBSERVATION}"),
            "marker": "assessment organisation",
            "scrutiny": "sampling",
            "maximum_attempts": 2,
            "evidence_kinds": ["observation record", "work product"],
        },
        {
            "key": PORTFOLIO,
            "name": "Portfolio",
            "method": "Portfolio",
            "codes": codes(stage, route, "K"),
            "criteria_id": stage.id(f"criteria {PORTFOLIO}"),
            "marker": "centre",
            "scrutiny": "moderation",
            "maximum_attempts": 2,
            "evidence_kinds": ["work product", "witness testimony", "professional discussion record"],
        },
    ]


def codes(stage: Stage, route: str, letter: str) -> list[str]:
    """Return the codes of a route that begin with a letter, in the plan's order."""
    outcomes = plan_on_record(stage)["outcomes"]
    printed = [line["code"] for outcome in outcomes if outcome["option"] in (None, route) for line in outcome["codes"]]
    return [code for code in dict.fromkeys(printed) if code.startswith(letter)]


def enrolments(stage: Stage) -> None:
    """Enrol the apprentices and give each their people, who have been theirs for some time."""
    for apprentice in APPRENTICES:
        enrol(stage, apprentice)
        for person, part, parts in STAFF_OF:
            assign(stage, apprentice, person, part, parts, since=90)


def enrol(stage: Stage, apprentice: Apprentice) -> None:
    """Enrol an apprentice, who began some months ago."""
    body = {
        "apprentice": stage.id(apprentice.key),
        "uln": apprentice.uln,
        "plan_id": stage.id("plan"),
        "form_id": stage.id(f"form {apprentice.route}"),
        "route": apprentice.route,
        "centre_ukprn": cast.CENTRE_UKPRN,
        "employer": apprentice.employer,
        "starts_on": stage.day(120),
    }
    stage.post(ADMINISTRATOR, f"{apprentice.key} enrolment", "/v1/enrolments", body)


def assign(
    stage: Stage, apprentice: Apprentice, person: str, part: str, parts: Sequence[str], *, since: int = 0
) -> None:
    """Give a person a part in an enrolment, from so many days ago on."""
    name = f"{apprentice.key} enrolment"
    body = {
        "person_id": stage.id(person),
        "assignment": part,
        "starts_on": stage.day(since),
        "components": list(parts),
    }
    stage.post(ADMINISTRATOR, f"{name}/{person}", f"/v1/enrolments/{stage.id(name)}/assignments", body)


def preparation(stage: Stage) -> None:
    """Record who is standardised and prepared for panels; let the staff declare their interests."""
    for person, component in (("amina", OBSERVATION), ("david", OBSERVATION), ("joan", PORTFOLIO)):
        body = {"kind": "standardised", "criteria_id": stage.id(f"criteria {component}"), "occurred_on": stage.day(0)}
        stage.post(ADMINISTRATOR, f"{person}/standardised", f"/v1/people/{stage.id(person)}/competences", body)
    for person in PANEL:
        body = {"kind": "appeals panel", "occurred_on": stage.day(200)}
        stage.post(ADMINISTRATOR, f"{person}/prepared", f"/v1/people/{stage.id(person)}/competences", body)
    for apprentice in APPRENTICES:
        declare(stage, apprentice, "coach", "coached")
        declare(stage, apprentice, "employer", "managed")
        for person in ("amina", "joan", "quality", "lead", "officer", "appeals", *PANEL):
            declare(stage, apprentice, person, "none")


def declare(stage: Stage, apprentice: Apprentice, person: str, interest: str) -> None:
    """Let a person say what they are to an apprentice."""
    body = {"apprentice": stage.id(apprentice.key), "interest": interest}
    stage.post(person, f"{person}/interest in {apprentice.key}", f"/v1/people/{stage.id(person)}/interests", body)
