"""Invitations through HTTP: who may, to whom, and what the record and everybody else learn of it."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from portfolio.domain.addresses import AddressNotRegistered
from portfolio.domain.invitations import InvitedLately, InviteeSuspended, NoMailServer
from portfolio.domain.kernel import NotPermitted, NotVisible
from tests.api.conftest import Tell
from tests.api.world import World, refused

ADDRESS = "Coach@College.example"
INVITATION = "/people/{coach}/invitation"


@pytest.fixture
def world(stages: Tell, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with closing(stages("people").copy(tmp_path_factory.mktemp("invitations") / "world")) as world:
        world.as_("admin").does("/people/{coach}/address", {"address": ADDRESS})
        yield world


def comes(world: World, person: str) -> None:
    code = world.services.sessions.issue_link(world[person]).partition("code=")[2]  # type: ignore[attr-defined]
    answer = world.app.test_client().post("/sign-in", data={"code": code}, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303


def test_an_invitation_holds_until_somebody_signs_in_and_is_told_in_the_list(world: World) -> None:
    admin = world.as_("admin")
    admin.does(INVITATION)
    assert admin.sees("/people/{coach}")["invited"] is True
    (row,) = admin.sees("/people?state=invited")["items"]
    assert (row["person_id"], row["invited"]) == (str(world["coach"]), "2026-11-02T09:00:00Z")
    comes(world, "coach")
    comes(world, "coach")
    assert admin.sees("/people/{coach}")["invited"] is False
    assert admin.sees("/people?state=invited")["items"] == []
    facts = [type(each.fact).__name__ for each in world.journal.read(world["coach"])]
    assert facts[-2:] == ["PersonInvited", "InvitationTakenUp"], "it is noted once"


def test_only_administrators_invite_and_only_whom_there_is(world: World) -> None:
    for person in ("coach", "responsible", "lead", "mia"):
        answer = world.as_(person).post(INVITATION)
        assert answer.status_code in (403, 404), person
    refused(world.as_("responsible").post(INVITATION), NotPermitted)
    refused(world.as_("admin").post(f"/people/{uuid4()}/invitation"), NotVisible)


def test_nobody_is_invited_without_an_address_while_suspended_or_too_often(world: World) -> None:
    admin = world.as_("admin")
    refused(admin.post("/people/{mia}/invitation"), AddressNotRegistered)
    admin.does(INVITATION)
    refused(admin.post(INVITATION), InvitedLately)
    world.now += timedelta(days=1)
    admin.does("/people/{coach}/suspension", {"reason": "An inquiry."})
    refused(admin.post(INVITATION), InviteeSuspended)
    admin.does("/people/{coach}/reinstatement", {"reason": "It is over."})
    for number in range(3):
        admin.does("/people/{coach}/address", {"address": f"{number}@college.example"})
        admin.does(INVITATION)
    admin.does("/people/{coach}/address", {"address": "3@college.example"})
    refused(admin.post(INVITATION), InvitedLately)


def test_where_no_mail_is_sent_nobody_is_invited(world: World) -> None:
    world.services = replace(world.services, handler=replace(world.handler, mails=False))
    refused(world.as_("admin").post(INVITATION), NoMailServer)


def test_an_address_that_is_removed_takes_its_invitation_along(world: World) -> None:
    admin = world.as_("admin")
    admin.does(INVITATION)
    admin.does("/people/{coach}/address/removal")
    assert admin.sees("/people/{coach}")["invited"] is False
    assert admin.sees("/people?state=invited")["items"] == []
    comes(world, "coach")
    assert "InvitationTakenUp" not in [type(each.fact).__name__ for each in world.journal.read(world["coach"])]
    world.journal.close()
    for file in world.folder.glob("*.db*"):
        assert b"college.example" not in file.read_bytes().lower()
    world.journal = world.journals.in_file(world.folder / "facts.db", secret=b"index")
