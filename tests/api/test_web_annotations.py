"""The remarks on an item as W3C Web Annotations: the shape that the Recommendation asks for, and who is shown which.

Shape and terms were written out by hand from the Web Annotation Data Model and Vocabulary (W3C Recommendations of
23 February 2017), of which the sections are named; no schema of theirs is run, and no JSON-LD processor.
"""

from typing import Any

import jsonschema_rs
import pytest

from portfolio.domain.kernel import NotVisible
from portfolio.domain.program.refusals import OutOfScope
from tests.api.conftest import Tell
from tests.api.programs import registered, signed_in
from tests.api.test_annotations import GOOD, path, remark
from tests.api.world import ITEMS, NOTES, SELECTOR, Caller, refused, sha

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
IRI = {"type": "string", "pattern": "^(https?://|urn:uuid:)[^ ]+$"}
FRAGMENTS = ["http://tools.ietf.org/rfc/rfc3778", "http://www.w3.org/TR/media-frags/"]
"""Of the specifications of fragments in 4.2.1 those of PDF, and of pictures and recordings."""
MOTIVATIONS = [
    *("assessing", "bookmarking", "classifying", "commenting", "describing", "editing", "highlighting"),
    *("identifying", "linking", "moderating", "questioning", "replying", "tagging"),
]
"""3.3.5: what the vocabulary names."""


def an(*required: str, **properties: Any) -> dict[str, Any]:
    """Return the shape of an object that has these keys and no others but of other vocabularies."""
    others: dict[str, Any] = {"^(schema|dcterms):": {}}
    return {
        "type": "object",
        "required": [*required],
        "properties": {name.replace("context", "@context"): shape for name, shape in properties.items()},
        "patternProperties": others,
        "additionalProperties": False,
    }


SELECTORS = {
    "oneOf": [
        an(
            "type",
            "value",
            type={"const": "FragmentSelector"},
            value={"type": "string"},
            conformsTo={"enum": FRAGMENTS},
        ),
        an(
            *("type", "exact"),
            type={"const": "TextQuoteSelector"},
            exact={"type": "string", "minLength": 1},
            prefix={"type": "string"},
            suffix={"type": "string"},
        ),
    ]
}
"""4.2.1 and 4.2.4."""
SOURCE = an("id", id=IRI, format={"type": "string"})
TARGET = an("type", "source", type={"const": "SpecificResource"}, source=SOURCE, selector=SELECTORS)
"""4: a specific resource has exactly one source; a selector is on it."""
BODY = an("type", "value", type={"const": "TextualBody"}, value={"type": "string"}, format={"const": "text/plain"})
"""3.2.4: exactly one value."""
ANNOTATION = an(
    *("id", "type", "target"),
    id=IRI,
    type={"const": "Annotation"},
    canonical=IRI,
    motivation={"enum": MOTIVATIONS},
    created={"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"},
    creator=an("id", "type", id=IRI, type={"const": "Person"}),
    audience=an("type", type={"const": "schema:Audience"}),
    body=BODY,
    target=TARGET,
)
"""3.1 to 3.3; times are in UTC with a Z (3.3.1)."""
PAGE = an(
    *("id", "type", "items"),
    id=IRI,
    type={"const": "AnnotationPage"},
    startIndex={"const": 0},
    items={"type": "array", "items": ANNOTATION},
)
COLLECTION = an(
    *("@context", "id", "type", "total", "first"),
    context={"const": CONTEXT},
    id=IRI,
    type={"const": "AnnotationCollection"},
    total={"type": "integer"},
    first=PAGE,
)
"""5.1 and 5.2: a page that is embedded needs neither a context nor what it is part of."""
CHECK = jsonschema_rs.Draft202012Validator(COLLECTION)


def shown(caller: Caller, item: str = "pdf") -> list[dict[str, Any]]:
    answer = caller.get(path(item))
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == f'application/ld+json; profile="{CONTEXT}"'
    collection = answer.get_json()
    CHECK.validate(collection)
    assert collection["total"] == len(collection["first"]["items"])
    items: list[dict[str, Any]] = collection["first"]["items"]
    return items


