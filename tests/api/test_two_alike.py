"""A form with two components of one method and line of criteria, over HTTP: the key tells them apart (FORM-8)."""

from typing import Any

from portfolio.domain.assessment.limits import AttemptNotAllowed
from tests.api.conftest import Tell
from tests.api.story import approved, enrolled
from tests.api.test_attempts import another_form, change_route, failed, gaps, ready
from tests.api.world import PLAN_TEXT, World, component, criteria, refused

ONE_OF_TWO = "1 of 2 observations completed."


def two_observations(world: World, *keys: str) -> None:
    """Let Mia take a form with two observations on the same criteria, both of the codes of C1."""
    another_form(world, "LET", *(observed(world, key) for key in keys), component(world, "C2"))


def observed(world: World, key: str) -> dict[str, Any]:
    """Return the observation under another key."""
    return {**component(world, "C1"), "key": key, "name": f"Component {key}"}


def opening(world: World, key: str) -> Any:
    return world.as_("assessor").post("/assessments", {"enrolment_id": world["enrolment"], "component": key})


def test_a_decision_counts_for_the_one_of_two_alike_that_has_its_key(tell: Tell) -> None:
    world = tell("decided")
    two_observations(world, "C1", "C3")
    assert (ready(world)["codes_assessed"], ready(world)["gaps"]) == (2, [])
    assert "Every code" in refused(opening(world, "C1"), AttemptNotAllowed)["detail"]
    assert opening(world, "C3").status_code == 201


def test_of_two_alike_under_other_keys_a_decision_counts_for_neither_and_no_observation_is_forgotten(
    tell: Tell,
) -> None:
    world = tell("decided")
    two_observations(world, "Live", "Show")
    assert (ready(world)["codes_assessed"], ready(world)["gaps"]) == (0, [])
    (said,) = {gap for gap in gaps(world) if gap.startswith("S12")}
    assert "it was judged in an attempt that does not count" in said
    assert "it will be observed (Component Live) and observed (Component Show)" in said
    for key in ("Live", "Show"):
        assert opening(world, key).status_code == 201


def test_attempts_are_counted_for_the_one_of_two_alike_that_has_their_key(tell: Tell) -> None:
    world = tell("enrolled")
    two_observations(world, "C1", "C3")
    for attempt in ("first", "last"):
        failed(world, attempt)
    assert "2 of 2" in refused(opening(world, "C1"), AttemptNotAllowed)["detail"]
    assert opening(world, "C3").status_code == 201


def test_other_keys_for_two_alike_reset_no_limit_of_either(tell: Tell) -> None:
    world = tell("enrolled")
    for attempt in ("first", "last"):
        failed(world, attempt)
    two_observations(world, "Live", "Show")
    for key in ("Live", "Show"):
        assert "2 of 2" in refused(opening(world, key), AttemptNotAllowed)["detail"]


def test_of_two_required_observations_each_key_completes_one_and_none_is_forgotten_under_other_keys(tell: Tell) -> None:
    world = tell("people")
    requiring_two(world)
    for attempt in ("first", "last"):
        failed(world, attempt)
        assert ready(world)["gaps"] == [ONE_OF_TWO]
    two_observations(world, "Live", "Show")
    assert ready(world)["gaps"] == [ONE_OF_TWO]
    change_route(world, "LET", "form")
    failed(world, "other", "C3")
    assert ready(world)["gaps"] == []


def requiring_two(world: World) -> None:
    """Enrol Mia on a plan that requires two observations, on a form that has two on the same criteria."""
    admin, lead = world.as_("admin"), world.as_("lead")
    text = PLAN_TEXT.replace("at least one **observation**", "at least two **observations**")
    admin.does("/plans", {"text": text}, name="plan")
    admin.does("/criteria", criteria(world), name="criteria")
    lead.does("/criteria/{criteria}/approval")
    admin.does("/forms", {"plan_id": world["plan"], "title": "LET-F1", "routes": ["LET"]}, name="form")
    for each in (*(observed(world, key) for key in ("C1", "C3")), component(world, "C2")):
        admin.does("/forms/{form}/components", {"component": each})
    approved(world)
    enrolled(world)
