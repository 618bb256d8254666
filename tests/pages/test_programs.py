"""Pages of programs: the office registers and bounds one, its owner gives it keys, and each sees what became of it."""

import json
from uuid import UUID

import pytest

from portfolio.domain.program.refusals import CredentialKnown, CredentialsAreTheOwners, KeyNotReadable
from portfolio.domain.program.rows import BRINGS_FILES
from tests.api.conftest import Tell
from tests.api.programs import assertion, by_key, by_secret, key, other_kind, public, registered, token
from tests.api.world import World
from tests.pages.page import Page
from tests.pages.visitor import Visitor

WHY = "The contract has ended."


@pytest.fixture
def world(tell: Tell) -> World:
    return tell("people")


def labels(page: Page) -> list[str]:
    return [each.text for each in page.top.one("main").all("a", role="button")]


def link(page: Page, text: str) -> str:
    (found,) = {each.attributes["href"] for each in page.top.one("main").all("a") if each.text == text}
    return found


def test_an_administrator_registers_a_program_for_somebody_who_alone_gives_it_a_key(world: World) -> None:
    admin, coach = Visitor(world, "admin"), Visitor(world, "coach")
    assert "There is none" in admin.reads("/programs").text
    form = admin.reads(link(admin.reads("/programs/new?search=coach"), "Coach"))
    page = admin.does(form, "new", name="Learner system", rows=sorted(BRINGS_FILES))
    assert "Waits for a key" in page.text
    assert "Files: announce a file as a new item" in page.text
    assert CredentialsAreTheOwners.title() in page.text
    assert labels(page) == ["Change what it may do", "Give it another owner", "Suspend it", "End it for good"]
    assert "Admin registered the program Learner system of Coach" in admin.reads("/programs").text
    path = link(admin.reads("/programs"), "Learner system")
    assert admin.post(f"{path}/secret", {"key": "x"}).status_code == 409
    assert admin.post(f"{path}/key", {"key": "x", "jwk": json.dumps(public(key()))}).status_code == 409

    assert link(coach.reads("/account"), "Learner system") == path
    page = coach.reads(path)
    assert labels(page) == ["Add a key", "Make a secret", "Suspend it"]
    page = coach.does(coach.reads(f"{path}/key"), "key", jwk=key().as_pem(private=False).decode())
    assert f"You gave the program the key {key().thumbprint()[:8]}" in page.top.text
    assert "At work" in page.text
    page = coach.does(coach.reads(f"{path}/key"), "key", jwk=json.dumps(public(other_kind())))
    program, here = UUID(path.rpartition("/")[2]), world.app.extensions["portfolio"].base_url
    for signed in (key(), other_kind()):
        assert token(by_key(world, assertion(world, program, signed, aud=here)))
    assert Visitor(world, "assessor").ask(path).status_code == 404
    assert "Learner system" not in Visitor(world, "assessor").reads("/programs").text
    assert "Learner system" in Visitor(world, "responsible").reads("/programs").text


def test_a_secret_is_shown_to_its_owner_once_and_never_again(world: World) -> None:
    registered(world, "coach", "see:enrolment")
    coach = Visitor(world, "coach")
    path, fields = coach.reads("/programs/{program}/secret").form("secret")
    answer = coach.post(path, fields)
    secret = Page(answer.text).top.one("code").text
    assert answer.headers["Cache-Control"] == "no-store"
    assert token(by_secret(world, world["program"], secret))
    again = coach.post(path, fields)
    assert (again.status_code, secret in again.text, "shown before" in again.text) == (200, False, True)
    page = coach.reads("/programs/{program}")
    assert (secret in page.text, len(world.as_("coach").sees("/programs/{program}")["credentials"])) == (False, 2)


