"""Plans over HTTP."""

import hashlib
from uuid import uuid4

from api.plans import ATTRIBUTION, plan_json
from portfolio.domain.kernel import NotPermitted
from portfolio.domain.plan import (
    ApproverIsImporter,
    CodeRepeatedInRoute,
    PlanAlreadyImported,
    PlanDefectHidden,
    PlanDefectUnruled,
    PlanUnknown,
    PlanVersionFixed,
)
from portfolio.plan_reader.text import PlanUnreadable, read_plan
from tests.api.conftest import Tell
from tests.api.world import PLAN_TEXT, World, refused

RULING = {"reading": "As printed.", "reason": "It changes nothing for any route."}


def imported(tell: Tell) -> World:
    world = tell("people")
    world.as_("admin").does("/plans", {"text": PLAN_TEXT}, name="plan")
    return world


def test_an_imported_plan_is_served_as_data_with_what_it_rests_on(tell: Tell) -> None:
    world = imported(tell)
    answer = world.as_("stranger").get("/plans/ST1297/V2")
    body = answer.get_json()
    promised = plan_json(read_plan(PLAN_TEXT))
    assert {key: body[key] for key in promised} == promised
    assert body["plan_id"] == str(world["plan"])
    assert body["sha256"] == hashlib.sha256(PLAN_TEXT.encode()).hexdigest()
    assert (body["printed_as_draft"], body["approved"], body["rulings"]) == (True, False, [])
    assert body["attribution"] == ATTRIBUTION
    assert "Crown copyright" in body["licence"]
    assert (body["demo"], answer.headers["X-Deployment"], answer.headers["ETag"]) == (True, "demo", '"1"')


def test_the_public_form_has_exactly_the_promised_keys() -> None:
    shown = plan_json(read_plan(PLAN_TEXT))
    assert list(shown) == [
        "reference",
        "version_label",
        "level",
        "options",
        "outcomes",
        "methods",
        "categories",
        "levels",
        "descriptors",
        "distinct_codes",
        "warnings",
    ]
    assert shown["distinct_codes"] == 72
    assert shown["options"][0] == {"key": "LET", "name": "Live event technician"}
    assert list(shown["outcomes"][0]) == ["key", "option", "title", "description", "codes"]
    assert shown["outcomes"][0]["codes"][0] == {"code": "K1", "mandatory": True, "english_maths": False}
    assert shown["methods"]["required"] == [{"name": "observation", "minimum": 1}]
    assert list(shown["descriptors"][0]) == ["category", "level", "text"]
    assert list(shown["warnings"][0]) == ["code", "line", "raw", "message"]


def test_the_text_comes_back_as_it_was_sent_with_its_licence(tell: Tell) -> None:
    answer = imported(tell).as_("stranger").get("/plans/ST1297/V2/text")
    assert (answer.get_data(as_text=True), answer.mimetype) == (PLAN_TEXT, "text/plain")
    assert 'rel="license"' in answer.headers["Link"]


def test_a_new_text_is_a_new_edition_and_the_old_one_stays(tell: Tell) -> None:
    world = imported(tell)
    admin = world.as_("admin")
    newer = PLAN_TEXT.replace("#### Introduction", "#### Purpose")
    admin.does("/plans", {"text": newer}, name="newer")
    assert admin.sees("/plans/ST1297/V2")["plan_id"] == str(world["newer"])
    assert admin.sees("/plans/ST1297/V2?edition={plan}")["plan_id"] == str(world["plan"])
    digest = hashlib.sha256(PLAN_TEXT.encode()).hexdigest()
    assert admin.get(f"/plans/ST1297/V2/text?edition={digest}").get_data(as_text=True) == PLAN_TEXT
    assert admin.get("/plans/ST1297/V2/text").get_data(as_text=True) == newer
    assert [row["plan_id"] for row in admin.sees("/plans")["items"]] == [str(world["newer"]), str(world["plan"])]
    first = admin.sees("/plans?limit=1")
    assert [row["plan_id"] for row in first["items"]] == [str(world["newer"])]
    second = admin.sees(f"/plans?limit=1&cursor={first['next']}")
    assert ([row["plan_id"] for row in second["items"]], second["next"]) == ([str(world["plan"])], None)


def test_a_plan_is_approved_when_every_oddity_is_ruled_on_by_somebody_else(tell: Tell) -> None:
    world = imported(tell)
    lead, responsible = world.as_("lead"), world.as_("responsible")
    warnings = lead.sees("/plans/ST1297/V2")["warnings"]
    unruled = refused(responsible.post("/plans/{plan}/approval"), PlanDefectUnruled)
    assert unruled["defects"] == [warning["message"] for warning in warnings]
    for number in range(len(warnings)):
        lead.does("/plans/{plan}/rulings", {"warning": number, **RULING})
    refused(world.as_("admin").post("/plans/{plan}/approval"), ApproverIsImporter)
    responsible.does("/plans/{plan}/approval")
    answer = lead.sees("/plans/ST1297/V2")
    assert (answer["approved"], len(answer["rulings"])) == (True, len(warnings))
    assert answer["rulings"][0] == {"warning": 0, "reading": "As printed."}
    refused(responsible.post("/plans/{plan}/approval"), PlanVersionFixed)
    refused(lead.post("/plans/{plan}/rulings", {"warning": 0, **RULING}), PlanVersionFixed)


