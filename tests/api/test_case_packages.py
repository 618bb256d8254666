"""A plan as a 1EdTech CASE package: the shape that the standard asks for, and all of the plan that it holds.

The shape was written out by hand from the JSON Schema binding of CASE 1.1 (the answer of getCFPackage, as 1EdTech
publishes it): the names of fields, which must be there, and what each may hold, for the parts that a plan has. The
rest of that schema (rubrics, concepts, subjects, groupings) is not used, and fields of it count as wrong here.
"""

from typing import Any

import jsonschema_rs
import pytest

from portfolio.domain.plan import PlanUnknown
from portfolio.domain.program.refusals import OutOfScope
from tests.api.conftest import Tell
from tests.api.programs import registered, signed_in
from tests.api.world import PLAN_TEXT, World, refused

TEXT: dict[str, Any] = {"type": "string"}
UUID_OF_RFC_4122 = {"type": "string", "pattern": "^[0-9a-f]{8}-([0-9a-f]{4}-){2}[89ab][0-9a-f]{3}-[0-9a-f]{12}$"}
ADDRESS = {"type": "string", "format": "uri"}
MOMENT = {"type": "string", "format": "date-time"}
THING = {"identifier": UUID_OF_RFC_4122, "uri": ADDRESS, "lastChangeDateTime": MOMENT}


def of(properties: dict[str, Any], *optional: str) -> dict[str, Any]:
    """Return the shape of an object that holds these fields and no others."""
    needed = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}


LINK = of({"title": TEXT, "identifier": UUID_OF_RFC_4122, "uri": ADDRESS})
NODE = of({"title": TEXT, "identifier": TEXT, "uri": ADDRESS, "targetType": {"enum": ["CASE"]}}, "targetType")
DOCUMENT = of(
    {
        **THING,
        "creator": TEXT,
        "title": TEXT,
        "caseVersion": {"enum": ["1.1"]},
        **dict.fromkeys(("frameworkType", "language", "version", "adoptionStatus", "notes"), TEXT),
        "licenseURI": LINK,
    },
    *("caseVersion", "frameworkType", "language", "version", "adoptionStatus", "notes", "licenseURI"),
)
ITEM_MAY = ("abbreviatedStatement", "CFItemType", "humanCodingScheme", "notes", "language")
ITEM = of({**THING, "fullStatement": TEXT, **dict.fromkeys(ITEM_MAY, TEXT)}, *ITEM_MAY)
ASSOCIATION_TYPES = [
    *("isChildOf", "isPeerOf", "isPartOf", "exactMatchOf", "precedes", "isRelatedTo", "replacedBy", "exemplar"),
    *("hasSkillLevel", "isTranslationOf"),
]
ASSOCIATION = of(
    {
        **THING,
        "associationType": {"enum": ASSOCIATION_TYPES},
        "sequenceNumber": {"type": "integer"},
        "originNodeURI": NODE,
        "destinationNodeURI": NODE,
        "extensions": {"type": "object"},
    },
    *("sequenceNumber", "extensions"),
)
LICENCE = of({**THING, "title": TEXT, "licenseText": TEXT})
LIST = {"type": "array"}
PACKAGE = of(
    {
        "CFDocument": DOCUMENT,
        "CFItems": {**LIST, "items": ITEM},
        "CFAssociations": {**LIST, "items": ASSOCIATION},
        "CFDefinitions": of({"CFLicenses": {**LIST, "items": LICENCE}}, "CFLicenses"),
    },
    *("CFItems", "CFAssociations", "CFDefinitions"),
)
CHECK = jsonschema_rs.Draft202012Validator(PACKAGE, validate_formats=True)


def imported(tell: Tell) -> World:
    world = tell("people")
    world.as_("admin").does("/plans", {"text": PLAN_TEXT}, name="plan")
    return world


def package_of(world: World, person: str = "stranger", asked: str = "") -> dict[str, Any]:
    package: dict[str, Any] = world.as_(person).sees(f"/plans/ST1297/V2/case{asked}")
    CHECK.validate(package)
    return package


