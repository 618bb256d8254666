"""Programs that sign in and act: within their rows, for whom they act for, and no further (PROGRAM-1, -2, -4 to -6).

A program tries here what one would that wants more than it was given.
"""

import json
from base64 import urlsafe_b64encode
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey
from werkzeug.test import TestResponse

from api.auth import PageForPeople
from portfolio.application.ports import Unauthenticated
from portfolio.application.program_sign_in import (
    GrantNotTaken,
    NoPlaceForFiles,
    ProgramHasNoToken,
    ProgramNotRecognised,
    ScopeTooWide,
    TokenRequestFaulty,
)
from portfolio.domain.kernel import NotPermitted, NotVisible, Rejected
from portfolio.domain.person import PersonUnknown
from portfolio.domain.program.refusals import OutOfScope, ProgramStopped
from portfolio.domain.program.rows import BRINGS_FILES
from tests.api.conftest import Tell
from tests.api.programs import (
    BY_KEY,
    ProgramCaller,
    ask,
    assertion,
    by_key,
    by_secret,
    key,
    other_kind,
    public,
    registered,
    signed_in,
    token,
)
from tests.api.story import begin
from tests.api.world import DECLARED, World, enrolment, offer, put, refused
from tests.infra.vault import files

WHY = {"reason": "The contract has ended."}
EVERYTHING = ("see:enrolment", "see:evidence", "ask:own-enrolments", "ask:people", "see:person", "do:register-person")


@pytest.fixture
def world(tell: Tell) -> World:
    world = tell("submitted")
    registered(world, "coach", *BRINGS_FILES)
    registered(world, "admin", *EVERYTHING, name="office")
    return world


def denied(answer: TestResponse, refusal: type[Rejected], error: str) -> None:
    """Insist on a refusal as RFC 6749 has them."""
    assert answer.content_type == "application/json", answer.text
    said = answer.get_json()
    assert (said["type"], said["error"]) == (f"/problems/{refusal.code}", error), answer.text
    assert answer.status_code == (401 if error == "invalid_client" else 400)
    assert ("WWW-Authenticate" in answer.headers) is (answer.status_code == 401)
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_program_signs_in_for_ten_minutes_by_a_key_or_a_secret(world: World) -> None:
    secret = world.as_("admin").does("/programs/{office}/secrets")["secret"]
    in_form = {"client_id": str(world["office"]), "client_secret": secret}
    answers = [
        by_key(world, assertion(world, world["office"])),
        by_key(world, assertion(world, world["office"], aud=["http://localhost/oauth/token"])),
        by_key(world, assertion(world, world["office"], header={"kid": key().thumbprint()}), client_id=world["office"]),
        by_secret(world, world["office"], secret),
        ask(world, in_form),
    ]
    for answer in answers:
        said = answer.get_json()
        assert (said["token_type"], said["expires_in"], said["scope"]) == ("Bearer", 600, " ".join(sorted(EVERYTHING)))
    office = signed_in(world, "office")
    office.sees("/people")
    world.now = world.now.replace(minute=world.now.minute + 11)
    refused(office.get("/people"), Unauthenticated)
    world.as_("admin").does("/programs/{office}/keys", public(other_kind()))
    assert token(by_key(world, assertion(world, world["office"], other_kind())))


def test_what_a_program_did_is_told_of_it_and_of_whom_it_acted_for(world: World) -> None:
    office = signed_in(world, "office")
    office.does("/people", {"name": "Zoe", "works_for": "centre"}, name="zoe")
    world.as_("admin").does("/people", {"name": "Yan", "works_for": "centre"})
    rows = world.as_("admin").sees("/people/{admin}/acts?kind=person.registered")["items"][-2:]
    assert [(row["name"], row["by"], row["program"]) for row in rows] == [
        ("The program Learner system for Admin", str(world["admin"]), str(world["office"])),
        ("Admin", str(world["admin"]), None),
    ]
    assert world.journal.read(world["zoe"])[0].program == world["office"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/people/{mia}/roles", {"role": "coach"}),
        ("/people/{admin}/sign-out", None),
        ("/programs/{office}/scope", {"rows": ["see:appeal"], **WHY}),
        ("/programs/{office}/secrets", None),
        ("/evidence/{evidence}/acceptance", {"version": 1}),
        ("/enrolments/{enrolment}/pause", {"pauses_on": "2026-11-02", **WHY}),
    ],
)
def test_a_program_gives_no_command_that_it_was_not_given_though_its_owner_may(
    world: World, path: str, body: dict[str, Any] | None
) -> None:
    head = world.journal.head()
    answer = signed_in(world, "office").post(path, body)
    assert answer.status_code in (403, 404), answer.text
    assert world.journal.head() == head


