"""The naive rules of signed papers."""

from collections.abc import Callable
from typing import Any

from tests.adversaries.calls import Call
from tests.adversaries.rules_of_appeals import officer
from tests.adversaries.story import ENDED, Story
from tests.adversaries.words import AO, RO, words


def announce(story: Story, call: Call) -> set[str]:
    kind, what, *_ = call.told.says
    broken = set()
    if kind == "taken back" and story.any("consent taken back", consent=what):
        broken.add("consent-unknown")
    if kind == "withdrawn" and story.status(what) in ENDED:
        broken.add("appeal-already-decided")
    if not free(story, call, call.told.says):
        broken.add("paper-needs-free-officer")
    return broken


def free(story: Story, call: Call, says: tuple[Any, ...]) -> bool:
    """Nobody seals what names them, or is about an apprentice they are tied to, or an appeal they are part of."""
    enrolment = call.told.enrolment
    if call.by == named_on(story, says) or story.conflicted(call.by, story.apprentice(enrolment)):
        return False
    open_cases = [each for each in story.appeals(enrolment) if story.is_open(each.appeal)]
    part = story.lineage(enrolment) | {each.by for each in story.all("set aside", enrolment=enrolment)}
    part = part.union(*(story.parties(each) for each in open_cases))
    return not about_an_appeal(story, says) or call.by not in part


def consent_on(story: Story, says: tuple[Any, ...]) -> tuple[str, tuple[str, str]] | None:
    """Return to whom and for what the consent is that a paper gives or takes back."""
    if says[0] == "consent":
        return says[1], says[2]
    given = story.one("consent given", consent=says[1]) if says[0] == "taken back" else None
    return (given.person, given.purpose) if given else None


def named_on(story: Story, says: tuple[Any, ...]) -> str:
    consent = consent_on(story, says)
    return consent[0] if consent else ""


def about_an_appeal(story: Story, says: tuple[Any, ...]) -> bool:
    consent = consent_on(story, says)
    return consent is None or consent[1][0] == "appeal"


def sealed(story: Story, paper: str | None) -> bool:
    return story.any("paper sealed", paper=paper)


def seal(story: Story, call: Call) -> set[str]:
    announced = story.one("paper announced", paper=call.told.paper)
    if sealed(story, call.told.paper):
        return set()
    broken = set() if announced.by == call.by else {"paper-of-another"}
    return broken if free(story, call, announced.says) else broken | {"paper-needs-free-officer"}


def withdraw(story: Story, call: Call) -> set[str]:
    told = call.told
    lodged = story.one("appeal lodged", appeal=told.appeal)
    broken = officer(story, call) | ({"officer-not-free"} if call.by in story.parties(lodged) else set())
    if story.status(told.appeal) in ENDED:
        broken.add("appeal-already-decided")
    announced = story.one("paper announced", paper=told.paper)
    if not sealed(story, told.paper) or announced.says != ("withdrawn", told.appeal):
        broken.add("paper-says-nothing-of-it")
    own = story.last("appeal lodged", "second look asked", appeal=told.appeal, by=story.apprentice(lodged.enrolment))
    kept = story.one("paper sealed", paper=told.paper)
    if own is not None and kept is not None and own.place > kept.place:
        broken.add("paper-overtaken")
    return broken


def of_case(story: Story, says: tuple[Any, ...], lodged: Any) -> bool:
    """Tell whether a paper withdraws this appeal, or lets somebody lodge one against its decision."""
    consent = consent_on(story, says)
    return says == ("withdrawn", lodged.appeal) or (consent is not None and consent[1] == ("appeal", lodged.decision))


def read_paper(story: Story, call: Call) -> set[str]:
    says = story.one("paper announced", paper=call.told.paper).says
    readers, held = {"the apprentice", RO} | ({AO} if about_an_appeal(story, says) else set()), words(story, call)
    own = "panel member here" in held and any(
        story.is_open(each.appeal) and call.by in story.hearing(each.appeal) and of_case(story, says, each)
        for each in story.appeals(call.told.enrolment)
    )
    shown = bool(readers & held) or own or call.by == named_on(story, says)
    if not (shown and sealed(story, call.told.paper)):
        return {"not-visible"}
    return {"file-was-erased"} if story.erased(call.told.paper, 0) else set()


def read_upload(story: Story, call: Call) -> set[str]:
    announced = story.one("paper announced", paper=call.told.paper)
    waits = announced.by == call.by and not sealed(story, call.told.paper)
    return set() if waits else {"paper-unknown", "not-visible"}


BROKEN: dict[str, Callable[[Story, Call], set[str]]] = {
    "AnnouncePaper": announce,
    "CompletePaper": seal,
    "WithdrawOnPaper": withdraw,
    "read a paper": read_paper,
    "read where to upload a paper": read_upload,
}