def test_it_holds_every_option_outcome_and_code_and_which_lies_under_which(tell: Tell) -> None:
    world = imported(tell)
    package, plan = package_of(world), world.as_("stranger").sees("/plans/ST1297/V2")
    document, items = package["CFDocument"], {each["identifier"]: each for each in package["CFItems"]}
    assert (document["title"], document["version"], document["adoptionStatus"]) == (
        plan["title"],
        "ST1297/V2",
        "Draft",
    )
    assert document["licenseURI"]["uri"] == package["CFDefinitions"]["CFLicenses"][0]["uri"]
    assert (
        len(items) == len(package["CFItems"]) == len(plan["options"]) + len(plan["outcomes"]) + plan["distinct_codes"]
    )
    kinds = {"K": "Knowledge", "S": "Skill"}
    codes = [each for each in items.values() if each["CFItemType"] in kinds.values()]
    assert all(kinds[each["humanCodingScheme"][0]] == each["CFItemType"] for each in codes)
    assert all(each["fullStatement"] == each["humanCodingScheme"] for each in codes), "what it says is in no plan"

    places = {document["identifier"]: "", **{id_: each["humanCodingScheme"] for id_, each in items.items()}}
    under: dict[str, list[str]] = {}
    for each in package["CFAssociations"]:
        child, parent = (places[each[end]["identifier"]] for end in ("originNodeURI", "destinationNodeURI"))
        under.setdefault(parent, []).append(child)
        assert each["sequenceNumber"] == len(under[parent])
    assert under.pop("") == [
        *(option["key"] for option in plan["options"]),
        *(outcome["key"] for outcome in plan["outcomes"] if outcome["option"] is None),
    ]
    for option in plan["options"]:
        expected = [each["key"] for each in plan["outcomes"] if each["option"] == option["key"]]
        assert under.pop(option["key"], []) == expected
    assert under == {each["key"]: [one["code"] for one in each["codes"]] for each in plan["outcomes"]}
    mappings = [each["extensions"] for each in package["CFAssociations"] if "extensions" in each]
    assert mappings == [
        {"mandatory": one["mandatory"], "englishMaths": one["english_maths"]}
        for outcome in plan["outcomes"]
        for one in outcome["codes"]
    ]


def test_an_edition_gives_the_same_package_whoever_asks_and_another_one_another(tell: Tell) -> None:
    world = imported(tell)
    first = package_of(world)
    world.now = world.now.replace(day=world.now.day + 1)
    assert package_of(world, "admin") == package_of(world, "admin", f"?edition={world['plan']}") == first
    newer = PLAN_TEXT.replace("#### Introduction", "#### Purpose")
    world.as_("admin").does("/plans", {"text": newer}, name="newer")
    other = package_of(world)
    assert other["CFDocument"]["identifier"] != first["CFDocument"]["identifier"]
    assert not {each["identifier"] for each in other["CFItems"]} & {each["identifier"] for each in first["CFItems"]}
    assert package_of(world, asked=f"?edition={world['plan']}") == first
    ids = [each["identifier"] for part in ("CFItems", "CFAssociations") for each in first[part]]
    assert len(ids) == len(set(ids))
    address = first["CFDocument"]["uri"]
    assert world.as_("mia").sees(address.removeprefix("http://localhost/v1")) == first
    assert all(each["uri"] == f"{address}#{each['identifier']}" for each in first["CFItems"])


def test_what_is_ruled_and_approved_since_moves_the_document_and_nothing_else(tell: Tell) -> None:
    world = imported(tell)
    before = package_of(world)
    world.now = world.now.replace(day=world.now.day + 1)
    ruling = {"warning": 0, "reading": "As printed.", "reason": "It is clear from the rest."}
    world.as_("lead").does("/plans/{plan}/rulings", ruling)
    after = package_of(world)
    assert after["CFDocument"].pop("lastChangeDateTime") > before["CFDocument"].pop("lastChangeDateTime")
    assert after == before


def test_who_reads_plans_reads_it_and_a_program_with_that_row(tell: Tell) -> None:
    world = imported(tell)
    refused(world.as_("mia").get("/plans/ST1297/V9/case"), PlanUnknown)
    assert world.app.test_client().get("/v1/plans/ST1297/V2/case").status_code == 401
    registered(world, "coach", "see:plan")
    CHECK.validate(signed_in(world).sees("/plans/ST1297/V2/case"))
    registered(world, "coach", "see:form", name="narrow")
    refused(signed_in(world, "narrow").get("/plans/ST1297/V2/case"), OutOfScope)


@pytest.mark.parametrize(
    "broken",
    [
        lambda package: package["CFDocument"].pop("creator"),
        lambda package: package["CFDocument"].update(caseVersion="1.0"),
        lambda package: package["CFItems"][0].update(identifier="ST1297"),
        lambda package: package["CFItems"][0].update(option="LET"),
        lambda package: package["CFAssociations"][0].update(associationType="isBelow"),
        lambda package: package["CFAssociations"][0]["originNodeURI"].pop("uri"),
        lambda package: package["CFDefinitions"]["CFLicenses"][0].update(lastChangeDateTime="yesterday"),
    ],
)
def test_the_shape_finds_what_is_wrong(tell: Tell, broken: Any) -> None:
    package = package_of(imported(tell))
    broken(package)
    assert not CHECK.is_valid(package)