@pytest.mark.parametrize(
    ("pasted", "says"),
    [
        ("", KeyNotReadable.title()),
        ("nothing of the kind", KeyNotReadable.title()),
        ("{", KeyNotReadable.title()),
        ('{"kty": "RSA", "n": "x", "e": "AQAB"}', KeyNotReadable.title()),
        ('{"kty": "EC", "crv": "P-256", "x": "' + "A" * 43 + '", "y": "' + "A" * 43 + '"}', KeyNotReadable.title()),
        (key("a private one").as_pem(private=True).decode(), "This is the private half"),
        (json.dumps(key("a private one").as_dict(private=True)), "This is the private half"),
        (json.dumps(public(key())), CredentialKnown.title()),
    ],
    ids=["nothing", "words", "half of it", "RSA", "no point", "private PEM", "private JWK", "a known one"],
)
def test_what_is_no_key_of_ours_is_said_so_and_a_private_half_is_not_shown_again(
    world: World, pasted: str, says: str
) -> None:
    registered(world, "coach", "see:enrolment")
    coach = Visitor(world, "coach")
    answer = coach.send(coach.reads("/programs/{program}/key"), "key", jwk=pasted)
    assert answer.status_code in (409, 422)
    page = Page(answer.text)
    assert says in page.refusal
    shown = page.top.one("textarea").text
    assert shown == ("" if "private" in says else " ".join(pasted.split()))


def test_what_a_program_may_do_its_owner_and_its_state_change_on_pages_that_ask_first(world: World) -> None:
    registered(world, "coach", "see:enrolment", "ask:people")
    admin, path = Visitor(world, "admin"), "/programs/{program}"
    page = admin.does(admin.reads(f"{path}/rows"), "rows", rows=["see:enrolment", "see:person"], reason=WHY)
    assert "now also “People: see a person with roles, competences and interests”" in page.text
    assert "no longer “People: list and search people”" in page.text
    page = admin.refused(admin.reads(f"{path}/rows"), "rows", 422, rows=["see:enrolment"], reason="")
    assert "fill this in" in page.refusal

    page = admin.does(admin.reads(f"{path}/suspension"), "suspension", reason=WHY)
    assert ("Suspended" in page.text, "Reinstate it" in labels(page), "Suspend it" in labels(page)) == (
        True,
        True,
        False,
    )
    assert "Reinstate it" not in labels(Visitor(world, "coach").reads(path))
    rex = Visitor(world, "responsible")
    page = rex.does(rex.reads(f"{path}/reinstatement"), "reinstatement", reason=WHY)
    assert labels(page) == ["Suspend it"]

    revoked = link(admin.reads(path), f"Revoke the key {key().thumbprint()[:8]}")
    page = admin.does(admin.reads(revoked), "revocation", reason="It was lost.")
    assert "Waits for a key" in page.text
    world.as_("coach").does("/programs/{program}/keys", public(other_kind()))

    world.as_("responsible").does("/people/{coach}/suspension", {"reason": WHY})
    assert "Whoever owns it is suspended" in admin.reads(path).text
    choosing = admin.reads(f"{path}/owner?search=coach")
    assert "Not possible now" in choosing.text
    page = admin.does(admin.reads(link(admin.reads(f"{path}/owner?search=emp"), "Employer")), "owner", reason=WHY)
    assert ("It acts for Employer" in page.text, "It has none that counts" in page.text) == (True, True)

    page = admin.does(admin.reads(f"{path}/end"), "end", reason=WHY)
    assert ("Ended" in page.text, labels(page)) == (True, [])
    assert "not possible now" in admin.reads(f"{path}/rows").text


def test_who_may_not_is_asked_for_nothing(world: World) -> None:
    registered(world, "coach", "see:enrolment")
    coach, assessor = Visitor(world, "coach"), Visitor(world, "assessor")
    for last in ("rows", "owner", "reinstatement", "end"):
        assert coach.ask(f"/programs/{{program}}/{last}").status_code in (403, 404), last
    for last in ("key", "secret", "rows", "revocation?credential=x", "suspension"):
        assert assessor.ask(f"/programs/{{program}}/{last}").status_code == 404, last
    for visitor in (coach, assessor):
        assert visitor.ask("/programs/new").status_code in (403, 404)
        assert "Programs" not in [each.text for each in visitor.reads("/account").top.one("nav").all("a")]
    assert coach.ask("/programs/{program}/revocation").status_code == 404
