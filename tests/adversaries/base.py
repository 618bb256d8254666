"""The first days of every history: a plan, criteria, three forms, and two apprentices enrolled with people assigned."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, cast
from uuid import UUID

from tests.adversaries.actors import CAST
from tests.adversaries.calls import Scene, command
from tests.adversaries.quick import QuickWorld
from tests.adversaries.runner import RIG, Run
from tests.adversaries.story import Story
from tests.adversaries.tries import STARTS
from tests.api import world as api
from tests.api.story import begin

OBSERVED = {"S11", "S12"}

KEYS: dict[str, tuple[str, dict[str, str]]] = {
    "form one": ("LET", {"C1": "observation", "C2": "portfolio"}),
    "form two": ("LET", {"C1": "portfolio", "C2": "observation"}),
    "form three": ("CVT", {"C1": "observation", "C2": "portfolio"}),
    "other form": ("LET", {"C1": "observation", "C2": "portfolio"}),
}
"""The route and components of each form: form two calls by C1 what form one calls by C2."""

MIA, NOAH, OTHER = "mia's", "noah's", "mia's other"
ENROLMENTS = (MIA, NOAH, OTHER)
"""Mia is also enrolled on another standard, where Cora, who assesses her here, is her coach."""

ASSIGNED = {
    MIA: "carl coach, emil employer, ann assessor, ben assessor, zoe assessor, una assessor, cora assessor, "
    "cleo assessor, iris internal quality assurer",
    OTHER: "cora coach, cyd coach, emil employer, ben assessor, zoe assessor, cleo assessor, "
    "iris internal quality assurer",
    NOAH: "cora coach, cyd coach, ben assessor, zoe assessor, cleo assessor, iris internal quality assurer",
}
DECLARED = {
    "mia": "ann ben cora zoe iris lea rosa ruth otto pam paul pia",
    "noah": "ben cleo zoe lea iris rosa ruth otto pam paul pia",
}
ULNS = {"mia": "9276308686", "noah": "1000000019"}
PLAN_OF = {MIA: "plan", NOAH: "plan", OTHER: "other plan"}
FORM_OF = {MIA: "form one", NOAH: "form one", OTHER: "other form"}
CRITERIA_OF = {"plan": "criteria", "other plan": "other criteria"}


@dataclass(frozen=True)
class Plans:
    """Bodies of requests that every history repeats."""

    text: str = api.PLAN_TEXT
    sha256: str = api.sha(RIG)

    def criteria(self, ids: dict[str, UUID], plan: str = "plan") -> dict[str, Any]:
        return cast(dict[str, Any], api.plain(api.criteria(cast(Any, ids), plan_id=ids[plan])))

    def component(
        self, ids: dict[str, UUID], key: str, method: str, codes: Any, criteria: str = "criteria"
    ) -> dict[str, Any]:
        marker = "centre" if method == "portfolio" else "assessment organisation"
        named = {**ids, "criteria": ids[criteria]}
        body = api.component(cast(Any, named), key, method=method, codes=sorted(codes), marker=marker)
        return cast(dict[str, Any], api.plain(body))

    def enrolment(
        self, ids: dict[str, UUID], person: str, form: str, route: str, uln: str, plan: str = "plan"
    ) -> dict[str, Any]:
        named = {**ids, "mia": ids[person], "form": ids[form], "plan": ids[plan]}
        return cast(dict[str, Any], api.plain(api.enrolment(cast(Any, named), route=route, uln=uln)))

    def file(self, today: date) -> dict[str, Any]:
        return {
            "title": "Log",
            "filename": "rig.png",
            "media_type": "image/png",
            "size": len(RIG),
            "sha256": self.sha256,
            "produced_on": today.isoformat(),
        }


PLANS = Plans()
NEVER = Random(0)  # noqa: S311 - who asks for no chance takes none


def begun(folder: Path) -> Run:
    """Return a history on its first day, in a new folder."""
    world = QuickWorld.new(folder)
    begin(world)
    story = Story([], world.now.date())
    story.tell("person registered", "the system", person="admin", works_for="assessment organisation")
    story.tell("role granted", "the system", person="admin", role="administrator")
    run = Run(world, story)
    for step in (_people, _programs, _plan, _forms, _enrolments, _scrutiny, _questions):
        step(run)
    world.reads.settle()
    return run


def scene(run: Run, by: str, enrolment: str = "", chance: Random | None = None, usual: float = 0.75) -> Scene:
    """Return where somebody stands in this history."""
    return Scene(run.story, run.world.ids, chance or NEVER, enrolment, by, PLANS, usual)


def _do(run: Run, by: str, name: str, path: str, body: dict[str, Any] | None = None, **told: Any) -> None:
    run.must(command(scene(run, by), name, path, body, **told))


def _people(run: Run) -> None:
    for person, (works_for, roles) in CAST.items():
        body = {"name": person.capitalize(), "works_for": works_for}
        _do(run, "admin", "RegisterPerson", "/people", body, person=person, works_for=works_for, new="person")
        for role in roles:
            path = f"/people/{run.world[person]}/roles"
            _do(run, "admin", "GrantRole", path, {"role": role}, person=person, role=role)


def _programs(run: Run) -> None:
    """An administrator, a coach and a lead assessor each own a program."""
    for owner in ("ada", "carl", "lea"):
        body = {"name": f"{owner.capitalize()}'s system", "owner": str(run.world[owner]), "rows": ["see:enrolment"]}
        told = {"program": f"{owner}'s program", "owner": owner, "rows": ("see:enrolment",)}
        _do(run, "admin", "RegisterProgram", "/programs", body, new="program", **told)


def _plan(run: Run) -> None:
    plans, ids = PLANS, run.world.ids
    for plan, text in (("plan", plans.text), ("other plan", plans.text.replace("ST1297", "ST1298"))):
        _do(run, "admin", "ImportPlan", "/plans", {"text": text}, plan=plan, new="plan")
    answer = run.client.get("/v1/plans/ST1297/V2", headers={"Authorization": f"Bearer {run.token('admin')}"})
    for route in ("LET", "CVT"):
        outcomes = {
            each["key"]: tuple(mapping["code"] for mapping in each["codes"])
            for each in answer.get_json()["outcomes"]
            if each["option"] in (None, route)
        }
        codes = {code for some in outcomes.values() for code in some}
        core = {
            mapping["code"] for each in answer.get_json()["outcomes"] if not each["option"] for mapping in each["codes"]
        }
        run.story.tell("route", "the system", route=route, codes=codes, core=core, outcomes=outcomes)
    for plan, criteria in CRITERIA_OF.items():
        body = plans.criteria(ids, plan)
        _do(run, "lea", "DraftCriteria", "/criteria", body, criteria=criteria, plan=plan, new="criteria")
        _do(run, "rosa", "ApproveCriteria", f"/criteria/{ids[criteria]}/approval", criteria=criteria)


def _forms(run: Run) -> None:
    ids = run.world.ids
    for form, (route, methods) in KEYS.items():
        plan = "other plan" if form == "other form" else "plan"
        criteria = CRITERIA_OF[plan]
        body = {"plan_id": str(ids[plan]), "title": form, "routes": [route]}
        _do(run, "lea", "DraftForm", "/forms", body, form=form, routes=(route,), plan=plan, new="form")
        for key, method in methods.items():
            codes = OBSERVED if method == "observation" else run.story.one("route", route=route).codes - OBSERVED
            added = PLANS.component(ids, key, method, codes, criteria)
            told = {
                "form": form,
                "criteria": criteria,
                "key": key,
                "method": method,
                "codes": codes,
                "marker": added["marker"],
            }
            _do(run, "lea", "AddComponent", f"/forms/{ids[form]}/components", {"component": added}, maximum=2, **told)
        run.must(command(scene(run, "rosa"), "ApproveForm", f"/forms/{ids[form]}/approval", form=form))
    body = {"plan_id": str(ids["plan"]), "title": "Draft", "routes": ["LET"]}
    _do(run, "lea", "DraftForm", "/forms", body, form="draft form", routes=("LET",), plan="plan", new="form")
    for person in ("ann", "ben", "cora", "cyd", "zoe", "una"):
        for criteria in CRITERIA_OF.values():
            _competent(run, person, "standardised", criteria)
    for person in ("pam", "paul", "pia"):
        _competent(run, person, "appeals panel", None)


def _competent(run: Run, person: str, kind: str, criteria: str | None) -> None:
    day = run.story.today
    named = str(run.world[criteria]) if criteria else None
    body = {"kind": kind, "criteria_id": named, "occurred_on": day.isoformat()}
    told = {"person": person, "kind": kind, "criteria": criteria, "since": day}
    _do(run, "admin", "RecordCompetence", f"/people/{run.world[person]}/competences", body, **told)


def _scrutiny(run: Run) -> None:
    """Cyd, who coaches Noah at the centre, may assess his portfolio if Ben confirms it; Sid is suspended."""
    ids, noahs = run.world.ids, "noah's"
    path = f"/enrolments/{ids[noahs]}"
    named = {"assessor": "cyd", "second": "ben", "form": "form one", "key": "C2", "enrolment": noahs}
    body = {"assessor": str(ids["cyd"]), "second_person": str(ids["ben"]), "form_id": str(ids["form one"])}
    body |= {"component": "C2", "reason": "Nobody else at the centre is a rigger."}
    _do(run, "rosa", "RecordScrutinyRoute", f"{path}/scrutiny-routes", body, **named)
    there = {**named, "form": "other form", "enrolment": OTHER}
    others = {**body, "form_id": str(ids["other form"])}
    _do(run, "rosa", "RecordScrutinyRoute", f"/enrolments/{ids[OTHER]}/scrutiny-routes", others, **there)
    today = run.story.today
    part = {
        "person_id": str(ids["cyd"]),
        "assignment": "assessor",
        "starts_on": today.isoformat(),
        "components": ["C2"],
    }
    told = {"person": "cyd", "part": "assessor", "since": today, "components": ("C2",), "form": "form one"}
    told["enrolment"] = noahs
    _do(run, "admin", "AssignPerson", f"{path}/assignments", part, **told)
    interest = {"apprentice": str(ids["noah"]), "interest": "coached"}
    told = {"person": "cyd", "apprentice": "noah", "interest": "coached"}
    _do(run, "cyd", "DeclareInterest", f"/people/{ids['cyd']}/interests", interest, **told)
    _do(run, "rosa", "SuspendPerson", f"/people/{ids['sid']}/suspension", {"reason": "An inquiry."}, person="sid")


def _enrolments(run: Run) -> None:
    ids, today = run.world.ids, run.story.today
    for enrolment, form in FORM_OF.items():
        person, plan = enrolment.partition("'")[0], PLAN_OF[enrolment]
        uln = ULNS[person]
        body = PLANS.enrolment(ids, person, form, "LET", uln, plan)
        told = {"person": person, "form": form, "route": "LET", "uln": uln, "plan": plan, "since": STARTS}
        _do(run, "admin", "EnrolApprentice", "/enrolments", body, enrolment=enrolment, new="enrolment", **told)
        for pair in ASSIGNED[enrolment].split(", "):
            who, _, part = pair.partition(" ")
            body = {"person_id": str(ids[who]), "assignment": part, "starts_on": today.isoformat()}
            told = {"person": who, "part": part, "since": today, "components": (), "enrolment": enrolment}
            _do(run, "admin", "AssignPerson", f"/enrolments/{ids[enrolment]}/assignments", body, **told)
    for enrolment in (MIA, OTHER):
        leaves = {"person_id": str(ids["cleo"]), "assignment": "assessor", "reason": "Moved on."}
        leaves["ends_on"] = today.isoformat()
        told = {"person": "cleo", "part": "assessor", "ends": today, "enrolment": enrolment}
        _do(run, "admin", "ReleasePerson", f"/enrolments/{ids[enrolment]}/releases", leaves, **told)
    for person, people in DECLARED.items():
        for who in people.split():
            body = {"apprentice": str(ids[person]), "interest": "none"}
            told = {"person": who, "apprentice": person, "interest": "none"}
            _do(run, who, "DeclareInterest", f"/people/{ids[who]}/interests", body, **told)


def _questions(run: Run) -> None:
    """Each apprentice is asked at once whether they may be moved, so that at every state there is what is answered."""
    for enrolment in ENROLMENTS:
        question = f"first question of {enrolment}"
        body = {"purpose": {"type": "route", "route": "CVT"}, "reason": "It would be for the best."}
        told = {"question": question, "purpose": ("route", "CVT"), "enrolment": enrolment, "new": "question"}
        _do(run, "admin", "AskConsent", f"/enrolments/{run.world[enrolment]}/consent-questions", body, **told)


def copied(begun_at: Run, folder: Path) -> Run:
    """Return the history again in a folder of its own; the other one must be closed."""
    world = begun_at.world.copy(folder)
    return Run(world, Story([*begun_at.story.happened], begun_at.story.today))


DAY = timedelta(days=1)