@pytest.mark.parametrize(
    "path", ["/enrolments/{enrolment}/audit-trail", "/programs", "/programs/{office}", "/me", "/operations", "/audits"]
)
def test_a_program_is_shown_nothing_that_it_was_not_given_though_its_owner_is(world: World, path: str) -> None:
    answer = signed_in(world, "office").get(path)
    assert answer.status_code in (403, 404)
    assert str(world["mia"]) not in answer.text


def test_lists_and_parts_of_records_are_bounded_by_rows_too(world: World) -> None:
    world.as_("admin").does("/programs/{office}/scope", {"rows": ["ask:own-enrolments"], **WHY})
    assert signed_in(world, "office").sees("/enrolments")["items"] == []
    world.as_("admin").does("/programs/{office}/scope", {"rows": ["ask:own-enrolments", "see:enrolment"], **WHY})
    office = signed_in(world, "office")
    assert len(office.sees("/enrolments")["items"]) == 1
    assert office.sees("/enrolments/{enrolment}")["uln"] is None
    assert world.as_("admin").sees("/enrolments/{enrolment}")["uln"] is not None
    refused(office.get("/people"), OutOfScope)
    world.as_("admin").does("/programs/{office}/scope", {"rows": [*EVERYTHING, "ask:learner-number"], **WHY})
    assert office.sees("/enrolments/{enrolment}")["uln"] is not None


def test_a_program_may_never_more_than_its_owner(world: World) -> None:
    world.as_("admin").does("/programs/{program}/scope", {"rows": [*EVERYTHING], **WHY})
    program = signed_in(world)
    assert program.sees("/enrolments/{enrolment}")
    assert program.post("/people", {"name": "Zoe", "works_for": "centre"}).status_code in (403, 404)
    refused(program.get("/people/{mia}"), NotVisible)
    world.as_("admin").does("/people/{coach}/roles/end", {"role": "coach"})
    refused(program.get("/enrolments/{enrolment}"), NotVisible)


def test_a_token_for_fewer_rows_holds_by_those_alone(world: World) -> None:
    narrow = signed_in(world, "office", scope="ask:people")
    assert narrow.sees("/people")
    refused(narrow.get("/enrolments/{enrolment}"), OutOfScope)
    wide = by_key(world, assertion(world, world["office"]), scope="ask:people do:grant-role")
    denied(wide, ScopeTooWide, "invalid_scope")


def test_a_program_brings_files_into_drafts_of_an_apprentice_and_does_nothing_else_there(world: World) -> None:
    program, content = signed_in(world, enrolment=world["enrolment"]), files.pdf((200, 300))
    receipt = program.does("/evidence", offer(world, content), name="brought")
    upload = program.sees("/evidence/{brought}/upload?version=1")
    assert put(world, upload["parts"][0]["url"], content).status_code == 204
    program.does("/evidence/{brought}/upload", {"version": 1})
    assert world.journal.read(world["brought"])[0].by == world["mia"]
    assert receipt["version_number"] == 1
    for path in ("/evidence/{evidence}", "/evidence/{evidence}/upload?version=1"):
        refused(program.get(path), NotVisible)
    for path in ("/enrolments/{enrolment}", "/enrolments/{enrolment}/evidence", "/me", "/enrolments", "/people/{mia}"):
        refused(program.get(path), OutOfScope)
    for path, body in (
        ("/evidence/{brought}/submission", {"version": 1, "declaration": DECLARED}),
        ("/evidence/{brought}/claims", {"version": 1, "codes": ["S11"]}),
        ("/evidence/{brought}/description", {"version": 1, "title": "Mine"}),
        ("/evidence/{brought}/discard", {"version": 1}),
    ):
        refused(program.post(path, body), OutOfScope)
    mia = world.as_("mia")
    _, row = mia.sees("/enrolments/{enrolment}/audit-trail?kind=evidence.upload-offered")["items"]
    assert row["name"] == "The program Learner system for Mia"
    mia.does("/evidence/{brought}/submission", {"version": 1, "declaration": DECLARED})
    refused(program.get("/evidence/{brought}"), NotVisible)


def test_it_brings_files_only_where_its_owner_is_the_coach_and_only_to_that_enrolment(world: World) -> None:
    other = enrolment(world, apprentice=world["noah"], uln="1000000019")
    world.as_("admin").does("/enrolments", other, name="other")
    denied(
        by_key(world, assertion(world, world["program"]), enrolment=world["other"]), NoPlaceForFiles, "invalid_scope"
    )
    denied(by_key(world, assertion(world, world["program"]), enrolment=uuid4()), NoPlaceForFiles, "invalid_scope")
    program, content = signed_in(world, enrolment=world["enrolment"]), files.pdf((200, 300))
    refused(program.post("/evidence", offer(world, content, enrolment_id=world["other"])), NotVisible)
    refused(signed_in(world).post("/evidence", offer(world, content)), NotPermitted)
    world.as_("admin").does("/people/{coach}/roles/end", {"role": "coach"})
    refused(program.post("/evidence", offer(world, content)), NotVisible)
    registered(world, "admin", "see:evidence", name="narrow")
    refused(signed_in(world, "narrow", world["enrolment"]).post("/evidence", offer(world, content)), OutOfScope)


