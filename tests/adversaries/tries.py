"""What is tried on people and enrolments, and what is asked of everything."""

from datetime import date, timedelta
from typing import Any

from tests.adversaries.actors import CAST, ROLES
from tests.adversaries.calls import Call, Scene, a_try, command, read
from tests.adversaries.rules_of_people import address_of

STARTS = date(2026, 9, 1)


# --- people -----------------------------------------------------------------------------------------------------------


@a_try("RegisterPerson")
def register(scene: Scene) -> Call:
    return command(
        scene,
        "RegisterPerson",
        "/people",
        {"name": "New Person", "works_for": "centre"},
        person=scene.new("person"),
        works_for="centre",
        new="person",
    )


@a_try("GrantRole")
def grant(scene: Scene) -> Call:
    person, role = scene.often(scene.choose(CAST), scene.by), scene.choose(ROLES)
    return command(scene, "GrantRole", f"/people/{scene.uid(person)}/roles", {"role": role}, person=person, role=role)


@a_try("EndRole")
def end(scene: Scene) -> Call:
    person = scene.often(scene.choose([*CAST, "admin"]), scene.by)
    role = scene.often(scene.choose(sorted(scene.story.granted(person))) or "coach", scene.choose(ROLES))
    path = f"/people/{scene.uid(person)}/roles/end"
    return command(scene, "EndRole", path, {"role": role, "reason": "They left."}, person=person, role=role)


@a_try("DeclareInterest")
def declare(scene: Scene) -> Call:
    person = scene.often(scene.by, scene.choose(CAST))
    interest = scene.often("none", "none", "personal", "coached")
    body = {"apprentice": scene.uid(scene.apprentice), "interest": interest}
    path = f"/people/{scene.uid(person)}/interests"
    return command(scene, "DeclareInterest", path, body, person=person, apprentice=scene.apprentice, interest=interest)


def _on_a_person(name: str, rest: str) -> None:
    def build(scene: Scene) -> Call:
        away = [person for person in CAST if scene.story.suspended(person)]
        likely = scene.choose(away) if name == "ReinstatePerson" and away else scene.choose([*CAST, "admin"])
        person = scene.often(likely, scene.by)
        path = f"/people/{scene.uid(person)}/{rest}"
        return command(scene, name, path, {"reason": "So it was agreed."}, person=person)

    a_try(name)(build)


_on_a_person("SuspendPerson", "suspension")
_on_a_person("ReinstatePerson", "reinstatement")


@a_try("SignOut")
def sign_out(scene: Scene) -> Call:
    person = scene.often(scene.by, scene.choose([*CAST, "admin"]))
    return command(scene, "SignOut", f"/people/{scene.uid(person)}/sign-out", {}, person=person)


@a_try("ChooseNotices")
def choose_notices(scene: Scene) -> Call:
    person = scene.often(scene.by, scene.choose([*CAST, "admin"]))
    mails = scene.choose(["at once", "daily", "none"])
    return command(scene, "ChooseNotices", f"/people/{scene.uid(person)}/notices", {"mails": mails}, person=person)


@a_try("RegisterAddress")
def register_address(scene: Scene) -> Call:
    person, address = scene.choose(CAST), f"{scene.choose(CAST)}@college.example"
    path = f"/people/{scene.uid(person)}/address"
    return command(scene, "RegisterAddress", path, {"address": address}, person=person, address=address)


@a_try("RemoveAddress")
def remove_address(scene: Scene) -> Call:
    person = scene.choose(CAST)
    return command(scene, "RemoveAddress", f"/people/{scene.uid(person)}/address/removal", {}, person=person)


@a_try("InvitePerson")
def invite_person(scene: Scene) -> Call:
    having = [person for person in CAST if address_of(scene.story, person)]
    person = scene.often(scene.choose(having) or scene.choose(CAST), scene.choose(CAST))
    address = address_of(scene.story, person)
    return command(scene, "InvitePerson", f"/people/{scene.uid(person)}/invitation", {}, person=person, address=address)


@a_try("ConfirmCorrection")
def confirm_correction(scene: Scene) -> Call:
    waits = [person for person in CAST if scene.story.corrected(person, scene.apprentice)]
    person = scene.often(scene.choose(waits) or scene.choose(CAST), scene.by)
    body = {"apprentice": scene.uid(scene.apprentice), "reason": "It was another Mia."}
    path = f"/people/{scene.uid(person)}/interests/confirmation"
    return command(scene, "ConfirmCorrection", path, body, person=person, apprentice=scene.apprentice)