@pytest.mark.parametrize(("item", "place", "fragment"), GOOD)
def test_a_remark_is_at_its_place_in_the_bytes_it_was_made_on(
    tell: Tell, item: str, place: dict[str, Any], fragment: str
) -> None:
    world, content = tell("collected"), ITEMS[item][0]
    receipt = world.as_("assessor").does(path(item), remark(world, content, place))
    (annotation,) = shown(world.as_("mia"), item)
    base = f"http://localhost/v1/evidence/{world[item]}"
    assert annotation["id"] == f"{base}/annotations#{receipt['annotation_id']}"
    assert annotation["canonical"] == f"urn:uuid:{receipt['annotation_id']}"
    assert annotation["motivation"] == "commenting"
    assert annotation["creator"] == {"id": f"http://localhost/v1/people/{world['assessor']}", "type": "Person"}
    assert annotation["body"]["value"] == "Name the second hazard."
    target = annotation["target"]
    assert target["source"]["id"] == f"{base}/content?version=1"
    assert target["source"]["schema:sha256"] == sha(content)
    assert world.as_("mia").get(target["source"]["id"].removeprefix("http://localhost/v1")).data == content
    match place["type"]:
        case "whole item":
            assert "selector" not in target
        case "text quote":
            expected = {name: text for name, text in place.items() if name != "type"}
            assert target["selector"] == {"type": "TextQuoteSelector", **expected}
        case _:
            assert target["selector"]["value"] == fragment
            assert target["selector"]["conformsTo"] == FRAGMENTS[place["type"] != "pdf rectangle"]


def test_each_is_shown_what_they_are_shown_with_the_item_and_no_name(tell: Tell) -> None:
    world = tell("collected")
    coach, assessor = world.as_("coach"), world.as_("assessor")
    content = ITEMS["pdf"][0]
    first = assessor.does(path(), remark(world, content, SELECTOR))["annotation_id"]
    assessor.does(path(), remark(world, content, SELECTOR, revises=first, kind="basis of finding"))
    assessor.does(path(), remark(world, content, {"type": "whole item"}, audience="assessors", kind="pointer"))
    coach.does(path(), remark(world, content, {"type": "whole item"}, audience="assessors"))
    for person in ("mia", "coach", "assessor", "admin", "employer"):
        caller = world.as_(person)
        versions = caller.sees("/evidence/{pdf}")["versions"]
        expected = [each["annotation_id"] for version in versions for each in version["annotations"]]
        assert [each["canonical"].removeprefix("urn:uuid:") for each in shown(caller)] == expected
    of_assessor = shown(assessor)
    assert [each["motivation"] for each in of_assessor] == ["commenting", "assessing", "highlighting", "commenting"]
    assert of_assessor[1]["dcterms:replaces"] == of_assessor[0]["id"]
    assert of_assessor[2]["audience"]["schema:audienceType"] == "assessors"
    text = assessor.get(path()).text
    assert not [name for name in ("Mia", "Coach", "Assessor") if name in text]


def test_an_item_without_remarks_has_an_empty_collection_and_one_that_is_not_there_none(tell: Tell) -> None:
    world = tell("collected")
    assert shown(world.as_("mia")) == []
    refused(world.as_("stranger").get(path()), NotVisible)
    world.ids["nothing"] = world["mia"]
    refused(world.as_("mia").get(path("nothing")), NotVisible)


def test_a_draft_and_what_was_withdrawn_have_none_for_others(tell: Tell) -> None:
    world = tell("collected")
    world.as_("assessor").does(path("text"), remark(world, NOTES, {"type": "whole item"}))
    world.as_("mia").does("/evidence/{text}/withdrawal", {"version": 1, "reason": "The wrong file."})
    answer = world.as_("assessor").get(path("text"))
    assert answer.status_code == world.as_("assessor").get("/evidence/{text}").status_code == 404


def test_a_program_is_shown_them_with_the_row_of_the_item(tell: Tell) -> None:
    world = tell("collected")
    world.as_("assessor").does(path(), remark(world, ITEMS["pdf"][0], SELECTOR))
    world.as_("assessor").does(path(), remark(world, ITEMS["pdf"][0], SELECTOR, audience="assessors"))
    registered(world, "assessor", "see:evidence")
    assert [each["motivation"] for each in shown(signed_in(world))] == ["commenting"] * 2, "the owner made both"
    registered(world, "coach", "see:evidence", "ask:remarks-for-assessors", name="other")
    assert len(shown(signed_in(world, "other"))) == 1
    registered(world, "coach", "see:enrolment", name="narrow")
    refused(signed_in(world, "narrow").get(path()), OutOfScope)


@pytest.mark.parametrize(
    "broken",
    [
        lambda each: each.pop("target"),
        lambda each: each.update(motivation="grading"),
        lambda each: each["target"].update(selector={"type": "FragmentSelector"}),
        lambda each: each["creator"].update(name="Mia"),
        lambda each: each.update(created="2026-11-02T09:00:00"),
    ],
)
def test_the_shape_finds_what_is_wrong(tell: Tell, broken: Any) -> None:
    world = tell("collected")
    world.as_("assessor").does(path(), remark(world, ITEMS["pdf"][0], SELECTOR))
    collection = world.as_("mia").get(path()).get_json()
    CHECK.validate(collection)
    broken(collection["first"]["items"][0])
    assert not CHECK.is_valid(collection)
