"""The naive rules of erasing files: of a signed paper the item is the paper, and the version 0."""

from collections.abc import Callable

from tests.adversaries.calls import Call
from tests.adversaries.rules_of_papers import named_on, of_case, sealed
from tests.adversaries.story import Story


def gone(story: Story, call: Call) -> set[str]:
    return {"file-was-erased"} if story.erased(call.told.item, call.told.version) else set()


def approve_erasure(story: Story, call: Call) -> set[str]:
    approved = story.erasure(call.told.item, call.told.version) is not None
    return _not_to_erase(story, call) | gone(story, call) | ({"erasure-under-way"} if approved else set())


def confirm_erasure(story: Story, call: Call) -> set[str]:
    approved = story.erasure(call.told.item, call.told.version)
    alone = approved is not None and approved.by == call.by
    return _not_to_erase(story, call) | drop_erasure(story, call) | ({"erasure-by-one-alone"} if alone else set())


def drop_erasure(story: Story, call: Call) -> set[str]:
    approved = story.erasure(call.told.item, call.told.version)
    return gone(story, call) | ({"erasure-not-approved"} if approved is None else set())


def _not_to_erase(story: Story, call: Call) -> set[str]:
    """Return why nobody, or not this person, has a file erased: a record is none, and a contested one is held."""
    told, broken = call.told, set()
    apprentice = story.apprentice(told.enrolment)
    if call.by in story.lineage(told.enrolment) or story.conflicted(call.by, apprentice):
        broken.add("erasure-needs-free-person")
    if hasattr(told, "paper"):
        return broken | _paper_not_to_erase(story, call)
    if story.item(told.item).what == "record written":
        broken.add("nothing-to-erase")
    decided = story.all("decided", enrolment=told.enrolment)
    cases = [(each, story.open_case(each.attempt)) for each in decided if (told.item, told.version) in each.lay_before]
    if any(case is not None and case.decision == each.decision for each, case in cases):
        broken.add("record-on-hold")
    return broken


def _paper_not_to_erase(story: Story, call: Call) -> set[str]:
    """Return why: the paper names them, or is about an appeal that is open."""
    told, broken = call.told, set()
    says = story.one("paper announced", paper=told.paper).says
    if call.by == named_on(story, says):
        broken.add("erasure-needs-free-person")
    cases = [each for each in story.appeals(told.enrolment) if story.is_open(each.appeal)]
    if any(of_case(story, says, each) for each in cases):
        broken.add("record-on-hold")
    return broken


def of_a_sealed_paper(rule: Callable[[Story, Call], set[str]]) -> Callable[[Story, Call], set[str]]:
    """Return a rule for papers: one that is not sealed is not there."""
    return lambda story, call: rule(story, call) | (set() if sealed(story, call.told.paper) else {"not-visible"})


def out_of_sight(story: Story, call: Call) -> bool:
    """Tell whether a version is not there for who has files erased: a draft, also one that was taken back as such."""
    told = call.told
    return not story.any("submitted", "record written", item=told.item, version=told.version)


BROKEN: dict[str, Callable[[Story, Call], set[str]]] = {
    "ApproveErasure": approve_erasure,
    "ConfirmErasure": confirm_erasure,
    "DropErasure": drop_erasure,
    "ApprovePaperErasure": of_a_sealed_paper(approve_erasure),
    "ConfirmPaperErasure": of_a_sealed_paper(confirm_erasure),
    "DropPaperErasure": of_a_sealed_paper(drop_erasure),
}
