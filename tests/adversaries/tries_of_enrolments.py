"""What is tried on the course of an enrolment, and to put right what is recorded of it."""

from datetime import date, timedelta
from typing import Any

from tests.adversaries.actors import CAST
from tests.adversaries.calls import Call, Scene, a_try, command
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


@a_try("CorrectName")
def correct_name(scene: Scene) -> Call:
    person = scene.often(scene.choose(CAST), scene.by)
    body = {"name": f"{person.capitalize()} Brown", "reason": "They married."}
    return command(scene, "CorrectName", f"/people/{scene.uid(person)}/name", body, person=person)
