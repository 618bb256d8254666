"""Callum: a distinction in both components, the second of which a newer decision may take the place of."""

from infra.demo import cast
from infra.demo.beginning import OBSERVATION, PORTFOLIO, codes
from infra.demo.files import desk_log, photograph, place_of_line
from infra.demo.stage import Stage
from infra.demo.story.acts import NEW, described, met, observe, open_attempt, write


def hands_in(stage: Stage) -> None:
    """Upload a desk log and a photograph."""
    log = described(stage, "callum", "Desk log, Playhouse Wharf", "desk-log.pdf", "application/pdf")
    stage.upload("callum", "callum log", NEW, desk_log(cast.CALLUM_LOG), log, days_ago=5)
    stage.submit("callum", "callum log", ["K26", "K27", "K28", "K30"])
    photo = described(stage, "callum", "Flying bars", "flying-bars.png", "image/png")
    stage.upload("callum", "callum photo", NEW, photograph("Flying bars", "PNG", 3), photo, days_ago=5)
    stage.submit("callum", "callum photo", ["S24"])


def is_looked_at(stage: Stage) -> None:
    """Let the centre's assessor take the log and pin a remark."""
    stage.take("joan", "callum log")
    page = {"type": "pdf rectangle", "page": 2, **place_of_line(2)}
    stage.remark("joan", "callum log", page, "Stops first and tells the venue: the right order.")


def is_marked(stage: Stage) -> None:
    """Let them talk with Callum and decide distinction."""
    attempt = f"callum {PORTFOLIO}"
    open_attempt(stage, "joan", "callum", PORTFOLIO)
    discussion = {
        "kind": "professional discussion record",
        "assessment_id": stage.id(attempt),
        "occurred_on": stage.day(1),
        "minutes": 45,
        "topics": [{"code": code, "what": "Explained with examples."} for code in ("K29", "K30")],
    }
    write(stage, "joan", "callum", "callum discussion", "Professional discussion", discussion)
    met(stage, "joan", "callum", PORTFOLIO, codes(stage, "CVT", "K"), ["callum log", "callum discussion"])
    stage.decide("joan", attempt, "distinction")


def is_to_be_observed(stage: Stage) -> None:
    """Let the assessor open his observation."""
    open_attempt(stage, "amina", "callum", OBSERVATION)


def is_observed(stage: Stage) -> None:
    """Let the assessor look at the photograph and write what she saw: distinction."""
    stage.take("amina", "callum photo")
    observe(stage, "amina", "callum", f"callum {OBSERVATION}")
    stage.decide("amina", f"callum {OBSERVATION}", "distinction")