@a_try("RecordCompetence")
def record_competence(scene: Scene) -> Call:
    person = scene.often(scene.choose(CAST), scene.by)
    kind = scene.choose(["standardised", "appeals panel"])
    day = scene.often(scene.story.today, scene.story.today + timedelta(days=2))
    criteria = scene.often("criteria", "other criteria") if kind == "standardised" else None
    body = {"kind": kind, "occurred_on": day.isoformat(), "criteria_id": scene.uid(criteria) if criteria else None}
    path = f"/people/{scene.uid(person)}/competences"
    told = {"person": person, "kind": kind, "criteria": criteria, "since": day}
    return command(scene, "RecordCompetence", path, body, **told)


def _on_an_account(name: str, rest: str) -> None:
    def build(scene: Scene) -> Call:
        return command(scene, name, f"/identities/{scene.uid(scene.by)}/{rest}", {"reason": "So it was agreed."})

    a_try(name)(build)


_on_an_account("UnlinkIdentity", "removal")
_on_an_account("AcceptIdentity", "acceptance")


@a_try("read the accounts of a person")
def accounts(scene: Scene) -> Call:
    whom = scene.often(scene.choose(CAST), scene.by)
    return read(scene, "read the accounts of a person", f"/people/{scene.uid(whom)}/identities", person=whom)


@a_try("read people")
def people(scene: Scene) -> Call:
    return read(scene, "read people", "/people")


@a_try("read a person")
def person(scene: Scene) -> Call:
    whom = scene.often(scene.choose(CAST), scene.by)
    return read(scene, "read a person", f"/people/{scene.uid(whom)}", person=whom)


# --- enrolments -------------------------------------------------------------------------------------------------------


@a_try("EnrolApprentice")
def enrol(scene: Scene) -> Call:
    apprentice, plan = scene.choose(["mia", "noah", "carl"]), scene.often("plan", "other plan")
    form, route = scene.often(("form one", "LET"), ("form one", "CVT"), ("draft form", "LET"), ("other form", "LET"))
    uln = scene.choose(["9276308686", "1000000019", "1000000027"])
    body = scene.plans.enrolment(scene.ids, apprentice, form, route, uln, plan)
    told = {"person": apprentice, "form": form, "route": route, "uln": uln, "plan": plan, "since": STARTS}
    name = scene.new("enrolment")
    return command(scene, "EnrolApprentice", "/enrolments", body, new="enrolment", **{**told, "enrolment": name})


@a_try("ChangeRoute")
def change_route(scene: Scene) -> Call:
    to = [("form two", "LET"), ("form three", "CVT"), ("form one", "LET"), ("form one", "CVT"), ("draft form", "LET")]
    own = scene.story.route(scene.enrolment).form
    form, route = scene.often(*to) if own != "other form" else scene.choose([(own, "LET"), *to])
    since = scene.often(scene.story.today, scene.story.today + timedelta(days=1), scene.story.today - timedelta(days=1))
    body = {
        "route": route,
        "form_id": scene.uid(form),
        "effective_on": since.isoformat(),
        "reason": "She found her trade.",
        "consent": True,  # says nothing: the apprentice consents by a command of their own
    }
    consent = scene.story.consent(scene.enrolment, scene.by, ("route", route))
    path = f"/enrolments/{scene.uid(scene.enrolment)}/route"
    return command(scene, "ChangeRoute", path, body, form=form, route=route, since=since, consent=consent)


@a_try("AssignPerson")
def assign(scene: Scene) -> Call:
    part = scene.choose(["coach", "employer", "assessor", "internal quality assurer"])
    fit = {
        "coach": "carl cora cyd",
        "employer": "emil",
        "assessor": "ann ben cleo cyd zoe una",
        "internal quality assurer": "iris una",
    }
    who = scene.often(scene.choose(fit[part].split()), scene.choose(CAST), scene.apprentice)
    since = scene.often(scene.story.today, scene.story.today + timedelta(days=2))
    only = ["C2"] if who == "cyd" and part == "assessor" else []
    body = {"person_id": scene.uid(who), "assignment": part, "starts_on": since.isoformat(), "components": only}
    path = f"/enrolments/{scene.uid(scene.enrolment)}/assignments"
    form = scene.story.route(scene.enrolment, since).form
    told = {"person": who, "part": part, "since": since, "components": tuple(only), "form": form}
    return command(scene, "AssignPerson", path, body, **told)


