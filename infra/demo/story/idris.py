"""Idris: he came later, and all that he handed in waits; his observation is open."""

from infra.demo import cast
from infra.demo.beginning import OBSERVATION, STAFF_OF, assign, declare, enrol, register
from infra.demo.cast import APPRENTICES, LATECOMER
from infra.demo.files import desk_log, photograph, radio_call
from infra.demo.stage import Stage
from infra.demo.story.acts import NEW, described, open_attempt


def joins(stage: Stage) -> None:
    """Register and enrol him, give him his people, and let them say what they are to him."""
    register(stage, LATECOMER.key, LATECOMER.name, "employer", "apprentice")
    enrol(stage, LATECOMER)
    for person, part, parts in STAFF_OF:
        assign(stage, LATECOMER, person, part, parts)
    declare(stage, LATECOMER, "coach", "coached")
    declare(stage, LATECOMER, "employer", "managed")
    for person in ("amina", "joan", "quality", "lead", "officer", "appeals"):
        declare(stage, LATECOMER, person, "none")


def hands_in(stage: Stage) -> None:
    """Upload a log, a photograph and a list."""
    for name, title, filename, media_type, content, codes in (
        ("log", "Desk log, Riverside", "desk-log.pdf", "application/pdf", desk_log(cast.IDRIS_LOG), ["K20", "K21"]),
        ("photo", "Back truss", "back-truss.jpg", "image/jpeg", photograph("Back truss", "JPEG", 5), ["S16", "S17"]),
        ("list", "Cable list", "cable-list.txt", "text/plain", cast.CABLE_LIST.encode(), ["K22"]),
    ):
        told = described(stage, "idris", title, filename, media_type)
        stage.upload("idris", f"idris {name}", NEW, content, told, days_ago=2)
        stage.submit("idris", f"idris {name}", codes)


def waits_for_his_observation(stage: Stage) -> None:
    """Let the assessor open his observation, of which nothing is written yet."""
    open_attempt(stage, "amina", LATECOMER.key, OBSERVATION)


def work_for_another_assessor(stage: Stage) -> None:
    """Assign another assessor to three apprentices; he has not said yet what he is to them."""
    for apprentice in (*APPRENTICES[1:], LATECOMER):
        assign(stage, apprentice, "david", "assessor", (OBSERVATION,))


def lets_hear(stage: Stage) -> None:
    """Upload the newest thing: a call that he recorded."""
    call = described(stage, "idris", "Call before the second run", "call.wav", "audio/wav")
    stage.upload("idris", "idris call", NEW, radio_call(5), call, days_ago=0)
    stage.submit("idris", "idris call", ["K19"])
