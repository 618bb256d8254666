"""What is tried on the course of an enrolment, and to put right what is recorded of it."""

from datetime import date, timedelta
from typing import Any

from tests.adversaries.actors import CAST
from tests.adversaries.calls import Call, Scene, a_try, command
from tests.adversaries.story import TIES
from tests.adversaries.tries import STARTS

DAY = timedelta(days=1)
NUMBERS = ("9276308686", "1000000019", "1000000027", "9276308687")


def _on(scene: Scene, name: str, rest: str, body: dict[str, Any], **told: Any) -> Call:
    plain = {key: value.isoformat() if isinstance(value, date) else value for key, value in body.items()}
    path = f"/enrolments/{scene.uid(scene.enrolment)}/{rest}"
    return command(scene, name, path, {**plain, "reason": "So it was agreed."}, **told)


@a_try("PauseEnrolment")
def pause(scene: Scene) -> Call:
    day = scene.often(scene.story.today, scene.story.today + DAY, STARTS - DAY)
    return _on(scene, "PauseEnrolment", "pause", {"pauses_on": day}, since=day)


@a_try("ResumeEnrolment")
def resume(scene: Scene) -> Call:
    day = scene.often(scene.story.today, scene.story.today + 2 * DAY, STARTS)
    return _on(scene, "ResumeEnrolment", "resumption", {"resumes_on": day}, until=day)


@a_try("EndEnrolment")
def end(scene: Scene) -> Call:
    day = scene.often(scene.story.today, scene.story.today + DAY, scene.story.today - DAY, STARTS - DAY)
    how = scene.choose(["completed", "withdrawn", "broken off"])
    return _on(scene, "EndEnrolment", "end", {"how": how, "ended_on": day}, since=day)


@a_try("TakeEndBack")
def take_end_back(scene: Scene) -> Call:
    return _on(scene, "TakeEndBack", "end/withdrawal", {})


@a_try("CorrectUln")
def correct_uln(scene: Scene) -> Call:
    own = scene.story.uln(scene.enrolment)
    uln = scene.often(own, *NUMBERS)
    return _on(scene, "CorrectUln", "uln-correction", {"uln": uln}, uln=uln)


@a_try("MoveToEmployer")
def move(scene: Scene) -> Call:
    day = scene.often(scene.story.today, scene.story.today + DAY, STARTS - 30 * DAY)
    body = {"employer": "Another Theatre", "effective_on": day}
    return _on(scene, "MoveToEmployer", "employer", body, since=day)


@a_try("CorrectEmployer")
def correct_employer(scene: Scene) -> Call:
    known = [scene.story.first_day(scene.enrolment), *scene.story.moves(scene.enrolment)]
    day = scene.often(scene.choose(known), STARTS + DAY)
    return _on(scene, "CorrectEmployer", "employer-correction", {"since": day, "employer": "Its full name"}, since=day)


@a_try("CorrectCentre")
def correct_centre(scene: Scene) -> Call:
    return _on(scene, "CorrectCentre", "centre-correction", {"centre_ukprn": scene.choose(["10000001", "10000002"])})


@a_try("CorrectStart")
def correct_start(scene: Scene) -> Call:
    judged = scene.story.opened_days(scene.enrolment)
    day = scene.often(STARTS, STARTS - 30 * DAY, max(judged) + DAY if judged else STARTS + 30 * DAY)
    return _on(scene, "CorrectStart", "start-correction", {"starts_on": day}, since=day)


def _on_a_competence(name: str, rest: str) -> None:
    def build(scene: Scene) -> Call:
        person = scene.often(scene.choose(CAST), scene.by)
        on_record = scene.choose(scene.story.competences(person))
        kind, criteria, since = scene.often(on_record, None) or ("appeals panel", None, scene.story.today)
        right = scene.often(since, since + DAY)
        named = scene.uid(criteria) if criteria else None
        body = {"kind": kind, "criteria_id": named, "occurred_on": since.isoformat(), "reason": "It was a slip."}
        if name == "CorrectCompetence":
            body |= {"right_criteria_id": named, "right_day": right.isoformat()}
        told = {"person": person, "kind": kind, "criteria": criteria, "since": since, "right": right}
        return command(scene, name, f"/people/{scene.uid(person)}/competences/{rest}", body, **told)

    a_try(name)(build)


