"""The naive model: what each sentence of the rules says of a call, from the list of what happened and nothing else.

``predict`` gives every answer that would be right: "allowed", "404" (there is nothing here for them), or the code of
any rule that the call breaks; which of several broken rules a refusal names is not said.
"""

from collections.abc import Callable

from tests.adversaries import (
    rules_of_appeals,
    rules_of_attempts,
    rules_of_consents,
    rules_of_decisions,
    rules_of_enrolments,
    rules_of_erasing,
    rules_of_papers,
    rules_of_people,
    rules_of_programs,
    rules_of_records,
    rules_of_redactions,
)
from tests.adversaries.calls import Call
from tests.adversaries.story import Story
from tests.adversaries.words import MAY, READS, SEES, TOLD_WHY, undeclared, words

INVISIBLE, FORBIDDEN, ALLOWED, ENDED = "not-visible", "not-permitted", "allowed", "part-ended"

Says = Callable[[Story, Call], set[str]]

BROKEN: dict[str, Says] = {
    **rules_of_people.BROKEN,
    **rules_of_programs.BROKEN,
    **rules_of_records.BROKEN,
    **rules_of_redactions.BROKEN,
    **rules_of_attempts.BROKEN,
    **rules_of_decisions.BROKEN,
    **rules_of_appeals.BROKEN,
    **rules_of_papers.BROKEN,
    **rules_of_consents.BROKEN,
    **rules_of_enrolments.BROKEN,
    **rules_of_erasing.BROKEN,
}
"""The rules that a call breaks by what it asks, whoever asks."""


STAYS_OPEN = {"LodgeAppeal", "AskSecondLook", "WithdrawAppeal", "GiveConsent", "TakeConsentBack", "DeclineConsent"}
"""What an apprentice goes on doing whatever of theirs was suspended; they also go on reading."""


WHOLE_ITEMS = {"OfferEvidence", "OfferVersion", "WriteRecord", "CorrectRecord", "read an item", "read the remarks"}
"""What is asked of an item and not of a version of it."""


def predict(story: Story, call: Call) -> set[str]:
    """Return every answer that is right for this call now."""
    held = words(story, call)
    suspended = story.suspended(call.by)
    if suspended and not story.any("enrolled", person=call.by):
        return {"access-suspended"}
    row = READS[call.name] if call.reads else MAY[call.name]
    record = "assessment" if call.name == "LodgeAppeal" else row.record  # there is no case yet: it is about a decision
    sees = bool(SEES[record] & held)
    if sees and row.record == "evidence" and hasattr(call.told, "item") and not call.new:
        hidden = not rules_of_records.visible(story, call) and (call.reads or "the apprentice" not in held)
        if hidden:
            return {INVISIBLE}
    if suspended and not call.reads and call.name not in STAYS_OPEN:
        return {"access-suspended"} if sees else {INVISIBLE}
    let_in = bool(row.any_of & held) and not row.none_of & held
    if call.name == "CorrectRecord" and _knows_of_it(story, call, record):
        let_in = True  # whoever wrote a record puts it right, also once their part has ended
    if not sees and not (let_in and not call.reads and _had_a_part(story, call)):
        return {ENDED} if _knows_of_it(story, call, record) else {INVISIBLE}
    first = {"interest-not-declared"} if undeclared(story, call, held) else set()
    if not let_in:
        return {FORBIDDEN} | (first if call.reads else set())
    if first:
        return first
    broken = BROKEN[call.name](story, call) if call.name in BROKEN else set()
    if row.record == "evidence" and hasattr(call.told, "version") and call.name not in WHOLE_ITEMS:
        own = "the apprentice" in held
        if call.name in rules_of_erasing.BROKEN:
            hidden = rules_of_erasing.out_of_sight(story, call)
        else:
            hidden = not rules_of_records.visible(story, call, call.told.version)
        if not own and hidden:
            broken = broken | {INVISIBLE}  # a draft, or one that was withdrawn, beside another version
    why = TOLD_WHY.get(call.name, {})
    if not row.any_of & held - set(why):
        broken = broken | {code for word, code in why.items() if word in held}
    return broken or {ALLOWED}


def _had_a_part(story: Story, call: Call) -> bool:
    """Tell whether somebody ever had a part in the enrolment: the rule then tells them why it is not theirs now."""
    return getattr(call.told, "enrolment", "") != "" and bool(story.ever_assigned(call.told.enrolment, call.by))


def _knows_of_it(story: Story, call: Call, record: str) -> bool:
    """Tell whether somebody had a part in the work that a command is about: they are told that it has ended."""
    if call.reads or record not in {"enrolment", "evidence", "assessment"} or not _had_a_part(story, call):
        return False
    item = getattr(call.told, "item", None) if record == "evidence" and not call.new else None
    handed_in = rules_of_records.HANDED_IN  # what was taken away is there for nobody else
    return item is None or any(story.stage(item, each) in handed_in for each in story.versions(item))
