"""The security log says which program came in, with what, what it was refused, and who asked for what is not theirs."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest

from portfolio.application.ports import Unauthenticated
from portfolio.application.program_sign_in import ProgramHasNoToken, ProgramNotRecognised, ScopeTooWide
from portfolio.domain.kernel import NotVisible
from portfolio.domain.program.refusals import CredentialsAreTheOwners, OutOfScope, ProgramStopped
from tests.api.conftest import Tell
from tests.api.programs import ask, assertion, by_key, by_secret, key, registered, signed_in
from tests.api.world import World, refused
from tests.pages.visitor import Visitor
from tests.security import Listed

WHY = {"reason": "The contract has ended."}


@pytest.fixture
def world(tell: Tell) -> World:
    world = tell("people")
    registered(world, "admin", "ask:people")
    return world


@pytest.fixture
def noted(world: World) -> Listed:
    log = Listed()
    world.services = replace(world.services, security=log)
    world.tokens._security = log
    return log


def test_a_program_that_comes_in_is_noted_with_its_owner_and_its_key_and_so_is_that_it_is_used(
    world: World, noted: Listed
) -> None:
    program = signed_in(world)
    for _ in range(2):
        program.sees("/people")
    named = {"program": world["program"]}
    assert noted.lines == [
        ("sign-in", world["admin"], {"how": "program", "key": key().thumbprint(), **named}),
        ("key-used", None, {"key": "token-key.pem", "credential": key().thumbprint(), **named}),
    ]


def test_what_a_program_is_refused_is_noted_with_its_name_and_for_whom_it_acts(world: World, noted: Listed) -> None:
    program = signed_in(world)
    noted.lines.clear()
    refused(program.get("/people/{admin}"), OutOfScope)
    world.as_("admin").does("/programs/{program}/suspension", WHY)
    refused(program.get("/people"), ProgramStopped)
    lines = [(who, words["why"], words["program"]) for event, who, words in noted.lines if event == "refused"]
    assert lines == [
        (world["admin"], OutOfScope.code, world["program"]),
        (None, ProgramStopped.code, world["program"]),
    ]


def test_whoever_is_given_no_token_is_noted_once_by_whom_they_say_they_are(world: World, noted: Listed) -> None:
    program, nobody = world["program"], uuid4()
    by_key(world, assertion(world, program, key("of a stranger")))
    by_secret(world, program, "guessed")
    ask(world, {"client_id": str(program), "client_secret": "guessed"})
    by_secret(world, nobody, "guessed")
    by_key(world, "no assertion")
    by_key(world, assertion(world, program), scope="do:grant-role")
    ask(world, {"grant_type": "password"})
    world.as_("admin").does("/programs/{program}/suspension", WHY)
    by_key(world, assertion(world, program))
    assert {(event, words["how"]) for event, _, words in noted.lines if event != "key-used"} == {
        ("sign-in-failed", "program")
    }
    tried = [(words["why"], words.get("program")) for event, _, words in noted.lines if event != "key-used"]
    unknown = ProgramNotRecognised.code
    assert tried == [
        (unknown, program),
        (unknown, program),
        (unknown, program),
        (unknown, nobody),
        (unknown, None),
        (ScopeTooWide.code, program),
        ("grant-not-taken", None),
        (ProgramHasNoToken.code, program),
    ]


def test_who_asks_for_what_they_may_not_see_or_never_may_is_noted_and_who_mistypes_an_address_is_not(
    world: World, noted: Listed
) -> None:
    registered(world, "coach", "see:enrolment")
    noted.lines.clear()
    refused(world.as_("assessor").get("/programs/{program}"), NotVisible)
    refused(world.as_("admin").post("/programs/{program}/secrets"), CredentialsAreTheOwners)
    Visitor(world, "admin").send(Visitor(world, "coach").reads("/programs/{program}/secret"), "secret")
    Visitor(world, "assessor").ask("/programs/{program}")
    world.as_("assessor").get("/programs/no-id")
    Visitor(world, "assessor").ask("/nowhere")
    lines = [(who, words["route"], words["status"]) for event, who, words in noted.lines if event == "refused"]
    assert lines == [
        (world["assessor"], "programs.get_program", "404"),
        (world["admin"], "programs.add_program_secret", "409"),
        (world["admin"], "pages.make_secret", "409"),
        (world["assessor"], "pages.program", "404"),
    ]


def test_what_a_provider_did_not_say_of_a_session_that_ended_is_noted(world: World, noted: Listed) -> None:
    def ended(*_: str) -> str:
        raise Unauthenticated("This logout token was used before.")

    world.services = replace(world.services, providers=cast(Any, SimpleNamespace(ended=ended)))
    assert world.app.test_client().post("/sign-in/with/college/ended").status_code == 400
    assert noted.lines == [("sign-out-failed", None, {"how": "provider college"})]