@a_try("RecordScrutinyRoute")
def record_scrutiny_route(scene: Scene) -> Call:
    assessor = scene.often("cyd", scene.choose(CAST))
    second = scene.often(scene.choose(["ben", "ann", "zoe"]), scene.choose(CAST), scene.by)
    of_today = scene.story.route(scene.enrolment).form
    form, key = scene.often(of_today, "form one", "form two"), scene.often("C2", "C1")
    body = {"assessor": scene.uid(assessor), "second_person": scene.uid(second), "form_id": scene.uid(form)}
    body |= {"component": key, "reason": "Nobody else at the centre is a rigger."}
    path = f"/enrolments/{scene.uid(scene.enrolment)}/scrutiny-routes"
    told = {"assessor": assessor, "second": second, "form": form, "key": key}
    return command(scene, "RecordScrutinyRoute", path, body, **told)


@a_try("ReleasePerson")
def release(scene: Scene) -> Call:
    held = [each for each, ends in scene.story.parts(scene.enrolment) if ends is None]
    one: Any = scene.choose(held)
    who, part = (one.person, one.part) if one and scene.random.random() < 0.8 else (scene.choose(CAST), "coach")
    ends = scene.often(scene.story.today, scene.story.today + timedelta(days=1))
    body = {"person_id": scene.uid(who), "assignment": part, "ends_on": ends.isoformat(), "reason": "They moved on."}
    path = f"/enrolments/{scene.uid(scene.enrolment)}/releases"
    return command(scene, "ReleasePerson", path, body, person=who, part=part, ends=ends)


@a_try("read own appeals")
def read_own_appeals(scene: Scene) -> Call:
    return read(scene, "read own appeals", "/appeals")


@a_try("read me")
def read_me(scene: Scene) -> Call:
    return read(scene, "read me", "/me")


@a_try("read the acts of a person")
def read_acts(scene: Scene) -> Call:
    person = scene.often(scene.choose(CAST), scene.by)
    return read(scene, "read the acts of a person", f"/people/{scene.uid(person)}/acts", person=person)


@a_try("read the trail of a decision")
def read_trail_of_a_decision(scene: Scene) -> Call | None:
    decided = scene.decision()
    if decided is None:
        return None
    path = f"/assessments/{scene.uid(decided.attempt)}/decisions/{scene.uid(decided.decision)}/audit-trail"
    return read(scene, "read the trail of a decision", path, attempt=decided.attempt)


IMPORTED = b"name,works for,roles\nA New Person,centre,\n"


@a_try("import a file")
def import_a_file(scene: Scene) -> Call:
    return read(scene, "import a file", "/imports", IMPORTED)


@a_try("check a file")
def check_a_file(scene: Scene) -> Call:
    return read(scene, "check a file", "/imports/dry-run", IMPORTED)


@a_try("read a sample of a file")
def read_a_sample(scene: Scene) -> Call:
    return read(scene, "read a sample of a file", "/imports/sample?kind=enrolment")


@a_try("read an import of nobody")
def read_an_import(scene: Scene) -> Call:
    return read(scene, "read an import of nobody", f"/imports/{scene.uid(scene.by)}")


@a_try("read the forms")
def read_forms(scene: Scene) -> Call:
    return read(scene, "read the forms", "/forms")


@a_try("read the list of criteria")
def read_criteria(scene: Scene) -> Call:
    return read(scene, "read the list of criteria", "/criteria")


@a_try("read the audits")
def read_audits(scene: Scene) -> Call:
    return read(scene, "read the audits", "/audits")


@a_try("read the notices")
def read_notices(scene: Scene) -> Call:
    return read(scene, "read the notices", "/notices")


@a_try("read the changes")
def read_changes(scene: Scene) -> Call:
    return read(scene, "read the changes", "/changes")


@a_try("read own enrolments")
def own_enrolments(scene: Scene) -> Call:
    return read(scene, "read own enrolments", "/enrolments")


def _of_enrolment(name: str, rest: str) -> None:
    def build(scene: Scene) -> Call:
        return read(scene, name, f"/enrolments/{scene.uid(scene.enrolment)}{rest}")

    a_try(name)(build)


_of_enrolment("read an enrolment", "")
_of_enrolment("read the outline", "/outline")
_of_enrolment("read readiness", "/readiness")
_of_enrolment("read the audit trail", "/audit-trail")
_of_enrolment("read the evidence", "/evidence")
_of_enrolment("read the attempts", "/attempts")
_of_enrolment("read the decisions", "/decisions")
_of_enrolment("read the appeals", "/appeals")


@a_try("read the assessor's queue")
def assessor_queue(scene: Scene) -> Call:
    return read(scene, "read the assessor's queue", "/queues/assessor")


@a_try("read the appeals queue")
def appeals_queue(scene: Scene) -> Call:
    return read(scene, "read the appeals queue", "/queues/appeals")


@a_try("read the queue of consequences")
def consequences_queue(scene: Scene) -> Call:
    return read(scene, "read the queue of consequences", "/queues/consequences")