def test_the_newest_approved_edition_answers_and_where_there_is_none_the_newest(tell: Tell) -> None:
    world = imported(tell)
    admin, lead, responsible = world.as_("admin"), world.as_("lead"), world.as_("responsible")
    admin.does("/plans", {"text": PLAN_TEXT.replace("#### Introduction", "#### Purpose")}, name="newer")
    shown = admin.sees("/plans/ST1297/V2")
    assert (shown["plan_id"], shown["approved"]) == (str(world["newer"]), False)
    for number in range(len(shown["warnings"])):
        lead.does("/plans/{plan}/rulings", {"warning": number, **RULING})
    responsible.does("/plans/{plan}/approval")
    shown = admin.sees("/plans/ST1297/V2")
    assert (shown["plan_id"], shown["approved"]) == (str(world["plan"]), True)
    assert admin.get("/plans/ST1297/V2/text").get_data(as_text=True) == PLAN_TEXT
    assert admin.sees("/plans/ST1297/V2?edition={newer}")["plan_id"] == str(world["newer"])


def test_a_byte_order_mark_or_other_line_ends_make_no_other_edition(tell: Tell) -> None:
    admin = imported(tell).as_("admin")
    for text in ("\ufeff" + PLAN_TEXT, PLAN_TEXT.replace("\n", "\r\n")):
        refused(admin.post("/plans", {"text": text}), PlanAlreadyImported)


def test_rulings_are_read_by_id_with_who_gave_them_and_why_and_one_is_in_force(tell: Tell) -> None:
    world = imported(tell)
    lead = world.as_("lead")
    for reading in ("As printed.", "As in the table."):
        lead.does("/plans/{plan}/rulings", {"warning": 0, "reading": reading, "reason": "It is."})
    for reader in ("mia", "coach", "assessor", "quality", "lead", "responsible", "officer", "chair"):
        first, second = world.as_(reader).sees("/plans/ST1297/V2/rulings?edition={plan}")["items"]
        assert (first["reading"], first["in_force"]) == ("As printed.", False)
        assert (second["reading"], second["reason"], second["name"]) == ("As in the table.", "It is.", "Lead")
        assert second["in_force"]
    assert lead.sees("/plans/ST1297/V2")["rulings"] == [{"warning": 0, "reading": "As in the table."}]
    refused(world.as_("stranger").get("/plans/ST1297/V2/rulings"), NotPermitted)
    refused(lead.get(f"/plans/ST1297/V2/rulings?edition={uuid4()}"), PlanUnknown)


def test_only_an_oddity_that_is_there_is_ruled_on(tell: Tell) -> None:
    refused(imported(tell).as_("lead").post("/plans/{plan}/rulings", {"warning": 99, **RULING}), PlanDefectHidden)


def test_the_same_text_is_imported_once(tell: Tell) -> None:
    refused(imported(tell).as_("admin").post("/plans", {"text": PLAN_TEXT}), PlanAlreadyImported)


def test_a_code_twice_in_one_route_is_refused_by_name(tell: Tell) -> None:
    text = PLAN_TEXT.replace("<b>S18, S21</b>", "<b>S18, S21, S11</b>")
    problem = refused(tell("people").as_("admin").post("/plans", {"text": text}), CodeRepeatedInRoute)
    assert problem["codes"] == ["S11"]


def test_a_text_that_is_no_plan_is_refused_in_one_sentence(tell: Tell) -> None:
    world = tell("people")
    problem = refused(
        world.as_("admin").post("/plans", {"text": "End-point assessment plan for bakers"}), PlanUnreadable
    )
    assert problem["detail"].endswith(".")
    assert world.as_("admin").sees("/plans")["items"] == []


def test_a_plan_that_is_not_on_record_is_not_found(tell: Tell) -> None:
    world = imported(tell)
    lead = world.as_("lead")
    refused(lead.get("/plans/ST1297/V3"), PlanUnknown)
    refused(lead.get(f"/plans/ST1297/V2?edition={uuid4()}"), PlanUnknown)
    refused(lead.get("/plans/ST9999/V1/text"), PlanUnknown)
    refused(lead.post(f"/plans/{uuid4()}/rulings", {"warning": 0, **RULING}), PlanUnknown)
    refused(world.as_("responsible").post("/plans/{mia}/approval"), PlanUnknown)


def test_only_administrators_import_and_only_officers_rule_and_approve(tell: Tell) -> None:
    world = imported(tell)
    mia = world.as_("mia")
    refused(mia.post("/plans", {"text": "text"}), NotPermitted)
    refused(mia.post("/plans/{plan}/rulings", {"warning": 0, **RULING}), NotPermitted)
    refused(mia.post("/plans/{plan}/approval"), NotPermitted)