_on_a_competence("CorrectCompetence", "correction")
_on_a_competence("TakeCompetenceBack", "withdrawal")


@a_try("CorrectName")
def correct_name(scene: Scene) -> Call:
    person = scene.often(scene.choose(CAST), scene.by)
    body = {"name": f"{person.capitalize()} Brown", "reason": "They married."}
    return command(scene, "CorrectName", f"/people/{scene.uid(person)}/name", body, person=person)


@a_try("CorrectEmployment")
def correct_employment(scene: Scene) -> Call:
    person = scene.often(scene.choose(CAST), scene.by)
    works_for = scene.often(scene.story.works_for(person), "none of these", "centre", "employer")
    body = {"works_for": works_for, "reason": "They changed their employer."}
    path = f"/people/{scene.uid(person)}/employment"
    return command(scene, "CorrectEmployment", path, body, person=person, works_for=works_for)


def _part(scene: Scene, *, ended: bool = False, waiting: bool = False) -> Any:
    """Return a part that goes on, has an end, or was taken back; None if there is none."""
    if waiting:
        return scene.choose(scene.story.all("part taken back", enrolment=scene.enrolment, waits=True))
    held = [each for each, ends in scene.story.parts(scene.enrolment) if (ends is not None) is ended]
    return scene.choose(held)


def _about(scene: Scene, name: str, rest: str, part: Any, body: dict[str, Any], **told: Any) -> Call:
    named = {"person_id": scene.uid(part.person), "assignment": part.part, **body}
    return _on(scene, name, rest, named, person=part.person, part=part.part, **told)


@a_try("BringEndForward")
def bring_end_forward(scene: Scene) -> Call | None:
    part = _part(scene, ended=True) or _part(scene)
    if part is None:
        return None
    parts = scene.story.parts(scene.enrolment)
    was = next((ends for each, ends in parts if each is part and ends is not None), scene.story.today)
    ends = scene.often(was - DAY, was, was - 3 * DAY)
    told = {"was": was, "ends": ends}
    return _about(scene, "BringEndForward", "releases/correction", part, {"was": was, "ends_on": ends}, **told)


@a_try("CorrectAssignment")
def correct_assignment(scene: Scene) -> Call | None:
    part = _part(scene)
    if part is None:
        return None
    since = scene.often(part.since - DAY, part.since, scene.story.today + DAY)
    form = scene.story.route(scene.enrolment, max(since, scene.story.today)).form
    body = {"began_on": part.since, "starts_on": since, "components": list(part.components)}
    told = {"began": part.since, "since": since, "components": part.components, "form": form}
    return _about(scene, "CorrectAssignment", "assignments/correction", part, body, **told)


@a_try("TakeAssignmentBack")
def take_assignment_back(scene: Scene) -> Call | None:
    part = _part(scene)
    if part is None:
        return None
    waits = part.part in TIES and part.since <= scene.story.today
    told = {"began": part.since, "waits": waits}
    return _about(scene, "TakeAssignmentBack", "assignments/withdrawal", part, {"began_on": part.since}, **told)


@a_try("ConfirmTakingBack")
def confirm_taking_back(scene: Scene) -> Call | None:
    part = scene.often(_part(scene, waiting=True), _part(scene)) or _part(scene)
    if part is None:
        return None
    began = getattr(part, "began", None) or part.since
    path = "assignments/withdrawal/confirmation"
    return _about(scene, "ConfirmTakingBack", path, part, {"began_on": began}, began=began)
