"""The naive rules of what is hidden of evidence, from whom, and which copy somebody may name as what they saw."""

from collections.abc import Callable

from tests.adversaries.calls import Call
from tests.adversaries.story import Story
from tests.adversaries.words import RO, L, words


def saw(story: Story, person: str, item: str, version: int, redaction: int = 0) -> bool:
    """Tell whether a copy may be named as what somebody saw; no history comes to see a redacted one."""
    if not story.redactions(item, version):
        return redaction == 0
    return redaction == 0 and story.any("shown", by=person, item=item, version=version)


def redact(story: Story, call: Call) -> set[str]:
    told, now = call.told, story.hidden(call.told.item, call.told.version)
    if story.item(told.item).what == "record written":
        return {"not-redactable"}
    broken = (
        {"redaction-too-narrow"} if told.places and not {"coach", "employer", "panel"} <= told.hidden_from else set()
    )
    if told.follows != story.redactions(told.item, told.version):
        broken.add("redaction-changed")
    before = (now.places, now.hidden_from) if now is not None else (0, None)
    same = before == (told.places, told.hidden_from) or (now is None and not told.places)
    return broken | ({"redaction-unchanged"} if same else set())


def open_original(story: Story, call: Call) -> set[str]:
    told = call.told
    if story.item(told.item).what == "record written":
        return {"not-redactable"}
    broken = set()
    opened = story.any("original opened", item=told.item, version=told.version, about=told.about)
    if story.hidden(told.item, told.version) is None or opened:
        broken.add("original-not-hidden")
    if not story.is_open(told.about) or not story.hearing(told.about):
        broken.add("case-not-heard")
    return broken


def kept_from(story: Story, call: Call) -> bool:
    """Tell whether parts of a version are hidden from who asks for it."""
    now, held = story.hidden(call.told.item, call.told.version), words(story, call)
    if now is None or "the apprentice" in held:
        return False
    if {"coach here", "employer here"} & held:
        return True
    if "panel member here" in held:
        opened = story.all("original opened", item=call.told.item, version=call.told.version)
        return not any(story.is_open(each.about) and call.by in story.hearing(each.about) for each in opened)
    shown_to = {RO}
    shown_to |= {"assessor here", "second person", L} if "assessors" not in now.hidden_from else set()
    shown_to |= {"internal quality assurer here"} if "quality assurers" not in now.hidden_from else set()
    return not shown_to & held


BROKEN: dict[str, Callable[[Story, Call], set[str]]] = {"RedactEvidence": redact, "OpenOriginal": open_original}
