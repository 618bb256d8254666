"""Zofia: a pass that she appeals, a portfolio with gaps, something returned, a draft, and much that waits."""

from infra.demo import cast
from infra.demo.beginning import OBSERVATION, PORTFOLIO
from infra.demo.files import desk_log, photograph, radio_call
from infra.demo.phone import DOCX, phone_film, phone_photograph, scan, voice_note, word_document
from infra.demo.stage import Stage
from infra.demo.story.acts import NEW, appeal, described, observe, open_attempt, send_back

OBSERVED = f"zofia {OBSERVATION}"


def hands_in(stage: Stage) -> None:
    """Upload a log, which the coach returns."""
    log = described(stage, "zofia", "Desk log, studio 2", "desk-log.pdf", "application/pdf")
    stage.upload("zofia", "zofia log", NEW, desk_log(cast.ZOFIA_FIRST_LOG), log, days_ago=2)
    stage.submit("zofia", "zofia log", ["K31"])
    send_back(stage, "coach", "zofia log", "The second page is missing: please hand in the whole log.")


def hands_in_again(stage: Stage) -> None:
    """Upload the whole log, and something twice."""
    item = f"{NEW}/{stage.id('zofia log')}"
    whole = {"title": "Desk log, studio 2, whole", "filename": "desk-log.pdf", "media_type": "application/pdf"}
    stage.upload("zofia", "zofia log 2", f"{item}/versions", desk_log(cast.ZOFIA_LOG), whole, days_ago=4)
    stage.submit("zofia", "zofia log 2", ["K31", "K32"])
    twice = described(stage, "zofia", "Studio, uploaded twice", "studio.png", "image/png")
    stage.upload("zofia", "zofia twice", NEW, photograph("Studio 2", "PNG", 2), twice, days_ago=1)
    discard = f"{NEW}/{stage.id('zofia twice')}/discard"
    stage.post("zofia", "zofia twice/discarded", discard, {"version": 1})


def is_to_be_observed(stage: Stage) -> None:
    """Let the assessor open her observation."""
    open_attempt(stage, "amina", "zofia", OBSERVATION)


def is_observed(stage: Stage) -> None:
    """Let the assessor write what she saw: pass. The portfolio is opened, and has gaps."""
    observe(stage, "amina", "zofia", OBSERVED)
    stage.decide("amina", OBSERVED, "pass")
    open_attempt(stage, "joan", "zofia", PORTFOLIO)


def hands_in_from_a_phone(stage: Stage) -> None:
    """Hand in what a phone, a scanner and an office program made, and keep a draft."""
    for name, title, filename, media_type, content in (
        ("photo", "Studio 2, key light", "IMG_2041.HEIC", "image/heic", phone_photograph("Studio 2, key light", 4)),
        ("film", "Lamps come on, one by one", "IMG_2042.MOV", "video/quicktime", phone_film("Studio 2", 6)),
        ("note", "What I would do sooner", "New Recording 7.m4a", "audio/mp4", voice_note(6)),
        ("scan", "Signed call sheet", "Scan0001.pdf", "application/pdf", scan("Call sheet, studio 2", 3)),
        ("account", "Account of the day", "account.docx", DOCX, word_document(cast.ZOFIA_ACCOUNT)),
    ):
        told = described(stage, "zofia", title, filename, media_type)
        stage.upload("zofia", f"zofia {name}", NEW, content, told, days_ago=1)
        stage.submit("zofia", f"zofia {name}", ["K31"])
    draft = described(stage, "zofia", "Call to the generator", "call.wav", "audio/wav")
    stage.upload("zofia", "zofia draft", NEW, radio_call(4), draft, days_ago=1)


def is_read_in_part(stage: Stage) -> None:
    """Let the responsible officer hide a part of the scan, and the assessor take the log into assessment."""
    hidden = {
        "version": 1,
        "places": [{"type": "pdf rectangle", "page": 1, "x": 120, "y": 200, "width": 340, "height": 60}],
        "follows": 0,
        "reason": "The client has not agreed that others read the head of their call sheet.",
    }
    stage.post("officer", "zofia scan/redacted", f"{NEW}/{stage.id('zofia scan')}/redactions", hidden)
    stage.take("joan", "zofia log 2")


def is_sent_back(stage: Stage) -> None:
    """Let the coach return the spoken note, which Zofia has not handed in again."""
    send_back(stage, "coach", "zofia note", cast.NOTE_BREAKS_OFF)


def appeals(stage: Stage) -> None:
    """Let Zofia appeal against her pass; nobody has looked at it yet."""
    seen = [f"{OBSERVED} observation"]
    appeal(stage, "zofia", OBSERVED, "zofia appeal", "procedure", cast.ZOFIA_STATEMENT, seen)