def test_a_program_stops_with_the_next_request(world: World) -> None:
    office, admin = signed_in(world, "office"), world.as_("admin")
    admin.does("/programs/{office}/suspension", WHY)
    refused(office.get("/people"), ProgramStopped)
    denied(by_key(world, assertion(world, world["office"])), ProgramHasNoToken, "unauthorized_client")
    admin.does("/programs/{office}/reinstatement", WHY)
    assert office.sees("/people")
    admin.does("/programs/{office}/scope", {"rows": ["see:person"], **WHY})
    refused(office.get("/people"), OutOfScope)
    program = signed_in(world, enrolment=world["enrolment"])
    world.as_("responsible").does("/people/{coach}/suspension", WHY)
    refused(program.post("/evidence", offer(world, b"x")), ProgramStopped)
    denied(by_key(world, assertion(world, world["program"])), ProgramHasNoToken, "unauthorized_client")
    admin.does("/programs/{office}/end", WHY)
    refused(office.get("/people/{mia}"), ProgramStopped)


def test_a_revoked_key_signs_nothing_and_what_was_given_for_it_is_over_while_the_other_goes_on(world: World) -> None:
    admin = world.as_("admin")
    admin.does("/programs/{office}/keys", public(key("second")))
    before = signed_in(world, "office")
    after = by_key(world, assertion(world, world["office"], key("second"), header={"kid": key("second").thumbprint()}))
    admin.does("/programs/{office}/credentials/revocation", {"credential": key().thumbprint(), **WHY})
    refused(before.get("/people"), ProgramStopped)
    denied(by_key(world, assertion(world, world["office"])), ProgramNotRecognised, "invalid_client")
    before.bearer = token(after)
    assert before.sees("/people")
    admin.does("/programs/{office}/owner", {"owner": world["responsible"], **WHY})
    refused(before.get("/people"), ProgramStopped)


def unsigned(world: World, header: dict[str, Any], signature: str = "") -> str:
    """Return an assertion with a header of one's own, and whatever stands for a signature."""
    claims = assertion(world, world["office"]).split(".")[1]
    return f"{urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip('=')}.{claims}.{signature}"


def test_an_assertion_is_refused_that_is_not_what_it_must_be(world: World) -> None:
    office, program, now = world["office"], world["program"], int(world.now.timestamp())
    stranger, public_half = key("of a stranger"), json.dumps(public(key()))
    by_mac = jwt.encode(
        {"alg": "HS256"},
        {"iss": str(office), "sub": str(office), "aud": "http://localhost", "exp": now + 60, "jti": "mac"},
        OctKey.import_key(public_half * 2),
        algorithms=["HS256"],
    )
    attempts = {
        "another key": assertion(world, office, stranger),
        "another key under our name": assertion(world, office, stranger, header={"kid": key().thumbprint()}),
        "a key that it brings": assertion(world, office, stranger, header={"jwk": public(stranger)}),
        "a key elsewhere": assertion(world, office, stranger, header={"jku": "http://localhost/keys"}),
        "what we cannot know": unsigned(world, {"alg": "Ed25519", "crit": ["x"], "x": 1}),
        "a curve that has no key": assertion(world, office, other_kind()),
        "no algorithm": unsigned(world, {"alg": "none"}),
        "no algorithm, signed": unsigned(world, {"alg": "none"}, "AAAA"),
        "a key as a password": by_mac,
        "an access token": signed_in(world, "office").bearer,
        "the type of an access token": assertion(world, office, header={"typ": "at+jwt"}),
        "a type of our own": assertion(world, office, header={"typ": "x"}),
        "of another deployment": assertion(world, office, aud="http://other"),
        "for two": assertion(world, office, aud=["http://localhost", "http://other"]),
        "for nobody": assertion(world, office, aud=None),
        "by another issuer": assertion(world, office, iss=str(program)),
        "for another program": assertion(world, office, sub=str(program)),
        "of nobody": assertion(world, uuid4()),
        "of no program": assertion(world, world["admin"]),
        "run out": assertion(world, office, exp=now - 31),
        "for ever": assertion(world, office, exp=now + 3600),
        "for ever and a day": assertion(world, office, exp=1e300),
        "without an end": assertion(world, office, exp=None),
        "not yet": assertion(world, office, nbf=now + 60),
        "of tomorrow": assertion(world, office, iat=now + 60),
        "nameless": assertion(world, office, jti=None),
        "nameless again": assertion(world, office, jti=""),
    }
    for what, signed in attempts.items():
        answer = by_key(world, signed)
        assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_client"), what
    denied(by_key(world, assertion(world, office), client_id=program), ProgramNotRecognised, "invalid_client")
    assert token(by_key(world, assertion(world, office, nbf=now, iat=now, header={"typ": "JWT"})))


