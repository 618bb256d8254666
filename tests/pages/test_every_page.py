"""What holds for every page: it can be read aloud, used by keyboard, without script, and gives nothing away."""

import itertools
import re
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import parse_qsl

import pytest
from werkzeug.test import TestResponse

from tests.api.conftest import Tell
from tests.api.world import BASE, World
from tests.pages.page import Element, Page
from tests.pages.visitor import Visitor

PAGES: dict[str, tuple[str, ...]] = {
    "/enrolments/{enrolment}/hand-in": ("mia",),
    "/evidence/{evidence}/again": ("mia",),
    "/": ("admin", "mia", "assessor", "officer", "chair", "coach", "stranger"),
    "/account": ("mia", "admin"),
    "/queue": ("assessor", "second"),
    "/queue?kind=PDF&sort=name": ("assessor",),
    "/search?name=mi": ("admin", "coach"),
    "/cohort": ("quality", "assessor", "second", "coach"),
    "/cohort?route=LET": ("quality",),
    "/oversight": ("lead",),
    "/standardisation": ("lead",),
    "/holds": ("responsible",),
    "/people": ("admin", "officer"),
    "/people?role=assessor&state=active": ("admin",),
    "/people/new": ("admin",),
    "/people/import": ("admin",),
    "/people/{coach}": ("admin", "responsible"),
    "/people/{coach}/suspension": ("admin",),
    "/people/{coach}/role": ("admin",),
    "/enrolments": ("admin", "lead"),
    "/enrolments?state=running&route=LET": ("admin",),
    "/enrolments/{enrolment}/administration": ("admin", "responsible"),
    "/enrolments/{enrolment}/administration/end": ("admin",),
    "/enrolments/{enrolment}/administration/release?n=1": ("admin",),
    "/enrolments/{enrolment}/administration/assigning?part=assessor": ("admin",),
    "/enrolments/new": ("admin",),
    "/enrolments/new?apprentice={noah}": ("admin",),
    "/interests": ("second",),
    "/notices": ("mia", "assessor", "officer", "chair"),
    "/enrolments/{enrolment}/testimony": ("employer",),
    "/appeals": ("officer",),
    "/appeals?state=outcome&age=7": ("officer",),
    "/consequences": ("responsible",),
    "/appeals/{appeal}/progress": ("mia", "officer", "chair"),
    "/appeals/{appeal}/withdrawal": ("mia",),
    "/appeals/{appeal}/replacement": ("officer",),
    "/appeals/{appeal}/admission": ("officer",),
    "/appeals/{appeal}/refusal": ("officer",),
    "/appeals/{appeal}/panel": ("officer",),
    "/appeals/{appeal}/further-members": ("officer",),
    "/appeals/{appeal}/second-look": ("mia",),
    "/appeals/{appeal}/consequences": ("responsible",),
    "/assessments/{attempt}/decisions/{decision}/appeal": ("mia",),
    "/enrolments/{enrolment}": ("mia", "assessor", "chair", "admin"),
    "/people/{assessor}/acts": ("admin", "responsible"),
    "/enrolments/{enrolment}/scrutiny-routes": ("responsible",),
    "/enrolments/{enrolment}/papers": ("mia", "assessor", "responsible"),
    "/enrolments/{enrolment}/papers?person=adm": ("responsible",),
    "/enrolments/{enrolment}/record": ("mia", "quality"),
    "/enrolments/{enrolment}/record?kind=evidence.served": ("mia", "quality"),
    "/enrolments/{enrolment}/record/60": ("mia",),
    "/enrolments/{enrolment}/consents": ("mia", "coach", "admin"),
    "/evidence/{evidence}": ("mia", "assessor", "coach", "chair"),
    "/evidence/{observation}": ("mia", "assessor"),
    "/evidence/{observation}/correction": ("assessor",),
    "/enrolments/{enrolment}/attempts": ("mia", "assessor"),
    "/assessments/{attempt}": ("mia", "assessor", "coach"),
    "/assessments/{attempt}/coverage": ("assessor",),
    "/assessments/{attempt}/descriptors": ("assessor",),
    "/assessments/{attempt}/decision": ("assessor",),
    "/assessments/{attempt}/record": ("assessor",),
    "/assessments/{attempt}/closing": ("assessor",),
    "/assessments/{attempt}/decisions/{decision}/answer": ("mia",),
    "/assessments/{attempt}/decisions/{decision}/setting-aside": ("responsible",),
    "/assessments/{attempt}/decisions/{decision}/supersession": ("assessor",),
    "/assessments/{attempt}/decisions/{decision}": ("mia", "assessor", "responsible", "coach"),
    "/appeals/{appeal}": ("mia", "chair", "officer"),
    "/appeals/{appeal}?known_at=40": ("chair",),
    "/appeals/{appeal}/background": ("chair",),
    "/appeals/{appeal}/print": ("chair",),
    "/appeals/{appeal}/as-it-was/{evidence}": ("chair",),
    "/appeals/{appeal}/as-it-was/{observation}": ("chair",),
    "/appeals/{appeal}/outcome": ("chair",),
    "/appeals/{appeal}/recusal": ("chair",),
    "/plans": ("admin", "stranger"),
    "/plans/new": ("admin",),
    "/plans/{plan}": ("lead", "mia"),
    "/plans/{plan}/text": ("lead",),
    "/plans/{plan}/comparison/{plan}": ("lead",),
    "/plans/{plan}/oddities/15": ("lead",),
    "/plans/{plan}/approval": ("responsible",),
    "/plans/{plan}/grades": ("lead",),
    "/plans/{plan}/criteria": ("admin",),
    "/criteria": ("admin",),
    "/criteria/{criteria}": ("lead", "mia"),
    "/criteria/{criteria}/next": ("lead",),
    "/criteria/{criteria}/versions": ("lead",),
    "/criteria/{criteria}/approval": ("lead",),
    "/plans/{plan}/forms": ("lead",),
    "/forms": ("admin",),
    "/forms/{form}": ("lead",),
    "/forms/{form}/coverage": ("mia",),
    "/forms/{form}/approval": ("lead",),
    "/operations": ("admin",),
    "/programs": ("admin", "responsible", "coach"),
    "/programs/new": ("admin",),
    "/programs/new?search=mi": ("admin",),
    "/programs/new?person={coach}": ("admin",),
    "/webhooks": ("admin",),
    "/webhooks/new": ("admin",),
    "/problems": ("mia",),
    "/problems?about=APPEAL": ("mia",),
    "/problems?search=draft": ("mia",),
    "/problems/evidence-limit-reached": ("mia",),
    "/v1/docs": ("mia",),
    "/v1/docs?search=appeal": ("mia",),
    "/v1/docs/evidence": ("mia",),
    "/v1/docs/assessments/decide-grade": ("mia",),
    "/v1/docs/shapes/DecisionIn": ("mia",),
    "/help": ("mia",),
    "/help/apprentice": ("mia",),
    "/help/assessor": ("mia",),
    "/sign-in": ("mia",),
    "/sign-in/by-mail": ("mia",),
    "/sign-in/by-mail/link": ("mia",),
    "/evidence/{evidence}?version=x": ("mia",),
    "/enrolments/{enrolment}?as_of=x": ("mia",),
    "/nowhere": ("mia",),
}
LONG = {"/appeals/{appeal}/print": "the whole case, for paper"}
"""Pages that are long, and why."""
LARGEST_PAGE = 60_000
CASES = [(path, person) for path, people in PAGES.items() for person in people]
ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
OPAQUE = re.compile(
    "|".join(
        (
            "/",
            rf"(/v1)?/(enrolments|evidence|appeals|assessments|people|plans|criteria|forms)/{ID}(/([A-Za-z0-9-]+))*([.]css)?",
            "/plans(/new)?",
            "/criteria",
            "/forms",
            "/queue",
            "/cohort",
            "/oversight",
            "/standardisation",
            "/holds",
            "/people(/new|/import(/[a-z-]+)?)?",
            "/operations",
            "/programs(/new)?",
            "/webhooks(/new)?",
            "/appeals",
            "/consequences",
            "/enrolments(/new|/enrolling)?",
            "/interests",
            "/notices",
            "/search",
            "/problems(/[a-z-]+)?",
            "/sign-(in(/by-mail(/link)?)?|out|out-everywhere)",
            rf"/account(/sign-out/{ID})?",
            r"/v1/(docs(/[A-Za-z-]+){0,2}|openapi\.json)",
            "/help(/[a-z-]+)?",
            r"/static/[0-9a-f]{12}/[a-z/-]+\.(css|svg|js|png)",
        )
    )
)
"""The addresses that pages lead to: no name, title or number of a person is in any of them."""
WORD, NUMBER, DAY = "[A-Za-z0-9-]+", "[0-9]+", "[0-9]{4}-[0-9]{2}-[0-9]{2}"
ASKED = {
    "version": NUMBER,
    "beside": NUMBER,
    "known_at": NUMBER,
    "day": DAY,
    "page": NUMBER,
    "n": NUMBER,
    "before": NUMBER,
    "person": ID,
    "record": ID,
    "since": DAY,
    "until": DAY,
    "actor": ID,
    "format": WORD,
    "part": "[A-Za-z0-9 -]+",
    "as_of": DAY,
    "file": ID,
    "person_id": ID,
    "form_id": ID,
    "apprentice": ID,
    "plan": WORD,
    "route": WORD,
    "centre_ukprn": NUMBER,
    "assessor": ID,
    "decider": ID,
    "purpose.type": WORD,
    "purpose.route": WORD,
    "purpose.assessment_id": ID,
    "purpose.decision_id": ID,
    "kind": rf"{WORD}([.]{WORD})?",
    "sort": WORD,
    "role": WORD,
    "state": WORD,
    "search": WORD,
    "about": WORD,
    "outcome": WORD,
    "component": WORD,
    "age": WORD,
}
"""What they ask for, and how it is written; ``queue`` holds what a queue was asked for."""

