"""The story, chapter by chapter: from the published plan to a decision that was appealed and decided again."""

import time
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from infra.demo import cast
from infra.demo.cast import APPRENTICES, PANEL, STAFF, Apprentice
from infra.demo.files import desk_log, photograph, place_of_line, radio_call
from infra.demo.stage import ADMINISTRATOR, Stage
from infra.errors import OperatorError

PATIENCE_SECONDS = 20
OBSERVATION, PORTFOLIO = "C1", "C2"
STAFF_OF = (
    ("coach", "coach", ()),
    ("employer", "employer", ()),
    ("amina", "assessor", (OBSERVATION,)),
    ("joan", "assessor", (PORTFOLIO,)),
    ("quality", "internal quality assurer", ()),
)
"""Whom each apprentice is given: person, part, components."""


class NothingFollowed(OperatorError):
    """The service did not draw the conclusion it should have drawn; the message says which."""


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
            "text": f"{cell['category']}: {cast.CRITERIA[cell['level']]}",
            "category": cell["category"],
            "level": cell["level"],
        }
        for number, cell in enumerate(plan_on_record(stage)["descriptors"], start=1)
    ]
    for component, title in ((OBSERVATION, "Observation criteria"), (PORTFOLIO, "Portfolio criteria")):
        name = f"criteria {component}"
        body = {
            "plan_id": stage.id("plan"),
            "title": title,
            "version": "1",
            "scale": cast.SCALE,
            "criteria": lines,
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
    """Enrol the apprentices and give each their people."""
    for apprentice in APPRENTICES:
        name = f"{apprentice.key} enrolment"
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
        stage.post(ADMINISTRATOR, name, "/v1/enrolments", body)
        for person, part, parts in STAFF_OF:
            assign(stage, apprentice, person, part, parts)


def assign(stage: Stage, apprentice: Apprentice, person: str, part: str, parts: Sequence[str]) -> None:
    """Give a person a part in an enrolment."""
    name = f"{apprentice.key} enrolment"
    body = {"person_id": stage.id(person), "assignment": part, "starts_on": stage.day(90), "components": list(parts)}
    stage.post(ADMINISTRATOR, f"{name}/{person}", f"/v1/enrolments/{stage.id(name)}/assignments", body)


def preparation(stage: Stage) -> None:
    """Record who is standardised and prepared for panels; let the staff declare their interests."""
    for person, component in (("amina", OBSERVATION), ("david", OBSERVATION), ("joan", PORTFOLIO)):
        body = {"kind": "standardised", "criteria_id": stage.id(f"criteria {component}"), "occurred_on": stage.day(30)}
        stage.post(ADMINISTRATOR, f"{person}/standardised", f"/v1/people/{stage.id(person)}/competences", body)
    for person in PANEL:
        body = {"kind": "appeals panel", "occurred_on": stage.day(200)}
        stage.post(ADMINISTRATOR, f"{person}/prepared", f"/v1/people/{stage.id(person)}/competences", body)
    for apprentice in APPRENTICES:
        declare(stage, apprentice, "coach", "coached")
        declare(stage, apprentice, "employer", "managed")
        for person in ("amina", "joan", "david", "quality", "lead", "officer", "appeals", *PANEL):
            declare(stage, apprentice, person, "none")


def declare(stage: Stage, apprentice: Apprentice, person: str, interest: str) -> None:
    """Let a person say what they are to an apprentice."""
    body = {"apprentice": stage.id(apprentice.key), "interest": interest}
    stage.post(person, f"{person}/interest in {apprentice.key}", f"/v1/people/{stage.id(person)}/interests", body)


# --- evidence ---------------------------------------------------------------------------------------------------------


def described(stage: Stage, key: str, title: str, filename: str, media_type: str) -> dict[str, Any]:
    """Return what an apprentice says of a new file."""
    return {
        "enrolment_id": stage.id(f"{key} enrolment"),
        "title": title,
        "filename": filename,
        "media_type": media_type,
    }


def mia_hands_in(stage: Stage) -> None:
    """Upload a desk log, a photograph, a radio call and a rigging plan, declared and claimed."""
    log = described(stage, "mia", "Desk log, Harbour Nights", "desk-log.pdf", "application/pdf")
    stage.upload("mia", "mia log", "/v1/evidence", desk_log(cast.DESK_LOG), log, days_ago=40)
    fault = {"type": "pdf rectangle", "page": 3, **place_of_line(*cast.FAULT_LINES)}
    stage.submit("mia", "mia log", ["K20", "K21", "K1", "K13"], fault)
    photo = described(stage, "mia", "Front truss, six lamps", "front-truss.jpg", "image/jpeg")
    stage.upload("mia", "mia photo", "/v1/evidence", photograph("Front truss", "JPEG", 6), photo, days_ago=41)
    stage.submit("mia", "mia photo", ["S16", "S17"])
    call = described(stage, "mia", "Radio call during the fault", "radio-call.wav", "audio/wav")
    stage.upload("mia", "mia call", "/v1/evidence", radio_call(8), call, days_ago=39)
    stage.submit("mia", "mia call", ["K19"])
    rigging = described(stage, "mia", "Rigging plan", "rigging-plan.txt", "text/plain")
    stage.upload("mia", "mia plan", "/v1/evidence", cast.RIGGING_PLAN.encode(), rigging, days_ago=42)
    stage.submit("mia", "mia plan", ["K22"])


def mia_portfolio(stage: Stage) -> None:
    """Let the centre's assessor look, pin remarks, find every K code met and decide pass."""
    for name in ("mia log", "mia call", "mia plan"):
        stage.take("joan", name)
    fault = {"type": "pdf rectangle", "page": 3, **place_of_line(*cast.FAULT_LINES)}
    stage.remark("joan", "mia log", fault, "Finds the fault in the right order: lamp, circuit, dimmer.")
    stage.remark("joan", "mia call", {"type": "time range", "start": 1.5, "end": 4.0}, "Clear and short.", "formative")
    quote = {"type": "text quote", "exact": "Safety bonds first", "suffix": ", checked by a second person"}
    stage.remark("joan", "mia plan", quote, "Names the check and who makes it.")
    testimony = {
        "kind": "witness testimony",
        "witness": "Rita Vance",
        "role": "production manager",
        "competence": "fifteen years of touring, site safety certificate",
        "relation": "employer",
        "first_hand": True,
        "statement": "I was there on all four days. Mia found the fault and told me before she moved anything.",
        "occurred_on": stage.day(35),
    }
    write(stage, "employer", "mia", "mia testimony", "Testimony of the employer", testimony)
    open_attempt(stage, "joan", "mia", PORTFOLIO)
    met(stage, "joan", "mia", PORTFOLIO, codes(stage, "LET", "K"), ["mia log", "mia testimony"])
    stage.decide("joan", f"mia {PORTFOLIO}", "pass")


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
    route = next(apprentice.route for apprentice in APPRENTICES if apprentice.key == key)
    observed = {
        code: cast.NOT_OBSERVED if code in missed else cast.OBSERVED[number % len(cast.OBSERVED)]
        for number, code in enumerate(codes(stage, route, "S"))
    }
    record = {
        "kind": "observation record",
        "assessment_id": stage.id(attempt),
        "place": "Main stage, during set-up and first run",
        "occurred_on": stage.day(0),
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


def mia_observed(stage: Stage) -> None:
    """Let the assessor observe: one code is not met, so the observation is failed."""
    attempt = f"mia {OBSERVATION}"
    stage.take("amina", "mia photo")
    region = {"type": "image region", "x": 60, "y": 86, "width": 200, "height": 120}
    stage.remark("amina", "mia photo", region, "Bonds can be seen on three of the lamps.", "pointer")
    open_attempt(stage, "amina", "mia", OBSERVATION)
    observe(stage, "amina", "mia", attempt, missed=["S22"])
    stage.decide("amina", attempt, "fail")


def callum(stage: Stage) -> None:
    """Take Callum to a distinction in both components."""
    log = described(stage, "callum", "Desk log, Playhouse Wharf", "desk-log.pdf", "application/pdf")
    stage.upload("callum", "callum log", "/v1/evidence", desk_log(cast.CALLUM_LOG), log, days_ago=33)
    stage.submit("callum", "callum log", ["K26", "K27", "K28", "K30"])
    photo = described(stage, "callum", "Flying bars", "flying-bars.png", "image/png")
    stage.upload("callum", "callum photo", "/v1/evidence", photograph("Flying bars", "PNG", 3), photo, days_ago=33)
    stage.submit("callum", "callum photo", ["S24"])
    stage.take("joan", "callum log")
    page = {"type": "pdf rectangle", "page": 2, **place_of_line(2)}
    stage.remark("joan", "callum log", page, "Stops first and tells the venue: the right order.")
    open_attempt(stage, "joan", "callum", PORTFOLIO)
    discussion = {
        "kind": "professional discussion record",
        "assessment_id": stage.id(f"callum {PORTFOLIO}"),
        "occurred_on": stage.day(2),
        "minutes": 45,
        "topics": [{"code": code, "what": "Explained with examples."} for code in ("K29", "K30")],
    }
    write(stage, "joan", "callum", "callum discussion", "Professional discussion", discussion)
    met(stage, "joan", "callum", PORTFOLIO, codes(stage, "CVT", "K"), ["callum log", "callum discussion"])
    stage.decide("joan", f"callum {PORTFOLIO}", "distinction")
    open_attempt(stage, "amina", "callum", OBSERVATION)
    observe(stage, "amina", "callum", f"callum {OBSERVATION}")
    stage.decide("amina", f"callum {OBSERVATION}", "distinction")


def zofia(stage: Stage) -> None:
    """Take Zofia to a pass in the observation; her portfolio has gaps, a returned log and a draft."""
    log = described(stage, "zofia", "Desk log, studio 2", "desk-log.pdf", "application/pdf")
    stage.upload("zofia", "zofia log", "/v1/evidence", desk_log(cast.ZOFIA_FIRST_LOG), log, days_ago=25)
    stage.submit("zofia", "zofia log", ["K31"])
    item = f"/v1/evidence/{stage.id('zofia log')}"
    back = {"version": 1, "reason": "The second page is missing: please hand in the whole log."}
    stage.post("coach", "zofia log/returned", f"{item}/return", back)
    whole = {"title": "Desk log, studio 2, whole", "filename": "desk-log.pdf", "media_type": "application/pdf"}
    stage.upload("zofia", "zofia log 2", f"{item}/versions", desk_log(cast.ZOFIA_LOG), whole, days_ago=24)
    stage.submit("zofia", "zofia log 2", ["K31", "K32"])
    draft = described(stage, "zofia", "Call to the generator", "call.wav", "audio/wav")
    stage.upload("zofia", "zofia draft", "/v1/evidence", radio_call(4), draft, days_ago=20)
    twice = described(stage, "zofia", "Studio, uploaded twice", "studio.png", "image/png")
    stage.upload("zofia", "zofia twice", "/v1/evidence", photograph("Studio 2", "PNG", 2), twice, days_ago=20)
    discard = f"/v1/evidence/{stage.id('zofia twice')}/discard"
    stage.post("zofia", "zofia twice/discarded", discard, {"version": 1})
    open_attempt(stage, "amina", "zofia", OBSERVATION)
    observe(stage, "amina", "zofia", f"zofia {OBSERVATION}")
    stage.decide("amina", f"zofia {OBSERVATION}", "pass")
    open_attempt(stage, "joan", "zofia", PORTFOLIO)


# --- the appeal -------------------------------------------------------------------------------------------------------


def appeal(stage: Stage) -> None:
    """Let Mia appeal, the officer admit it and a panel with an independent member uphold it."""
    failed = f"mia {OBSERVATION}"
    decision_id = stage.answer(f"{failed}/decision")["decision_id"]
    ground = {
        "ground": "procedure",
        "statement": cast.APPEAL_STATEMENT,
        "items": [stage.id(f"{failed} observation")],
    }
    subject = {"type": "decision", "assessment_id": stage.id(failed), "decision_id": decision_id}
    stage.post("mia", "appeal", "/v1/appeals", {"subject": subject, "grounds": [ground]})
    path = f"/v1/appeals/{stage.id('appeal')}"
    stage.post("appeals", "appeal/admitted", f"{path}/admission")
    stage.post("appeals", "appeal/panel", f"{path}/panel", {"members": [stage.id(person) for person in PANEL]})
    answers = [{"ground": 0, "answer": cast.APPEAL_ANSWER}]
    outcome = {"outcome": "upheld", "reasons": cast.APPEAL_REASONS, "answers": answers}
    stage.post("chair", "appeal/outcome", f"{path}/outcome", outcome)
    confirmation = {"proposal": 1, "account": cast.APPEAL_ACCOUNT}
    stage.post("peter", "appeal/confirmed", f"{path}/outcome/confirmations", confirmation)


def decided_again(stage: Stage) -> None:
    """Let another assessor take the new attempt, which the upheld appeal opened, to a distinction."""
    mia = APPRENTICES[0]
    assign(stage, mia, "david", "assessor", (OBSERVATION,))
    attempt = f"mia {OBSERVATION} again"
    stage.once(attempt, lambda: {"id": new_attempt(stage, "david")})
    observe(stage, "david", "mia", attempt)
    stage.decide("david", attempt, "distinction")


def new_attempt(stage: Stage, who: str) -> str:
    """Return the attempt that waits in an assessor's queue, as soon as it shows there."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        for waiting in stage.get(who, "/v1/queues/assessor")["items"]:
            if waiting["waits"] == "attempt" and waiting["component"] == OBSERVATION:
                return str(waiting["assessment_id"])
        time.sleep(0.1)
    raise NothingFollowed("The upheld appeal opened no new attempt: see the server's log.")


CHAPTERS: tuple[tuple[str, Callable[[Stage], None]], ...] = (
    ("Everybody is registered: 13 at work, 3 apprentices", people),
    ("The published plan ST1297/V2 is imported, its oddities ruled on, the edition approved", plan),
    ("Grading criteria are written, traced to the plan's descriptors and approved", criteria),
    ("Three forms are drafted, and the coverage of each route is proved", forms),
    ("Mia, Callum and Zofia are enrolled, one on each route, and get their people", enrolments),
    ("Assessors are standardised, panel members prepared, interests declared", preparation),
    ("Mia hands in a desk log, a photograph, a radio call and a rigging plan", mia_hands_in),
    ("The centre marks Mia's portfolio on pinned remarks: pass", mia_portfolio),
    ("Mia is observed, one code is not met: fail", mia_observed),
    ("Callum gets a distinction in both components", callum),
    ("Zofia passes her observation; her portfolio still has gaps", zofia),
    ("Mia appeals, an independent panel upholds it, the decision is set aside", appeal),
    ("Another assessor observes Mia again: distinction", decided_again),
)
"""The chapters with what happens in each."""


def tell(stage: Stage, say: Callable[[str], None]) -> None:
    """Tell what has not been told yet, chapter by chapter; ``say`` shows where the story is."""
    for number, (title, chapter) in enumerate(CHAPTERS, start=1):
        if not stage.answered(f"chapter {number}"):
            say(f"[{number:>2}/{len(CHAPTERS)}] {title}")
            chapter(stage)
            stage.once(f"chapter {number}", lambda: True)
