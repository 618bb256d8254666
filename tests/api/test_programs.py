"""Programs over HTTP: who registers, scopes, keys, suspends and ends one (PROGRAM-1, -3, -4)."""

from datetime import timedelta
from typing import Any

import pytest

from portfolio.domain.kernel import NotPermitted, NotVisible
from portfolio.domain.person import PersonUnknown
from portfolio.domain.program.refusals import (
    CredentialKnown,
    CredentialsAreTheOwners,
    CredentialUnknown,
    KeyNotReadable,
    OwnerSuspended,
    ProgramAlreadySuspended,
    ProgramHasEnded,
    ProgramNotSuspended,
    ProgramUnknown,
    RowNotForPrograms,
    TooManyCredentials,
)
from tests.api.conftest import Tell
from tests.api.programs import by_secret, key, other_kind, public, registered, token
from tests.api.world import refused

WHY = {"reason": "The contract has ended."}


def test_an_administrator_registers_scopes_suspends_and_ends_a_program(tell: Tell) -> None:
    world = tell("people")
    admin, rex = world.as_("admin"), world.as_("responsible")
    body = {"name": "Learner system", "owner": world["coach"], "rows": ["see:enrolment", "ask:me"]}
    answer = admin.post("/programs", body)
    assert answer.headers["Location"] == f"/v1/programs/{answer.get_json()['id']}"
    world.ids["program"] = answer.get_json()["id"]
    assert admin.sees("/programs/{program}") == {
        "program_id": str(world["program"]),
        "name": "Learner system",
        "owner": str(world["coach"]),
        "name_of_owner": "Coach",
        "state": "active",
        "rows": ["ask:me", "see:enrolment"],
        "credentials": [],
    }
    refused(admin.post("/programs", {**body, "owner": world["program"]}), PersonUnknown)
    refused(admin.post("/programs", {**body, "rows": ["do:decide-grade"]}), RowNotForPrograms)
    admin.does("/programs/{program}/scope", {"rows": ["see:person"], **WHY})
    admin.does("/programs/{program}/suspension", WHY)
    refused(admin.post("/programs/{program}/suspension", WHY), ProgramAlreadySuspended)
    assert [row["state"] for row in rex.sees("/programs?state=suspended")["items"]] == ["suspended"]
    rex.does("/programs/{program}/reinstatement", WHY)
    refused(rex.post("/programs/{program}/reinstatement", WHY), ProgramNotSuspended)
    refused(rex.post("/programs/{program}/end", WHY), NotPermitted)
    admin.does("/programs/{program}/end", WHY)
    refused(admin.post("/programs/{program}/end", WHY), ProgramHasEnded)
    refused(admin.post(f"/programs/{world['admin']}/end", WHY), ProgramUnknown)


def test_each_sees_their_own_programs_and_the_office_sees_all(tell: Tell) -> None:
    world = tell("people")
    registered(world, "coach", "see:enrolment")
    assert [row["name"] for row in world.as_("coach").sees("/programs?search=learner")["items"]] == ["Learner system"]
    assert len(world.as_("admin").sees("/programs")["items"]) == 1
    assert world.as_("assessor").sees("/programs")["items"] == []
    refused(world.as_("assessor").get("/programs/{program}"), NotVisible)
    rows = {row["row"] for row in world.as_("assessor").sees("/programs/rows")["items"]}
    assert "do:offer-evidence" in rows
    assert "do:decide-grade" not in rows


def test_only_the_owner_gives_a_program_keys_and_with_another_owner_they_end(tell: Tell) -> None:
    world = tell("people")
    registered(world, "coach", "see:enrolment")
    admin, coach = world.as_("admin"), world.as_("coach")
    refused(admin.post("/programs/{program}/keys", public(key("second"))), CredentialsAreTheOwners)
    refused(admin.post("/programs/{program}/secrets"), CredentialsAreTheOwners)
    refused(world.as_("assessor").post("/programs/{program}/secrets"), NotVisible)
    refused(coach.post("/programs/{program}/keys", public(key())), CredentialKnown)
    coach.does("/programs/{program}/keys", {**public(other_kind()), "use": "sig", "kid": "of the college"})
    coach.does("/programs/{program}/secrets")
    coach.does("/programs/{program}/secrets")
    refused(coach.post("/programs/{program}/secrets"), TooManyCredentials)
    shown = coach.sees("/programs/{program}")["credentials"]
    assert [each["kind"] for each in shown] == ["key", "key", "secret", "secret"]
    revocation = {"credential": shown[2]["credential"], **WHY}
    admin.does("/programs/{program}/credentials/revocation", revocation)
    refused(coach.post("/programs/{program}/credentials/revocation", revocation), CredentialUnknown)
    admin.does("/programs/{program}/owner", {"owner": world["employer"], **WHY})
    assert world.as_("employer").sees("/programs/{program}")["credentials"] == []
    refused(coach.get("/programs/{program}"), NotVisible)
    world.as_("responsible").does("/people/{coach}/suspension", WHY)
    refused(admin.post("/programs/{program}/owner", {"owner": world["coach"], **WHY}), OwnerSuspended)


def test_a_secret_is_shown_once_and_not_to_a_request_that_is_repeated(tell: Tell) -> None:
    world = tell("people")
    registered(world, "coach", "see:enrolment")
    once = {"Idempotency-Key": "of-the-secret"}
    first = world.as_("coach").does("/programs/{program}/secrets", headers=once)
    again = world.as_("coach").does("/programs/{program}/secrets", headers=once)
    assert again == {**first, "credential": None, "secret": None}
    assert token(by_secret(world, world["program"], first["secret"]))
    stored = b"".join(path.read_bytes() for path in world.folder.rglob("*") if path.is_file())
    assert first["secret"].encode() not in stored
    world.now += timedelta(days=400)
    assert token(by_secret(world, world["program"], first["secret"]))


@pytest.mark.parametrize(
    ("change", "field"),
    [({"d": "x"}, "d"), ({"kty": "RSA"}, "kty"), ({"kty": "EC"}, "kty"), ({"crv": "P-384"}, "crv"), ({"n": "x"}, "n")],
)
def test_what_is_no_public_key_of_ours_is_named(tell: Tell, change: dict[str, Any], field: str) -> None:
    world = tell("people")
    registered(world, "coach", "see:enrolment")
    answer = world.as_("coach").post("/programs/{program}/keys", {**public(key("second")), **change})
    assert (answer.status_code, [*answer.get_json()["fields"]]) == (422, [field])


def test_a_point_off_its_curve_is_no_key(tell: Tell) -> None:
    world = tell("people")
    registered(world, "coach", "see:enrolment")
    off = {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}
    refused(world.as_("coach").post("/programs/{program}/keys", off), KeyNotReadable)