OWN_SCRIPTS = {
    "/evidence/{evidence}": ["viewer.js", "draw.js", "words.js", "keys.js"],
    "/evidence/{observation}": ["viewer.js", "words.js", "keys.js"],
    "/v1/docs/evidence": ["copy.js"],
    "/v1/docs/assessments/decide-grade": ["copy.js"],
}
"""What a page has for itself."""

STATIC = re.compile(r"/static/[0-9a-f]{12}/([a-z/-]+[.]js)")


@pytest.fixture(scope="module", params=["", "/portfolio"], ids=["at the root", "below a path"])
def world(request: pytest.FixtureRequest, stages: Tell, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("pages") / "world"
    with closing(stages("convened").copy(folder, base_url=f"{BASE}{request.param}")) as world:
        yield world


@pytest.fixture(scope="module")
def texts(world: World) -> dict[tuple[str, str], str]:
    return {(path, person): Visitor(world, person).ask(path).text for path, person in CASES}


@pytest.fixture(scope="module")
def answered(texts: dict[tuple[str, str], str]) -> dict[tuple[str, str], Page]:
    return {case: Page(text) for case, text in texts.items()}


@pytest.mark.parametrize(("path", "person"), [case for case in CASES if case[0] not in LONG])
def test_a_page_is_small(texts: dict[tuple[str, str], str], path: str, person: str) -> None:
    assert len(texts[path, person].encode()) <= LARGEST_PAGE


@pytest.mark.parametrize(("path", "person"), CASES)
def test_a_page_has_a_language_a_title_and_headings_in_order(
    answered: dict[tuple[str, str], Page], path: str, person: str
) -> None:
    top = answered[path, person].top
    assert top.one("html").attributes["lang"] == "en"
    assert top.one("head").one("title").text.partition(" – ")[0]
    assert top.one("main").attributes["id"] == top.one("a", **{"class": "govuk-skip-link"}).attributes["href"][1:]
    levels = [int(heading.tag[1]) for heading in top.all("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize(("path", "person"), CASES)
def test_every_field_and_button_has_a_name_and_every_id_is_one(
    answered: dict[tuple[str, str], Page], path: str, person: str
) -> None:
    top = answered[path, person].top
    ids = [each.attributes["id"] for each in top.all() if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    labelled = {label.attributes["for"] for label in top.all("label") if "for" in label.attributes}
    wrapped = [each for label in top.all("label") for each in label.all("input", "select", "textarea")]
    for each in top.all("input", "select", "textarea"):
        hidden = each.attributes.get("type") == "hidden"
        assert hidden or each in wrapped or each.attributes.get("id") in labelled, each
    assert labelled <= set(ids)
    assert all(button.text for button in top.all("button"))
    assert all(link.text for link in top.all("a"))
    for named in ("aria-labelledby", "aria-describedby"):
        assert {each.attributes[named] for each in top.all() if named in each.attributes} <= set(ids)
    beside_words = [image for link in top.all("a") if link.text for image in link.all("img")]
    assert all(bool(image.attributes["alt"]) != (image in beside_words) for image in top.all("img"))


@pytest.mark.parametrize(("path", "person"), CASES)
def test_a_page_needs_no_script_and_no_other_site(
    world: World, answered: dict[tuple[str, str], Page], path: str, person: str
) -> None:
    top = answered[path, person].top
    assert not list(top.all("style"))
    sends = any("data-offer" in form.attributes for form in top.all("form"))
    waits = any("data-again" in each.attributes for each in top.all())
    # Which do what works without them as well.
    own = OWN_SCRIPTS.get(path, [])
    names = ["signin.js"] if path == "/sign-in" else [*own, *["waiting.js"] * waits, *["upload.js"] * sends]
    assert [script_of(world, script) for script in top.all("script")] == ["frame.js", "kept.js", *names]
    assert not [each for each in top.all() if any(name.startswith(("on", "style")) for name in each.attributes)]
    for form in top.all("form"):
        assert form.attributes["action"].startswith(f"{world.root}/")


def script_of(world: World, script: Element) -> str:
    """Return which of our scripts this is; it is a module of ours."""
    found = STATIC.fullmatch(script.attributes["src"].removeprefix(world.root))
    assert found
    assert script.attributes["type"] == "module"
    return found[1]


@pytest.mark.parametrize(("path", "person"), CASES)
def test_an_address_says_nothing_of_anybody(
    world: World, answered: dict[tuple[str, str], Page], path: str, person: str
) -> None:
    for to in addresses(answered[path, person]):
        assert to.startswith(("#", f"{world.root}/"))
        path, _, asked = to.partition("#")[0].partition("?")
        assert not path or OPAQUE.fullmatch(path.removeprefix(world.root)), to
        assert [*strange(asked)] == []


def strange(asked: str) -> Iterator[str]:
    """Yield what an address asks for that may name somebody or something."""
    for name, value in parse_qsl(asked, keep_blank_values=True):
        if name == "queue":
            yield from strange(value)
        elif not re.fullmatch(ASKED.get(name, ""), value):
            yield f"{name}={value}"


def test_every_address_on_a_page_is_there(world: World, answered: dict[tuple[str, str], Page]) -> None:
    for person in sorted({person for _, person in CASES}):
        visitor = Visitor(world, person)
        pages = [page for (_, who), page in answered.items() if who == person]
        leads = {to.partition("#")[0] for page in pages for to in addresses(page, "form")} - {""}
        assert leads
        assert {to: status for to in sorted(leads) if (status := status_of(visitor.ask(to))) != 200} == {}


def status_of(answer: TestResponse) -> int:
    """Return the status of an answer of which nobody reads more."""
    answer.close()
    return answer.status_code


def addresses(page: Page, *but: str) -> set[str]:
    """Return every address that a page leads to or asks for, but those of some elements."""
    named = ((name, each) for each in page.top.all() if each.tag not in but for name in each.attributes)
    return {each.attributes[name] for name, each in named if name in ("href", "src", "action")}


def test_every_form_carries_a_key_of_its_own(answered: dict[tuple[str, str], Page]) -> None:
    for page in answered.values():
        forms = [form for form in page.top.all("form", method="post") if "sign-" not in form.attributes["action"]]
        keys = [form.one("input", name="key").attributes["value"] for form in forms]
        assert len(keys) == len(set(keys))


def test_no_form_is_carried_out_for_a_page_of_another_site(tell: Tell) -> None:
    world = tell("convened")
    before = world.journal.head()
    for person in ("mia", "assessor"):
        visitor = Visitor(world, person)
        page = visitor.reads("/evidence/{evidence}")
        for last in page.actions:
            path, fields = page.form(last)
            for site in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
                assert visitor.post(path, fields, **site).status_code == 403
    assert world.journal.head() == before
