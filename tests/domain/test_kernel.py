"""The words every aggregate is written in."""

import msgspec
import pytest

from portfolio.domain.kernel import NOBODY, Command, Fact, Rejected, RuleBroken, State, Value, changed, ids_in, tag_of
from portfolio.domain.plan import PLAN, ApprovePlan, DefectRuled, ImportPlan, PlanApproved, PlanImported, RuleOnDefect
from tests.domain.world import APPRENTICE, OFFICER, TODAY


class Point(Value):
    x: int
    y: int = 0


class SeveralThingsMissing(RuleBroken, rule="TEST-1"):
    """Something
    is missing."""


def test_a_value_is_immutable_named_and_compared_by_what_it_holds() -> None:
    point = Point(x=1)
    assert point == Point(x=1, y=0)
    with pytest.raises(AttributeError):
        point.x = 2  # type: ignore[misc]  # what the type checker refuses, the run refuses too
    with pytest.raises(TypeError):
        Point(1)  # type: ignore[call-arg]  # likewise


def test_a_field_that_nobody_declared_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.json.decode(b'{"x":1,"z":2}', type=Point)


def test_a_copy_has_the_fields_asked_for_and_leaves_the_original() -> None:
    point = Point(x=1)
    assert (changed(point, y=5), point) == (Point(x=1, y=5), Point(x=1))


def test_a_fact_without_a_tag_cannot_be_declared() -> None:
    with pytest.raises(TypeError, match="stored for ever"):

        class Untagged(Fact):
            pass


def test_a_fact_is_stored_under_its_tag() -> None:
    assert tag_of(PlanApproved) == tag_of(PlanApproved(sha256="")) == "plan.approved"
    assert msgspec.json.encode(PlanApproved(sha256="00")) == b'{"fact":"plan.approved","sha256":"00"}'


def test_a_refusal_is_known_by_its_name_its_sentence_and_its_lists() -> None:
    refusal = SeveralThingsMissing("Two are.", codes=("K1", "K2"))
    assert (refusal.code, refusal.rule, refusal.title()) == (
        "several-things-missing",
        "TEST-1",
        "Something is missing.",
    )
    assert (str(refusal), refusal.members) == ("Two are.", {"codes": ["K1", "K2"]})


def test_a_refusal_without_a_particular_sentence_says_its_general_one() -> None:
    assert str(SeveralThingsMissing()) == "Something is missing."
    assert (Rejected.code, Rejected.rule) == ("rejected", "")


def test_a_state_of_nobody_is_about_nobody() -> None:
    assert State().subject() is None
    assert State().relations(OFFICER, TODAY) == set()
    assert issubclass(Command, msgspec.Struct)
    assert NOBODY.int == 0


def test_an_aggregate_has_a_rule_for_each_command_and_names_its_facts() -> None:
    assert set(PLAN.judges) == {ImportPlan, RuleOnDefect, ApprovePlan}
    assert set(PLAN.facts) == {PlanImported, DefectRuled, PlanApproved}


def test_ids_are_read_from_a_text_in_their_order() -> None:
    assert ids_in(f"by {OFFICER}, for {APPRENTICE}: 12-34") == [OFFICER, APPRENTICE]
