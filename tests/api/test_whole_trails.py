"""What a person did, and what bears on a decision: every fact of every record it covers, once, and to whom."""

from typing import Any
from uuid import UUID

import pytest

from portfolio.application.indexes import APPEALS_OF_ENROLMENT
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.decisions import DecisionUnknown
from portfolio.domain.kernel import NotPermitted, NotVisible
from portfolio.domain.vocabulary import SYSTEM
from tests.api.conftest import Tell
from tests.api.test_exports import exported
from tests.api.world import World, refused

TRAIL = "/assessments/{attempt}/decisions/{decision}/audit-trail"


def positions(rows: list[dict[str, Any]]) -> list[int]:
    return [int(row["position"]) for row in rows]


def of_streams(world: World, *streams: UUID) -> list[int]:
    return sorted(entry.position for stream in streams for entry in world.journal.read(stream))


def test_what_everybody_did_is_every_fact_of_the_record_exactly_once(tell: Tell) -> None:
    world = tell("convened")
    log = [entry for entry in world.journal.since(0, 10_000) if entry.by != SYSTEM]
    every = list[int]()
    for actor in {entry.by for entry in log}:
        told = positions(exported(world, f"/people/{actor}/acts?format=jsonl", "admin"))
        assert told == [entry.position for entry in log if entry.by == actor]
        every += told
    assert sorted(every) == [entry.position for entry in log]


def test_the_trail_of_an_enrolment_has_every_fact_of_its_records_exactly_once(tell: Tell) -> None:
    world = tell("convened")
    told = exported(world, "/enrolments/{enrolment}/audit-trail?format=jsonl", "responsible")
    streams = {UUID(row["stream"]) for row in told}
    assert {world["enrolment"], world["evidence"], world["attempt"], world["appeal"]} <= streams
    assert positions(told) == of_streams(world, *streams)


def test_the_trail_of_a_decision_has_every_fact_of_what_bears_on_it_exactly_once(tell: Tell) -> None:
    world = tell("convened")
    state = ASSESSMENT.fold(entry.fact for entry in world.journal.read(world["attempt"]))
    items = {item for item, _ in state.rested_on()}
    appeals = world.journal.links(APPEALS_OF_ENROLMENT, str(world["enrolment"]))
    assert items
    assert appeals
    told = positions(exported(world, f"{TRAIL}?format=jsonl", "responsible"))
    assert told == of_streams(world, world["attempt"], *items, *appeals)
    page = world.as_("responsible").sees(f"{TRAIL}?limit=3")
    rest = world.as_("responsible").sees(f"{TRAIL}?limit=200&cursor={page['next']}")
    assert positions([*page["items"], *rest["items"]]) == told
    by_mia = exported(world, f"{TRAIL}?format=jsonl&actor={world['mia']}", "responsible")
    assert {row["by"] for row in by_mia} == {str(world["mia"])}


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_trail_is_asked_from_and_until_any_moment_there_is(tell: Tell, moment: str) -> None:
    world = tell("submitted")
    for path in ("/people/{mia}/acts", "/enrolments/{enrolment}/audit-trail"):
        counts = [len(world.as_("admin").sees(f"{path}?{asked}={moment}")["items"]) for asked in ("since", "until")]
        assert sorted(map(bool, counts)) == [False, True]


def test_nobody_reads_a_trail_that_is_not_for_them(tell: Tell) -> None:
    world = tell("convened")
    for person, refusal in (("assessor", NotPermitted), ("coach", NotPermitted), ("stranger", NotVisible)):
        refused(world.as_(person).get(TRAIL), refusal)
    for person, refusal in (("officer", NotPermitted), ("assessor", NotVisible), ("mia", NotVisible)):
        refused(world.as_(person).get("/people/{coach}/acts"), refusal)
    refused(world.as_("assessor").get("/people/{assessor}/acts"), NotPermitted)
    unknown = TRAIL.replace("{decision}", str(world["mia"]))
    refused(world.as_("responsible").get(unknown), DecisionUnknown)


def test_what_the_caller_may_not_see_is_nowhere_in_what_a_person_did(tell: Tell) -> None:
    """An officer who has not said what they are to the apprentice is told nothing of the apprentice's work."""
    world = tell("convened")
    world.as_("admin").does("/people/{responsible}/roles", {"role": "appeals officer"})
    before = exported(world, "/people/{mia}/acts?format=jsonl", "admin")
    assert before
    body = {"apprentice": world["mia"], "interest": "none"}
    kinds = {row["kind"].partition(".")[0] for row in exported(world, "/people/{mia}/acts?format=jsonl", "responsible")}
    if not world.as_("responsible").get("/people/{responsible}").get_json()["interests"]:
        assert kinds <= {"person"}
        world.as_("responsible").does("/people/{responsible}/interests", body)
    assert exported(world, "/people/{mia}/acts?format=jsonl", "responsible") == before
