"""The story that is told to a service before a test, stage by stage; each stage goes on from an earlier one."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from uuid import UUID, uuid4

from portfolio.domain.deployment import CreateDeployment
from portfolio.domain.person import GrantRole, RegisterPerson
from portfolio.domain.vocabulary import SYSTEM
from tests.api.world import (
    CODES,
    DECLARED,
    ITEMS,
    PEOPLE,
    PLAN_TEXT,
    SELECTOR,
    YESTERDAY,
    World,
    appeal,
    assign,
    component,
    criteria,
    decision,
    enrolment,
    finding,
    hand_in,
    observation,
    upload,
)
from tests.infra.vault import files


def begin(world: World) -> None:
    """A deployment with an administrator."""
    world.handler.execute(CreateDeployment(mode=world.mode), SYSTEM)
    admin = world.ids["admin"] = uuid4()
    world.handler.execute(RegisterPerson(person_id=admin, name="Admin", works_for="assessment organisation"), SYSTEM)
    world.handler.execute(GrantRole(person_id=admin, role="administrator"), SYSTEM)


def people(world: World) -> None:
    """Everybody is registered with their roles."""
    admin = world.as_("admin")
    for name, (works_for, roles) in PEOPLE.items():
        admin.does("/people", {"name": name.capitalize(), "works_for": works_for}, name=name)
        for role in roles:
            admin.does(f"/people/{{{name}}}/roles", {"role": role})
    for name in ("chair", "member", "third"):
        competence = {"kind": "appeals panel", "occurred_on": YESTERDAY}
        admin.does(f"/people/{{{name}}}/competences", competence)


def planned(world: World) -> None:
    """The plan is imported, criteria and a form for the route LET are approved."""
    admin, lead = world.as_("admin"), world.as_("lead")
    admin.does("/plans", {"text": PLAN_TEXT}, name="plan")
    admin.does("/criteria", criteria(world), name="criteria")
    lead.does("/criteria/{criteria}/approval")
    admin.does("/forms", {"plan_id": world["plan"], "title": "LET-F1", "routes": ["LET"]}, name="form")
    for key in CODES:
        admin.does("/forms/{form}/components", {"component": component(world, key)})


def approved(world: World) -> None:
    """The form is approved and the assessors are standardised on its criteria."""
    world.as_("lead").does("/forms/{form}/approval")
    for name in ("assessor", "second"):
        competence = {"kind": "standardised", "criteria_id": world["criteria"], "occurred_on": YESTERDAY}
        world.as_("admin").does(f"/people/{{{name}}}/competences", competence)


def enrolled(world: World) -> None:
    """Mia is enrolled, with everybody assigned, and all who are to see her work have declared their interests."""
    admin = world.as_("admin")
    admin.does("/enrolments", enrolment(world), name="enrolment")
    parts = {"coach": "coach", "employer": "employer", "assessor": "assessor", "quality": "internal quality assurer"}
    for name, assignment in parts.items():
        admin.does("/enrolments/{enrolment}/assignments", assign(world, name, assignment))
    for name in ("assessor", "second", "quality", "lead", "responsible", "officer", "chair", "member"):
        world.as_(name).does(f"/people/{{{name}}}/interests", {"apprentice": world["mia"], "interest": "none"})


def sealed(world: World) -> None:
    """Mia uploaded a PDF."""
    upload(world, "evidence", files.pdf((595, 842)))


def submitted(world: World) -> None:
    """Mia claimed two codes with it and handed it in."""
    mia = world.as_("mia")
    mia.does("/evidence/{evidence}/claims", {"version": 1, "codes": ["S11", "K1"], "place": SELECTOR})
    mia.does("/evidence/{evidence}/submission", {"version": 1, "declaration": DECLARED})


def found(world: World) -> None:
    """The assessor opened an attempt at C1, observed Mia and found both codes met."""
    assessor = world.as_("assessor")
    assessor.does("/assessments", {"enrolment_id": world["enrolment"], "component": "C1"}, name="attempt")
    assessor.does("/evidence/records", observation(world), name="observation")
    assessor.does("/assessments/{attempt}/findings", {"findings": [finding(world, code) for code in CODES["C1"]]})


def decided(world: World) -> None:
    """The assessor decided a pass."""
    receipt = world.as_("assessor").does("/assessments/{attempt}/decisions", decision(world))
    world.ids["decision"] = UUID(receipt["decision_id"])


def lodged(world: World) -> None:
    """Mia appealed."""
    world.as_("mia").does("/appeals", appeal(world), name="appeal")


def admitted(world: World) -> None:
    """The officer admitted the appeal."""
    world.as_("officer").does("/appeals/{appeal}/admission")


def convened(world: World) -> None:
    """The officer convened a panel."""
    world.as_("officer").does("/appeals/{appeal}/panel", {"members": [world["chair"], world["member"]]})


STAGES: tuple[Callable[[World], None], ...] = (
    begin,
    people,
    planned,
    approved,
    enrolled,
    sealed,
    submitted,
    found,
    decided,
    lodged,
    admitted,
    convened,
)


def collected(world: World) -> None:
    """Mia handed in a file of each kind."""
    for name, (content, media_type) in ITEMS.items():
        hand_in(world, name, content, media_type)


def crowded(world: World) -> None:
    """Noah is enrolled too, and there is more than one of everything that is listed."""
    admin = world.as_("admin")
    body = enrolment(world, apprentice=world["noah"], uln="1000000027", employer="Southern Stages")
    admin.does("/enrolments", body, name="noah's")
    admin.does("/enrolments/{noah's}/assignments", assign(world, "second", "assessor"))
    for version in ("2", "3"):
        admin.does("/criteria", criteria(world, version=version), name=f"criteria {version}")
        admin.does("/forms", {"plan_id": world["plan"], "title": f"LET-F{version}", "routes": ["LET"]})
    world.as_("lead").does("/criteria/{criteria 2}/approval")
    hand_in(world, "notes", ITEMS["text"][0], "text/plain", title="Ein Plan")
    world.as_("assessor").does("/assessments", {"enrolment_id": world["enrolment"], "component": "C2"})


BEFORE: dict[str, str] = {
    **{step.__name__: before.__name__ for before, step in pairwise(STAGES)},
    "collected": "enrolled",
    "crowded": "convened",
}
"""The stage of the story that each stage goes on from."""


def told(stage: str, folder: Path, source: World | None) -> World:
    """Return a world in a new folder: a copy of ``source``, told one stage more."""
    folder.parent.mkdir(exist_ok=True)
    world = source.copy(folder) if source else World.new(folder)
    next(step for step in (*STAGES, collected, crowded) if step.__name__ == stage)(world)
    world.reads.settle()
    world.close()
    return world
