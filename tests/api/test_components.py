"""A part in a component goes on with it over a change of form, whatever its key there (FORM-8, INTEREST-4)."""

from uuid import UUID

from portfolio.domain.assessment.assessor import AssessorNotAuthorised
from portfolio.domain.assessment.closing import ClosingNotYours
from portfolio.domain.enrolment.refusals import AssessorIsQualityAssurer
from portfolio.domain.form import ComponentUnknown
from tests.api.conftest import Tell
from tests.api.world import (
    CODES,
    TODAY,
    World,
    assign,
    component,
    consent,
    finding,
    observation,
    refused,
    released_next_day,
)

ASSIGNMENTS = "/enrolments/{enrolment}/assignments"
CLOSING = "/assessments/{attempt}/closing"
FINDINGS = "/assessments/{attempt}/findings"


def assigned_to_c1(world: World) -> None:
    """``second`` is Mia's assessor of C1, the observation; nobody assesses the rest."""
    release = {"person_id": world["assessor"], "assignment": "assessor", "ends_on": TODAY, "reason": "Moved on."}
    world.as_("admin").does("/enrolments/{enrolment}/releases", release)
    world.as_("admin").does(ASSIGNMENTS, assign(world, "second", "assessor", components=["C1"]))


def swapped(world: World) -> None:
    """Mia takes another form, whose C1 is the portfolio and whose C2 is the observation."""
    admin = world.as_("admin")
    admin.does("/forms", {"plan_id": world["plan"], "title": "LET-F2", "routes": ["LET"]}, name="other")
    for key, was in (("C1", "C2"), ("C2", "C1")):
        admin.does("/forms/{other}/components", {"component": {**component(world, was), "key": key}})
    world.as_("lead").does("/forms/{other}/approval")
    consent(world, "admin", type="route", route="LET")
    body = {"route": "LET", "form_id": world["other"], "effective_on": TODAY, "reason": "A new form."}
    admin.does("/enrolments/{enrolment}/route", body)


def opened(world: World, key: str) -> None:
    """An attempt at a component is open."""
    body = {"enrolment_id": world["enrolment"], "component": key}
    world.as_("admin").does("/assessments", body, name="attempt")


def decided(world: World, name: str) -> None:
    """This assessor observes Mia, finds both codes met and decides."""
    assessor = world.as_(name)
    assessor.does("/evidence/records", observation(world), name="observation")
    assessor.does(FINDINGS, {"findings": [finding(world, code) for code in CODES["C1"]]})
    shown = assessor.sees("/assessments/{attempt}/context")["shown"]
    body = {"grade": "pass", "reasons": "Both codes are met.", "context_hash": shown}
    world.ids["decision"] = UUID(assessor.does("/assessments/{attempt}/decisions", body)["decision_id"])


def test_an_assessor_goes_on_with_their_component_under_its_new_key(tell: Tell) -> None:
    world = tell("enrolled")
    assigned_to_c1(world)
    swapped(world)
    opened(world, "C2")
    decided(world, "second")
    (shown,) = world.as_("mia").sees("/assessments/{attempt}")["decisions"]
    assert shown["decider"] == str(world["second"])
    context = world.as_("mia").sees("/assessments/{attempt}/decisions/{decision}/context")
    assert context["decider"]["authority"] == "assigned assessor of C2"


def test_an_assessor_may_not_judge_the_other_component_that_took_the_key_of_theirs(tell: Tell) -> None:
    world = tell("enrolled")
    assigned_to_c1(world)
    swapped(world)
    opened(world, "C1")
    second = world.as_("second")
    looked = {"code": "K1", "judgement": "not judged", "reason": "I looked.", "criterion": "1.1", "cites": []}
    refused(second.post(FINDINGS, {"findings": [looked]}), AssessorNotAuthorised)
    shown = second.sees("/assessments/{attempt}/context")["shown"]
    body = {"grade": "pass", "reasons": "I looked.", "context_hash": shown}
    refused(second.post("/assessments/{attempt}/decisions", body), AssessorNotAuthorised)
    refused(second.post(CLOSING, {"reason": "Not mine."}), ClosingNotYours)
    assert second.sees("/queues/assessor")["items"] == []
    world.as_("admin").does(CLOSING, {"reason": "It was opened in error."})
    opened(world, "C2")
    assert [row["component"] for row in second.sees("/queues/assessor")["items"]] == ["C2"]


def test_an_assessor_goes_on_with_the_attempt_that_was_open_before_the_form_changed(tell: Tell) -> None:
    world = tell("enrolled")
    assigned_to_c1(world)
    opened(world, "C1")
    swapped(world)
    decided(world, "second")


def test_nobody_assures_what_they_judged_under_another_key(tell: Tell) -> None:
    world = tell("enrolled")
    admin = world.as_("admin")
    assigned_to_c1(world)
    opened(world, "C1")
    decided(world, "second")
    admin.does("/people/{second}/roles", {"role": "internal quality assurer"})
    released_next_day(world, "second")
    swapped(world)
    part = assign(world, "second", "internal quality assurer", components=["C2"])
    refused(admin.post(ASSIGNMENTS, part), AssessorIsQualityAssurer)
    admin.does(ASSIGNMENTS, {**part, "components": ["C1"]})


def test_nobody_assesses_and_assures_one_component_under_two_keys(tell: Tell) -> None:
    world = tell("enrolled")
    admin = world.as_("admin")
    assigned_to_c1(world)
    admin.does("/people/{second}/roles", {"role": "internal quality assurer"})
    swapped(world)
    part = assign(world, "second", "internal quality assurer", components=["C2"])
    refused(admin.post(ASSIGNMENTS, part), AssessorIsQualityAssurer)
    admin.does(ASSIGNMENTS, {**part, "components": ["C1"]})


def test_a_part_is_limited_to_components_that_the_form_taken_has(tell: Tell) -> None:
    world = tell("enrolled")
    part = assign(world, "second", "assessor", components=["C1", "C9"])
    assert refused(world.as_("admin").post(ASSIGNMENTS, part), ComponentUnknown)["components"] == ["C9"]
