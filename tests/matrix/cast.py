"""Who asks: for each role somebody who has it, is suspended, or had it; for each relation somebody who stands in it.

What each of them is to a record is written here by hand, in the words of the documents, and told to the service
through its own calls. Nothing here asks the service who somebody is.
"""

from dataclasses import dataclass
from typing import Any, get_args
from uuid import UUID, uuid5

from portfolio.domain.identity import LinkIdentity
from portfolio.domain.vocabulary import SYSTEM, Role
from tests.api.programs import registered
from tests.api.world import (
    CODES,
    DECLARED,
    YESTERDAY,
    World,
    appeal,
    assign,
    cite,
    component,
    consent,
    enrolment,
    finding,
    observation,
    offer,
    put,
    released_next_day,
)
from tests.infra.vault import files

ROLES: tuple[str, ...] = get_args(Role)

PARTS = {
    "coach": "assigned coach",
    "employer": "assigned employer",
    "assessor": "assigned assessor",
    "internal quality assurer": "assigned internal quality assurer",
}
"""The parts in an enrolment by the role that holds them, and what their holder is to it."""

HAD, HEARS, MEMBER = "had a part here", "panel member of an appeal here", "member of the panel"
TOOK_PART = "took part"


@dataclass(frozen=True)
class Person:
    """Somebody who asks, and what they are: to ``own``'s records, to the case among them, to those of others nothing.

    ``standing`` is a column of the matrix. ``declared_to`` are the apprentices to whom they said what they are.
    """

    name: str
    roles: frozenset[str] = frozenset()
    here: frozenset[str] = frozenset()
    to_the_case: frozenset[str] = frozenset()
    own: str = "mia"
    declared_to: frozenset[str] = frozenset()
    standing: str = "active"

    @property
    def enrolled(self) -> bool:
        """Tell whether they are an apprentice of ours, who goes on reading whatever else is suspended."""
        return "the apprentice" in self.here


def someone(name: str, role: str = "", *here: str, **more: Any) -> Person:
    """Return somebody with at most one role; ``to`` are those to whom they declared themselves."""
    case, to = frozenset(more.pop("case", ())), frozenset(more.pop("to", ()))
    return Person(name, frozenset({role} - {""}), frozenset(here), case, declared_to=to, **more)


SECOND_PERSON, ACTS_FOR = "second person of a scrutiny route", "acts for the apprentice in an appeal"
ASSIGNED_ASSESSOR, ASSURES = PARTS["assessor"], PARTS["internal quality assurer"]

ACTIVE = (
    someone("admin", "administrator"),
    someone("mia", "apprentice", "the apprentice", case=["appellant"]),
    someone("coach", "coach", PARTS["coach"], HAD),
    someone("advocate", "coach", PARTS["coach"], HAD, ACTS_FOR),
    someone("employer", "employer", PARTS["employer"], HAD),
    someone("assessor", "assessor", ASSIGNED_ASSESSOR, HAD, case=[TOOK_PART], to=["mia"]),
    someone("second", "assessor", ASSIGNED_ASSESSOR, HAD, case=[TOOK_PART], to=["mia", "noah"], own="noah"),
    someone("centre", "centre assessor", to=["mia"]),
    someone("mark", "assessor", SECOND_PERSON, to=["finn"], own="finn"),
    someone("quality", "internal quality assurer", ASSURES, HAD, to=["mia"]),
    someone("external", "external quality assurer"),
    someone("lead", "lead assessor", to=["mia"]),
    someone("results", "results officer"),
    someone("responsible", "responsible officer", to=["mia", "finn"]),
    someone("officer", "appeals officer", to=["mia", "noah"]),
    someone("chair", "panel member", HEARS, case=[MEMBER], to=["mia"]),
    someone("idle", "panel member"),
    someone("former", "coach", HAD),
    someone("stranger"),
    Person(
        "both",
        frozenset({"apprentice", "administrator", "responsible officer"}),
        frozenset({"the apprentice"}),
        own="both",
    ),
    Person(
        "kept",
        frozenset({"coach", "responsible officer"}),
        frozenset({PARTS["coach"], HAD}),
        declared_to=frozenset({"mia"}),
    ),
)

UNDECLARED = (
    someone("undeclared assessor", "assessor", ASSIGNED_ASSESSOR, HAD, standing="not declared"),
    someone("undeclared quality", "internal quality assurer", ASSURES, HAD, standing="not declared"),
    someone("undeclared lead", "lead assessor", standing="not declared"),
    someone("undeclared responsible", "responsible officer", standing="not declared"),
    someone("undeclared officer", "appeals officer", standing="not declared"),
    someone("fourth", "panel member", HEARS, case=[MEMBER], own="noah", standing="not declared"),
)


def suspended(role: str) -> Person:
    """Return somebody with a role, and the part that goes with it, who is suspended."""
    if role == "apprentice":
        return someone("noah", role, "the apprentice", case=["appellant"], own="noah", standing="suspended")
    here = (PARTS[role], HAD) if role in PARTS else ()
    return someone(f"suspended {role}", role, *here, standing="suspended")


