"""Frame: what stands around every page: whose it is, where they can go, what waits for them, and what was just done."""

from contextlib import suppress
from textwrap import shorten
from typing import Any, NamedTuple, get_args

from flask import g, request, url_for
from marshmallow import ValidationError

from api.asked import lacking
from api.enrolment_list import own_enrolment
from api.fields import Position
from api.me import Waits, number_of
from api.pages.common import asked, pages
from api.pages.plain import Plain
from api.services import caller, services, today
from api.to_do import waiting_for
from api.trail import called, name_of
from portfolio.application.ports import Busy, FactUnreadable
from portfolio.application.read_session import ReadSession
from portfolio.domain import permissions
from portfolio.domain.enrolment.enrolling import EnrolApprentice
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.facts import EvidenceAccepted, EvidenceReturned
from portfolio.domain.kernel import NOBODY, Command, Recorded, State
from portfolio.domain.plan import ApprovePlan, ImportPlan, RuleOnDefect
from portfolio.domain.program.facts import SuspendProgram
from portfolio.domain.sentences_of_acts import told_together
from portfolio.domain.vocabulary import NEEDS_ROLE, Role, Word

MOST_TOLD = 100
"""Commands of one form of which the page after it tells."""

LONGEST_TOLD = 400
"""Characters of what was done that the page after it tells: what somebody wrote stands whole in its own place."""

SEEN_BY = permissions.SEES["enrolment"].any_of
ACTS_ON_PLANS: tuple[type[Command], ...] = (ImportPlan, RuleOnDefect, ApprovePlan)
"""What is done to plans by those for whom they are a daily place; everybody else comes to one by a link."""

HAVE_A_LIST = SEEN_BY.union(*(NEEDS_ROLE[word] for word in SEEN_BY if word in NEEDS_ROLE)) & frozenset(get_args(Role))
"""The roles with which people see apprentices other than themselves."""


class Link(NamedTuple):
    """A link of the navigation; ``current`` where the page lies there, ``waits``: how much waits for the person."""

    label: str
    href: str
    current: bool = False
    waits: int = 0


class Frame(NamedTuple):
    """What the frame shows. ``person`` names nobody: it keeps apart in a browser what two people write there.

    ``searches``: whether the person can look for apprentices.
    """

    name: str
    demo: bool
    me: str = ""
    person: str = ""
    links: tuple[Link, ...] = ()
    done: str = ""
    searches: bool = False


@pages.app_template_global("frame")
def frame_of_request(*, quiet: bool = False) -> Frame:
    """Return the frame; ``quiet`` asks the record for nothing, as on a page about a fault or one for everybody."""
    name, demo = services().name, services().mode == "demo"
    if quiet or "person" not in g:
        return Frame(name, demo)
    session = services().session()
    held = session.held(caller(), NOBODY, State(), NOBODY, today())
    return Frame(
        name,
        demo,
        me=name_of(session, caller()),
        person=services().journal.keyed("browser", caller().bytes)[:16],
        links=tuple(navigation(held)),
        done=what_was_done(),
        searches=bool(held & HAVE_A_LIST),
    )


def navigation(held: frozenset[Word]) -> list[Link]:
    """Return where the person can go, by what they are."""
    own = own_enrolment()
    if own is None:
        links = [link("Home", "pages.home")._replace(waits=waiting("panels", held))]
    else:
        links = [
            link("Home", "pages.home")._replace(waits=waiting_for(caller())),
            link("My outcomes", "pages.board", enrolment_id=own),
            link("Hand in", "pages.hand_in", enrolment_id=own),
            link("My record", "pages.record", enrolment_id=own),
        ]
    for label, page in QUEUES.items():
        if permissions.may(permissions.READS[page.question], held):
            links.append(link(label, page.endpoint)._replace(waits=waiting(page.waits, held) if page.waits else 0))
    if permissions.may(permissions.MAY[EnrolApprentice], held):
        links.append(link("Enrolments", "pages.enrolments"))
    if held & HAVE_A_LIST:
        links.append(link("Cohort", "pages.cohort"))
    if any(permissions.may(permissions.MAY[act], held) for act in ACTS_ON_PLANS):
        links.append(link("Plans", "pages.plans"))
    if permissions.may(permissions.MAY[SuspendProgram], held):
        links.append(link("Programs", "pages.programs"))
    if permissions.may(permissions.READS["operations"], held):
        links.append(link("Operations", "pages.operations"))
    return links


pages.add_app_template_global(lacking)


def waiting(what: Waits, held: frozenset[Word]) -> int:
    """Return how much of it waits, as home says; 0 while nobody can tell, which is no reason to show no page."""
    with suppress(Busy):
        return number_of(what, held)
    return 0


class Queue(NamedTuple):
    """A queue: the route of its page, the question that is asked there, and what of it waits for the person."""

    endpoint: str
    question: str
    waits: Waits | None = None


QUEUES = {
    "Queue": Queue("pages.queue", "queue: assessor", "work"),
    "Appeals": Queue("pages.appeals", "queue: appeals", "appeals"),
    "Follow-ups": Queue("pages.consequences", "queue: consequences", "consequences"),
    "Oversight": Queue("pages.oversight", "oversight"),
    "People": Queue("pages.people", "people"),
}
"""What the navigation calls the queues, and the lists of the office."""


def link(label: str, endpoint: str, **place: Any) -> Link:
    """Return a link to a route."""
    return Link(label, url_for(endpoint, **place), request.endpoint == endpoint)


def what_was_done() -> str:
    """Return what the form before this page has recorded, as the record says it; empty if it was somebody else's.

    All facts of each command are told whose last fact the address names: what the record has together is one act.
    """
    after: int | None = asked("after", Position()) if request.method == "GET" else None
    if not after:
        return ""
    with suppress(FactUnreadable):
        session = services().session()
        named = services().journal.at_positions([*positions("also"), after])
        acts = {(entry.originator_id, entry.causation): None for entry in named if entry.by == caller()}
        facts = sorted(
            (entry for stream, act in acts for entry in session.history(stream) if entry.causation == act),
            key=lambda entry: entry.position,
        )
        said = " ".join(f"You {each}" for each in told_together(facts, lambda entry: called(session, entry)))
        return told_elsewhere(session, facts) + shorten(plain_for(session, facts)(said), LONGEST_TOLD, placeholder=" …")
    return ""


def plain_for(session: ReadSession, facts: list[Recorded]) -> Plain:
    """Return what tells the sentences of facts plainly, by the forms of the enrolment that they are about."""
    about = (entry for entry in facts if entry.tag.partition(".")[0] in permissions.ABOUT_AN_APPRENTICE)
    entry = next(about, None)
    return Plain.about(session, entry.tag, entry.originator_id) if entry else Plain({}, {})


def told_elsewhere(session: ReadSession, facts: list[Recorded]) -> str:
    """Return what was answered, to stand before what was done to it, where another item is on the page."""
    shown = (request.view_args or {}).get("evidence_id")
    for entry in facts:
        if isinstance(entry.fact, EvidenceAccepted | EvidenceReturned) and shown not in (None, entry.originator_id):
            version = session.state(EVIDENCE, entry.originator_id).version(entry.fact.version)
            return f"{version.title}: " if version else ""
    return ""


def positions(name: str) -> list[int]:
    """Return the positions that the address names so, as many as one form may record; none if it is made up."""
    with suppress(ValidationError):
        return [Position().deserialize(text) for text in request.args.getlist(name)[:MOST_TOLD]]
    return []
