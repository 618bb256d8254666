"""Mia: an observation that fails, an appeal that is upheld, another observation; a pass that a panel looks at."""

import time

from infra.demo import cast
from infra.demo.beginning import OBSERVATION, PORTFOLIO, assign, codes, declare
from infra.demo.cast import APPRENTICES
from infra.demo.files import desk_log, photograph, place_of_line, radio_call
from infra.demo.stage import Stage
from infra.demo.story.acts import NEW, appeal, described, hear, met, observe, open_attempt, write
from infra.errors import OperatorError

PATIENCE_SECONDS = 20
MIA = APPRENTICES[0]
FAILED, AGAIN, MARKED = f"mia {OBSERVATION}", f"mia {OBSERVATION} again", f"mia {PORTFOLIO}"
FAULT = {"type": "pdf rectangle", "page": 3, **place_of_line(*cast.FAULT_LINES)}


class NothingFollowed(OperatorError):
    """The service did not draw the conclusion it should have drawn; the message says which."""


def hands_in(stage: Stage) -> None:
    """Upload a desk log, a photograph, a radio call and a rigging plan, declared and claimed."""
    log = described(stage, "mia", "Desk log, Harbour Nights", "desk-log.pdf", "application/pdf")
    stage.upload("mia", "mia log", NEW, desk_log(cast.DESK_LOG), log, days_ago=9)
    stage.submit("mia", "mia log", ["K20", "K21", "K1", "K13"], FAULT)
    photo = described(stage, "mia", "Front truss, six lamps", "front-truss.jpg", "image/jpeg")
    stage.upload("mia", "mia photo", NEW, photograph("Front truss", "JPEG", 6), photo, days_ago=11)
    stage.submit("mia", "mia photo", ["S16", "S17"])
    call = described(stage, "mia", "Radio call during the fault", "radio-call.wav", "audio/wav")
    stage.upload("mia", "mia call", NEW, radio_call(8), call, days_ago=10)
    stage.submit("mia", "mia call", ["K19"])
    rigging = described(stage, "mia", "Rigging plan", "rigging-plan.txt", "text/plain")
    stage.upload("mia", "mia plan", NEW, cast.RIGGING_PLAN.encode(), rigging, days_ago=12)
    stage.submit("mia", "mia plan", ["K22"])


def is_looked_at(stage: Stage) -> None:
    """Let the centre's assessor look, take it into assessment and pin remarks."""
    for name in ("mia log", "mia call", "mia plan"):
        stage.take("joan", name)
    stage.remark("joan", "mia log", FAULT, "Finds the fault in the right order: lamp, circuit, dimmer.")
    stage.remark("joan", "mia call", {"type": "time range", "start": 1.5, "end": 4.0}, "Clear and short.", "formative")
    quote = {"type": "text quote", "exact": "Safety bonds first", "suffix": ", checked by a second person"}
    stage.remark("joan", "mia plan", quote, "Names the check and who makes it.")


def is_vouched_for(stage: Stage) -> None:
    """Let the employer write what they saw."""
    testimony = {
        "kind": "witness testimony",
        "witness": "Rita Vance",
        "role": "production manager",
        "competence": "fifteen years of touring, site safety certificate",
        "relation": "employer",
        "first_hand": True,
        "statement": "I was there on all four days. Mia found the fault and told me before she moved anything.",
        "occurred_on": stage.day(22),
    }
    write(stage, "employer", "mia", "mia testimony", "Testimony of the employer", testimony)


def is_marked(stage: Stage) -> None:
    """Let the centre's assessor find every K code met and decide pass."""
    open_attempt(stage, "joan", "mia", PORTFOLIO)
    met(stage, "joan", "mia", PORTFOLIO, codes(stage, "LET", "K"), ["mia log", "mia testimony"])
    stage.decide("joan", MARKED, "pass")


def is_to_be_observed(stage: Stage) -> None:
    """Let the assessor open her observation."""
    open_attempt(stage, "amina", "mia", OBSERVATION)


def is_observed(stage: Stage) -> None:
    """Let the assessor write what she saw: one code is not met, so the observation is failed."""
    stage.take("amina", "mia photo")
    region = {"type": "image region", "x": 60, "y": 86, "width": 200, "height": 120}
    stage.remark("amina", "mia photo", region, "Bonds can be seen on three of the lamps.", "pointer")
    observe(stage, "amina", "mia", FAILED, missed=["S22"])
    stage.decide("amina", FAILED, "fail")


def appeals(stage: Stage) -> None:
    """Let Mia appeal."""
    appeal(stage, "mia", FAILED, "appeal", "procedure", cast.APPEAL_STATEMENT, [f"{FAILED} observation"])


def is_heard(stage: Stage) -> None:
    """Let her appeal be heard."""
    hear(stage, "appeal")


def is_answered(stage: Stage) -> None:
    """Let the chair propose to uphold the appeal."""
    answers = [{"ground": 0, "answer": cast.APPEAL_ANSWER}]
    outcome = {"outcome": "upheld", "reasons": cast.APPEAL_REASONS, "answers": answers}
    stage.post("chair", "appeal/outcome", f"/v1/appeals/{stage.id('appeal')}/outcome", outcome)


def is_upheld(stage: Stage) -> None:
    """Let a second member agree, which decides, and wait for the new attempt that follows from it."""
    confirmation = {"proposal": 1, "account": cast.APPEAL_ACCOUNT}
    path = f"/v1/appeals/{stage.id('appeal')}/outcome/confirmations"
    stage.post("peter", "appeal/confirmed", path, confirmation)
    stage.once(AGAIN, lambda: {"id": new_attempt(stage)})


def gets_another_assessor(stage: Stage) -> None:
    """Assign another assessor, who says what he is to her."""
    assign(stage, MIA, "david", "assessor", (OBSERVATION,))
    declare(stage, MIA, "david", "none")


def is_observed_again(stage: Stage) -> None:
    """Let them observe: distinction."""
    observe(stage, "david", "mia", AGAIN)
    stage.decide("david", AGAIN, "distinction")


def appeals_her_pass(stage: Stage) -> None:
    """Let Mia appeal again, against the pass of her portfolio."""
    left_out = ["mia call", "mia plan"]
    appeal(stage, "mia", MARKED, "portfolio appeal", "evidence", cast.PORTFOLIO_STATEMENT, left_out)


def waits_for_an_answer(stage: Stage) -> None:
    """Let this appeal be heard: no member has proposed an outcome yet."""
    hear(stage, "portfolio appeal")


def new_attempt(stage: Stage) -> str:
    """Return the attempt that was opened after the appeal, as soon as it shows."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        for attempt in stage.get("mia", f"/v1/enrolments/{stage.id('mia enrolment')}/attempts")["items"]:
            if attempt["after_appeal"] == stage.id("appeal"):
                return str(attempt["assessment_id"])
        time.sleep(0.1)
    raise NothingFollowed("The upheld appeal opened no new attempt: start the demo again.")