def ended(role: str) -> Person:
    """Return somebody whose role has ended, while the part that went with it goes on."""
    if role == "apprentice":
        return someone("finn", "", "the apprentice", own="finn", standing="role ended")
    return someone(f"former {role}", "", *((HAD,) if role in PARTS else ()), standing="role ended")


NOBODY = someone("nobody", standing="not signed in")
PROGRAM = someone("program", "coach", PARTS["coach"], HAD, standing="program")
"""Acts for the coach, whose words it has within the rows that it was given."""

PEOPLE = (*ACTIVE, *UNDECLARED, *map(suspended, ROLES), *map(ended, ROLES))
CAST = (*PEOPLE, PROGRAM, NOBODY)

NAMES = {"enrolment_id": "enrolment", "evidence_id": "evidence", "assessment_id": "attempt", "decision_id": "decision"}
NAMES["appeal_id"] = "appeal"
HAVE: dict[str, dict[str, str]] = {
    "mia": NAMES,
    "noah": {name: f"noah's {each}" for name, each in NAMES.items()},
    "finn": {name: f"finn's {each}" for name, each in [*NAMES.items()][:4]},
    "both": {"enrolment_id": "both's enrolment"},
}
"""What there is of each apprentice, by the name that addresses give it."""

ULNS = {"noah": "1000000027", "finn": "1000000019", "both": "1000000035"}


def tell(world: World) -> None:
    """Let the story, in which a panel hears Mia's case, go on until everybody of the cast is who they are."""
    _people(world)
    _noahs(world)
    _finns(world)
    _around_mia(world)
    _of_the_office(world)
    released_next_day(world, "former", "coach")
    _standing(world)
    world.reads.settle()


def _people(world: World) -> None:
    admin = world.as_("admin")
    for each in (*PEOPLE, someone("cyd", "coach"), someone("finn", "apprentice")):
        roles = {*each.roles, *({each.name.removeprefix("former ")} & {*ROLES})}
        if each.name in world.ids or not (roles or each.standing != "role ended"):
            continue
        works_for = "centre" if roles & {"coach", "centre assessor"} else "assessment organisation"
        admin.does("/people", {"name": each.name.title(), "works_for": works_for}, name=each.name)
        for role in sorted(roles):
            admin.does(f"/people/{{{each.name}}}/roles", {"role": role})
    admin.does("/people/{cyd}/roles", {"role": "centre assessor"})
    _prepared(world, "fourth", "appeals panel")
    _prepared(world, "mark", "standardised", criteria_id=world["criteria"])
    _prepared(world, "cyd", "standardised", criteria_id=world["criteria"])


def _prepared(world: World, name: str, kind: str, **more: Any) -> None:
    body = {"kind": kind, "occurred_on": YESTERDAY, **more}
    world.as_("admin").does(f"/people/{{{name}}}/competences", body)


def _declares(world: World, name: str, apprentice: str, interest: str = "none") -> None:
    world.as_(name).does(f"/people/{{{name}}}/interests", {"apprentice": world[apprentice], "interest": interest})


def _enrols(world: World, name: str, **fields: Any) -> None:
    body = enrolment(world, apprentice=world[name], uln=ULNS[name], **fields)
    world.as_("admin").does("/enrolments", body, name=f"{name}'s enrolment")


def _noahs(world: World) -> None:
    """Noah hands work in, is judged and appeals, and a panel hears him: there is of his all that there is of Mia's."""
    admin, noah, second, officer = (world.as_(name) for name in ("admin", "noah", "second", "officer"))
    for name in ("noah", "both"):
        _enrols(world, name)
    his = world["noah's enrolment"]
    admin.does("/enrolments/{noah's enrolment}/assignments", assign(world, "second", "assessor"))
    for name in ("second", "officer"):
        _declares(world, name, "noah")
    scan = files.pdf((300, 200))
    (part,) = noah.does("/evidence", offer(world, scan, enrolment_id=his), name="noah's evidence")["parts"]
    assert put(world, part["url"], scan).status_code == 204
    noah.does("/evidence/{noah's evidence}/upload", {"version": 1})
    noah.does("/evidence/{noah's evidence}/submission", {"version": 1, "declaration": DECLARED})
    attempt = {"enrolment_id": his, "component": "C1"}
    second.does("/assessments", attempt, name="noah's attempt")
    seen = observation(world, assessment_id=world["noah's attempt"])
    second.does("/evidence/records", {**seen, "enrolment_id": his}, name="noah's observation")
    found = [finding(world, code, cites=[cite(world, "noah's observation")]) for code in CODES["C1"]]
    second.does("/assessments/{noah's attempt}/findings", {"findings": found})
    shown = second.sees("/assessments/{noah's attempt}/context")["shown"]
    decided = {"grade": "pass", "reasons": "Both codes are met.", "context_hash": shown}
    receipt = second.does("/assessments/{noah's attempt}/decisions", decided)
    world.ids["noah's decision"] = UUID(receipt["decision_id"])
    about = {"assessment_id": world["noah's attempt"], "decision_id": world["noah's decision"]}
    ground = {"ground": "evidence", "statement": "It was left out.", "items": [world["noah's evidence"]]}
    lodged = appeal(world, subject={"type": "decision", **about}, grounds=[ground])
    noah.does("/appeals", lodged, name="noah's appeal")
    officer.does("/appeals/{noah's appeal}/admission")
    officer.does("/appeals/{noah's appeal}/panel", {"members": [world["third"], world["fourth"]]})


