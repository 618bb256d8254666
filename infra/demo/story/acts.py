"""What people of the story do again and again."""

from collections.abc import Sequence
from typing import Any

from infra.demo import cast
from infra.demo.beginning import codes
from infra.demo.cast import APPRENTICES, LATECOMER, PANEL
from infra.demo.stage import Stage

NEW = "/v1/evidence"


def described(stage: Stage, key: str, title: str, filename: str, media_type: str) -> dict[str, Any]:
    """Return what an apprentice says of a new file."""
    return {
        "enrolment_id": stage.id(f"{key} enrolment"),
        "title": title,
        "filename": filename,
        "media_type": media_type,
    }


def send_back(stage: Stage, who: str, name: str, reason: str) -> None:
    """Let somebody return what was handed in as ``name``."""
    offered = stage.answer(name)
    back = {"version": offered["version_number"], "reason": reason}
    stage.post(who, f"{name}/returned", f"{NEW}/{offered['id']}/return", back)


def write(stage: Stage, who: str, key: str, name: str, title: str, record: dict[str, Any]) -> None:
    """Let somebody write a record as evidence of an apprentice."""
    body = {"enrolment_id": stage.id(f"{key} enrolment"), "title": title, "record": record}
    stage.post(who, name, "/v1/evidence/records", body)


def open_attempt(stage: Stage, who: str, key: str, component: str) -> None:
    """Let an assessor open an attempt at a component."""
    body = {"enrolment_id": stage.id(f"{key} enrolment"), "component": component}
    stage.post(who, f"{key} {component}", "/v1/assessments", body)


def met(stage: Stage, who: str, key: str, component: str, met_codes: Sequence[str], cited: Sequence[str]) -> None:
    """Let an assessor find codes of an attempt met on these pieces of evidence."""
    cites = [{"evidence_id": stage.id(name), "version": 1} for name in cited]
    stage.find(
        who,
        f"{key} {component}",
        [{"code": code, "judgement": "met", "reason": cast.SHOWN_IN_LOG, "cites": cites} for code in met_codes],
    )


def observe(stage: Stage, who: str, key: str, attempt: str, missed: Sequence[str] = ()) -> None:
    """Let an assessor write what they saw in an attempt, code by code, and find on it."""
    route = next(apprentice.route for apprentice in (*APPRENTICES, LATECOMER) if apprentice.key == key)
    observed = {
        code: cast.NOT_OBSERVED if code in missed else cast.OBSERVED[number % len(cast.OBSERVED)]
        for number, code in enumerate(codes(stage, route, "S"))
    }
    record = {
        "kind": "observation record",
        "assessment_id": stage.id(attempt),
        "place": "Main stage, during set-up and first run",
        "occurred_on": stage.day(1),
        "from_time": "10:00",
        "to_time": "10:40" if missed else "11:30",
        "seen": [{"code": code, "what": what} for code, what in observed.items()],
    }
    write(stage, who, key, f"{attempt} observation", "Observation record", record)
    cites = [{"evidence_id": stage.id(f"{attempt} observation"), "version": 1}]
    stage.find(
        who,
        attempt,
        [
            {"code": code, "judgement": "not met" if code in missed else "met", "reason": what, "cites": cites}
            for code, what in observed.items()
        ],
    )


def appeal(stage: Stage, who: str, attempt: str, name: str, called: str, statement: str, items: Sequence[str]) -> None:
    """Let an apprentice appeal against the decision of an attempt on one ground, which points at pieces of evidence."""
    ground = {"ground": called, "statement": statement, "items": [stage.id(item) for item in items]}
    subject = {
        "type": "decision",
        "assessment_id": stage.id(attempt),
        "decision_id": stage.answer(f"{attempt}/decision")["decision_id"],
    }
    stage.post(who, name, "/v1/appeals", {"subject": subject, "grounds": [ground]})


def hear(stage: Stage, name: str) -> None:
    """Let the officer admit an appeal and convene a panel with an independent member."""
    path = f"/v1/appeals/{stage.id(name)}"
    stage.post("appeals", f"{name}/admitted", f"{path}/admission")
    stage.post("appeals", f"{name}/panel", f"{path}/panel", {"members": [stage.id(person) for person in PANEL]})
