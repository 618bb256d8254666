"""The story, chapter by chapter: from the published plan to a decision that was appealed and decided again."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from infra.demo import cast
from infra.demo.beginning import (
    OBSERVATION,
    PORTFOLIO,
    assign,
    codes,
    criteria,
    enrolments,
    forms,
    people,
    plan,
    preparation,
)
from infra.demo.cast import APPRENTICES, PANEL
from infra.demo.files import desk_log, photograph, place_of_line, radio_call
from infra.demo.phone import DOCX, phone_film, phone_photograph, scan, voice_note, word_document
from infra.demo.stage import Stage
from infra.errors import OperatorError

PATIENCE_SECONDS = 20


class NothingFollowed(OperatorError):
    """The service did not draw the conclusion it should have drawn; the message says which."""


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


def zofia_phone(stage: Stage) -> None:
    """Hand in what a phone, a scanner and an office program made; a part of it is not for everybody."""
    for name, title, filename, media_type, content in (
        ("photo", "Studio 2, key light", "IMG_2041.HEIC", "image/heic", phone_photograph("Studio 2, key light", 4)),
        ("film", "Lamps come on, one by one", "IMG_2042.MOV", "video/quicktime", phone_film("Studio 2", 6)),
        ("note", "What I would do sooner", "New Recording 7.m4a", "audio/mp4", voice_note(6)),
        ("scan", "Signed call sheet", "Scan0001.pdf", "application/pdf", scan("Call sheet, studio 2", 3)),
        ("account", "Account of the day", "account.docx", DOCX, word_document(cast.ZOFIA_ACCOUNT)),
    ):
        told = described(stage, "zofia", title, filename, media_type)
        stage.upload("zofia", f"zofia {name}", "/v1/evidence", content, told, days_ago=18)
        stage.submit("zofia", f"zofia {name}", ["K31"])
    hidden = {
        "version": 1,
        "places": [{"type": "pdf rectangle", "page": 1, "x": 120, "y": 200, "width": 340, "height": 60}],
        "follows": 0,
        "reason": "The client has not agreed that others read the head of their call sheet.",
    }
    stage.post("officer", "zofia scan/redacted", f"/v1/evidence/{stage.id('zofia scan')}/redactions", hidden)


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
    ("Zofia hands in what her phone, a scanner and Word made; a part is hidden from some", zofia_phone),
)
"""The chapters with what happens in each."""


def tell(stage: Stage, say: Callable[[str], None]) -> None:
    """Tell what has not been told yet, chapter by chapter; ``say`` shows where the story is."""
    for number, (title, chapter) in enumerate(CHAPTERS, start=1):
        if not stage.answered(f"chapter {number}"):
            say(f"[{number:>2}/{len(CHAPTERS)}] {title}")
            chapter(stage)
            stage.once(f"chapter {number}", lambda: True)
