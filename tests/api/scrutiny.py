"""A story with a scrutiny route: Cora, who coached Mia, decides, and the second assessor confirms."""

from typing import Any
from uuid import UUID

from tests.api.world import (
    CODES,
    YESTERDAY,
    World,
    assign,
    component,
    enrolment,
    finding,
    observation,
)

ROUTES = "/enrolments/{enrolment}/scrutiny-routes"
ASSIGNMENTS = "/enrolments/{enrolment}/assignments"
DECISIONS = "/assessments/{attempt}/decisions"
CONFIRMATIONS = "/assessments/{attempt}/confirmations"
DECLINATIONS = "/assessments/{attempt}/declinations"


def at_the_centre(world: World) -> World:
    """Mia's form has C1 marked by the centre, where Cora coaches her and is an assessor too; Ada is one of its others.

    ``second`` is an assessor of the organisation, free and standardised.
    """
    admin = world.as_("admin")
    for name, roles in {"cora": ("coach", "centre assessor"), "ada": ("centre assessor",)}.items():
        admin.does("/people", {"name": name.capitalize(), "works_for": "centre"}, name=name)
        for role in roles:
            admin.does(f"/people/{{{name}}}/roles", {"role": role})
        standardised = {"kind": "standardised", "criteria_id": world["criteria"], "occurred_on": YESTERDAY}
        admin.does(f"/people/{{{name}}}/competences", standardised)
    admin.does("/forms", {"plan_id": world["plan"], "title": "LET-F2", "routes": ["LET"]}, name="form")
    for key, marker in {"C1": "centre", "C2": "assessment organisation"}.items():
        admin.does("/forms/{form}/components", {"component": component(world, key, marker=marker)})
    world.as_("lead").does("/forms/{form}/approval")
    admin.does("/enrolments", enrolment(world), name="enrolment")
    admin.does(ASSIGNMENTS, assign(world, "cora", "coach"))
    for name, interest in {
        "cora": "coached",
        "ada": "none",
        "second": "none",
        "lead": "none",
        "responsible": "none",
    }.items():
        world.as_(name).does(f"/people/{{{name}}}/interests", {"apprentice": world["mia"], "interest": interest})
    return world


def route(world: World, **fields: Any) -> dict[str, Any]:
    people = {"assessor": world["cora"], "second_person": world["second"]}
    why = "Nobody else at the centre knows the desk."
    return {**people, "form_id": world["form"], "component": "C1", "reason": why, **fields}


def routed(world: World) -> World:
    """The responsible officer recorded the route, and Cora was assigned as assessor of C1 and judged it."""
    at_the_centre(world)
    world.as_("responsible").does(ROUTES, route(world))
    world.as_("admin").does(ASSIGNMENTS, assign(world, "cora", "assessor", components=["C1"]))
    return judged(world, "cora")


def judged(world: World, name: str) -> World:
    """An assessor found both codes of C1 met, in the attempt that is open."""
    assessor = world.as_(name)
    if "attempt" not in world.ids:
        opened = {"enrolment_id": world["enrolment"], "component": "C1"}
        assessor.does("/assessments", opened, name="attempt")
        assessor.does("/evidence/records", observation(world), name="observation")
    findings = [finding(world, code) for code in CODES["C1"]]
    assessor.does("/assessments/{attempt}/findings", {"findings": findings})
    return world


def decision(world: World, name: str) -> dict[str, Any]:
    shown = world.as_(name).sees("/assessments/{attempt}/context")["shown"]
    return {"grade": "pass", "reasons": "Both codes are met.", "context_hash": shown}


def waiting(world: World) -> World:
    """And Cora decided: the decision waits for the second assessor."""
    receipt = routed(world).as_("cora").does(DECISIONS, decision(world, "cora"))
    world.ids["decision"] = UUID(receipt["decision_id"])
    return world


def last_decision(world: World) -> dict[str, Any]:
    shown: dict[str, Any] = world.as_("mia").sees("/assessments/{attempt}")["decisions"][-1]
    return shown