def test_a_token_of_another_deployment_is_none_here(world: World, tmp_path: Path) -> None:
    other = World.new(tmp_path / "other")
    begin(other)
    stolen = signed_in(world, "office").bearer
    refused(ProgramCaller(other, "office", stolen).get("/people"), Unauthenticated)
    other.close()


def test_an_assertion_opens_the_door_once(world: World) -> None:
    signed = assertion(world, world["office"])
    assert token(by_key(world, signed))
    denied(by_key(world, signed), ProgramNotRecognised, "invalid_client")


def test_a_program_uses_no_page_and_is_no_person(world: World) -> None:
    office = signed_in(world, "office")
    for path in ("/", "/people", "/sign-in/sessions", f"/enrolments/{world['enrolment']}"):
        answer = office.client.get(path)
        assert answer.status_code in (403, 404), path
    refused(office.client.get("/"), PageForPeople)
    assert office.client.post("/sign-out", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 403
    world.as_("admin").does("/programs/{office}/scope", {"rows": ["do:assign-person", "see:enrolment"], **WHY})
    part = {"person_id": world["office"], "assignment": "coach", "starts_on": "2026-11-02"}
    refused(office.post("/enrolments/{enrolment}/assignments", part), PersonUnknown)


def test_a_token_that_names_a_person_of_the_programs_id_is_of_nobody(world: World) -> None:
    forged = signed_in(world, "office")
    forged.bearer = world.tokens.issue(world["office"], timedelta(hours=1))
    answer = forged.get("/people")
    assert answer.status_code in (403, 404)


@pytest.mark.parametrize(
    ("form", "refusal", "error"),
    [
        ({"grant_type": "password"}, GrantNotTaken, "unsupported_grant_type"),
        ({"grant_type": ""}, GrantNotTaken, "unsupported_grant_type"),
        ({}, TokenRequestFaulty, "invalid_request"),
        ({"client_assertion": "x.y.z"}, TokenRequestFaulty, "invalid_request"),
        ({"client_assertion": "x.y.z", "client_assertion_type": BY_KEY}, ProgramNotRecognised, "invalid_client"),
        (
            {"client_assertion": "x", "client_assertion_type": BY_KEY, "client_secret": "x"},
            TokenRequestFaulty,
            "invalid_request",
        ),
        ({"client_secret": "x", "enrolment": "x", "client_id": str(uuid4())}, TokenRequestFaulty, "invalid_request"),
        ({"client_secret": "x"}, ProgramNotRecognised, "invalid_client"),
        ({"client_secret": "x", "client_id": "x"}, ProgramNotRecognised, "invalid_client"),
        ({"client_secret": "x", "client_id": str(uuid4())}, ProgramNotRecognised, "invalid_client"),
        ({"client_secret": ["x", "y"], "client_id": str(uuid4())}, TokenRequestFaulty, "invalid_request"),
    ],
)
def test_a_request_for_a_token_that_is_none_is_refused_as_its_standard_says(
    tell: Tell, form: dict[str, Any], refusal: type[Rejected], error: str
) -> None:
    denied(ask(tell("begin"), form), refusal, error)


@pytest.mark.parametrize("header", ["Basic", "Basic !", "Basic eA==", "Bearer x", "Basic eDo="])
def test_a_header_that_names_no_program_is_refused(tell: Tell, header: str) -> None:
    answer = ask(tell("begin"), {}, headers={"Authorization": header})
    denied(answer, ProgramNotRecognised, "invalid_client")


def test_a_client_finds_out_where_and_how_to_sign_in(world: World) -> None:
    client = world.app.test_client()
    said = client.get("/.well-known/oauth-authorization-server").get_json()
    assert (said["issuer"], said["token_endpoint"]) == ("http://localhost", "http://localhost/oauth/token")
    (shown,) = client.get(said["jwks_uri"].removeprefix("http://localhost")).get_json()["keys"]
    assert "d" not in shown
    checked = OKPKey.import_key(shown)
    assert token(by_key(world, assertion(world, world["office"])))
    assert checked.curve_name == "Ed25519"