def _around_mia(world: World) -> None:
    """Whoever has a part in Mia's enrolment is given it, and whoever is to declare themselves does."""
    admin = world.as_("admin")
    for each in PEOPLE:
        parts = [part for part in PARTS if part in each.roles or each.name == f"former {part}"]
        if each.own == "mia" and HAD in each.here and each.name not in PARTS and each.name != "quality":
            (part,) = parts or ["coach"]
            admin.does("/enrolments/{enrolment}/assignments", assign(world, each.name, part))
    for name in ("centre", "kept"):
        _declares(world, name, "mia")
    consent(world, "advocate", type="appeal", decision_id=world["decision"], assessment_id=world["attempt"])


def _finns(world: World) -> None:
    """Finn's coach at the centre judges him there, with a second person, as a responsible officer allowed."""
    admin = world.as_("admin")
    admin.does("/forms", {"plan_id": world["plan"], "title": "LET-F2", "routes": ["LET"]}, name="finn's form")
    for key, marker in {"C1": "centre", "C2": "assessment organisation"}.items():
        admin.does("/forms/{finn's form}/components", {"component": component(world, key, marker=marker)})
    world.as_("lead").does("/forms/{finn's form}/approval")
    _enrols(world, "finn", form_id=world["finn's form"])
    given = "/enrolments/{finn's enrolment}"
    admin.does(f"{given}/assignments", assign(world, "cyd", "coach"))
    _declares(world, "cyd", "finn", "coached")
    for name in ("mark", "responsible"):
        _declares(world, name, "finn")
    people = {"assessor": world["cyd"], "second_person": world["mark"]}
    route = {**people, "form_id": world["finn's form"], "component": "C1", "reason": "Nobody else can."}
    world.as_("responsible").does(f"{given}/scrutiny-routes", route)
    admin.does(f"{given}/assignments", assign(world, "cyd", "assessor", components=["C1"]))
    his, cyd = {"enrolment_id": world["finn's enrolment"]}, world.as_("cyd")
    cyd.does("/assessments", {**his, "component": "C1"}, name="finn's attempt")
    seen = observation(world, assessment_id=world["finn's attempt"])
    cyd.does("/evidence/records", {**seen, **his}, name="finn's evidence")
    found = [finding(world, code, cites=[cite(world, "finn's evidence")]) for code in CODES["C1"]]
    cyd.does("/assessments/{finn's attempt}/findings", {"findings": found})
    shown = cyd.sees("/assessments/{finn's attempt}/context")["shown"]
    decided = {"grade": "pass", "reasons": "Both codes are met.", "context_hash": shown}
    receipt = cyd.does("/assessments/{finn's attempt}/decisions", decided)
    world.ids["finn's decision"] = UUID(receipt["decision_id"])


def _of_the_office(world: World) -> None:
    """There is one of what belongs to no apprentice: a program of the coach's, a webhook, an account, an import."""
    registered(world, "coach", *PROGRAM_ROWS)
    admin = world.as_("admin")
    hook = {"title": "Learner system", "address": "https://college.example/hook", "for_id": world["admin"]}
    admin.does("/webhooks", hook, name="webhook")
    account = world.ids["identity"] = uuid5(SYSTEM, "account")
    link = LinkIdentity(identity_id=account, issuer="https://login.example", person_id=world["stranger"])
    world.handler.execute(link, SYSTEM)
    line = b"name,works for,roles\nZara Ito,employer,apprentice\n"
    world.ids["import"] = UUID(admin.post("/imports", data=line, content_type="text/csv").get_json()["import_id"])


PROGRAM_ROWS = ("see:enrolment", "see:evidence", "ask:own-enrolments", "do:offer-evidence")
"""What the coach's program was given."""


def _standing(world: World) -> None:
    """At last roles end, and people are suspended."""
    admin, responsible = world.as_("admin"), world.as_("responsible")
    for role in ROLES:
        name = ended(role).name
        admin.does(f"/people/{{{name}}}/roles/end", {"role": role, "reason": "They moved on."})
    for role in ROLES:
        responsible.does(f"/people/{{{suspended(role).name}}}/suspension", {"reason": "An inquiry."})
