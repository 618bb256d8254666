"""Files take no more room than they may, whoever offers how many at once; drafts that are discarded make room."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from portfolio.domain.evidence.quota import EnrolmentFull, Quota, TooManyDrafts
from tests.api.conftest import Tell
from tests.api.world import ITEMS, World, hand_in, offer, refused

CONTENT, TYPE = ITEMS["text"]


def with_quota(world: World, **limits: int) -> World:
    handler = replace(world.handler, quota=Quota(**limits))
    world.services = replace(world.services, handler=handler)
    return world


def test_whose_drafts_are_as_many_as_may_be_hands_one_in_or_discards_one_first(tell: Tell) -> None:
    world = with_quota(tell("enrolled"), drafts_of_person=2)
    mia = world.as_("mia")
    for name in ("one", "two"):
        mia.does("/evidence", offer(world, CONTENT, TYPE), name=name)
    before = world.journal.head()
    problem = refused(mia.post("/evidence", offer(world, CONTENT, TYPE)), TooManyDrafts)
    assert problem["detail"] == "At most 2 are kept. Hand some in, or discard some first."
    assert world.journal.head() == before
    mia.does("/evidence/{two}/discard", {"version": 1})
    hand_in(world, "three", CONTENT, TYPE)  # what is handed in is no draft
    mia.does("/evidence", offer(world, CONTENT, TYPE))
    refused(mia.post("/evidence/{three}/versions", next_of(offer(world, CONTENT, TYPE))), TooManyDrafts)


def test_an_enrolment_without_room_takes_a_file_once_drafts_are_discarded(tell: Tell) -> None:
    world = with_quota(tell("enrolled"), bytes_of_enrolment=2 * len(CONTENT))
    mia = world.as_("mia")
    hand_in(world, "one", CONTENT, TYPE)
    mia.does("/evidence", offer(world, CONTENT, TYPE), name="two")
    problem = refused(mia.post("/evidence", offer(world, CONTENT, TYPE)), EnrolmentFull)
    assert "are taken" in problem["detail"]
    refused(mia.post("/evidence/{one}/versions", next_of(offer(world, CONTENT, TYPE))), EnrolmentFull)
    mia.does("/evidence/{two}/discard", {"version": 1})
    mia.does("/evidence/{one}/versions", next_of(offer(world, CONTENT, TYPE)))


def test_offers_made_at_once_are_counted_together_and_those_that_fit_are_all_taken(tell: Tell) -> None:
    world = with_quota(tell("enrolled"), drafts_of_person=10)
    mia = world.as_("mia")
    clients = [mia.client for _ in range(24)]
    body = {
        name: str(value) if name == "enrolment_id" else value for name, value in offer(world, CONTENT, TYPE).items()
    }
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda client: client.post("/v1/evidence", json=body), clients))
    assert sorted(answer.status_code for answer in answers) == [201] * 10 + [409] * 14
    assert {answer.get_json()["type"] for answer in answers if answer.status_code == 409} == {
        "/problems/too-many-drafts"
    }


def next_of(body: dict[str, Any]) -> dict[str, Any]:
    """Return an offer without its enrolment, which the item has."""
    return {name: value for name, value in body.items() if name != "enrolment_id"}
