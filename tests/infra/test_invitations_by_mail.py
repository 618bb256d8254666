"""Invitations on their way: each in a mail of its own, to the address it was for, while it is theirs, and once."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from infra.store.outbox import REFUSED, SENT, Outbox
from portfolio.application.notice_mails import invitation
from portfolio.application.notices import MailStanding
from portfolio.domain.kernel import changed
from tests.infra.store.test_outbox import again, shared
from tests.infra.test_notices_sent import Office, base, office, stages, tell
from tests.notices import MINUTE, NOW, notice

__all__ = ["again", "base", "office", "shared", "stages", "tell"]

ADDRESS = "jo@college.example"


@pytest.fixture
def door(office: Office) -> Office:
    """Return the office whose mails go to the addresses that are registered."""
    office.deliveries.address_of = office.world.services.addresses.address_of
    office.world.as_("admin").does("/people/{mia}/address", {"address": ADDRESS})
    return office


def invites(office: Office, person: str = "mia") -> MailStanding | None:
    """Have somebody invited, and return what is known of the mail once it was looked for."""
    office.world.as_("admin").does(f"/people/{{{person}}}/invitation")
    office.world.reads.settle()
    office.deliveries.take_out()
    return standing(office, person)


def standing(office: Office, person: str = "mia") -> MailStanding | None:
    invited = [each for each in office.world.journal.read(office.world[person]) if each.tag == "person.invited"]
    return office.deliveries.outbox.stands(office.world[person], invited[-1].position)


def sent(office: Office) -> list[tuple[str, str, str]]:
    office.deliveries.step()
    mails = [(to, subject, text) for to, subject, text, _ in office.post.sent]
    office.post.sent.clear()
    return mails


def test_an_invitation_goes_at_once_once_and_alone_however_often_somebody_is_told(door: Office) -> None:
    door.chooses("mia", "at once")
    door.world.as_("admin").does("/enrolments/{enrolment}/pause", {"pauses_on": "2026-11-02", "reason": "A wrist."})
    door.chooses("mia", "none")
    assert invites(door) == MailStanding("waits", None)
    ((to, subject, text),) = sent(door)
    assert (to, subject) == (ADDRESS, "Portfolio: you are invited to sign in")
    assert "https://portfolio.example/sign-in\n" in text
    assert not any(word in f"{subject} {text}" for word in ("Mia", ADDRESS, "code=", str(door.world["mia"])))
    assert standing(door) == MailStanding("sent", door.world.now)
    door.world.reads.rebuild("notices")
    assert sent(door) == []


def test_a_mail_server_that_is_down_loses_no_invitation(door: Office) -> None:
    door.post.away = "The mail server does not answer."
    invites(door)
    assert sent(door) == []
    assert standing(door) in (MailStanding("waits", None), MailStanding("tried", None))
    door.post.away = ""
    door.world.now += timedelta(minutes=11)
    assert len(sent(door)) == 1


@pytest.mark.parametrize(
    "path",
    ["/people/{mia}/address/removal", "/people/{mia}/address", "/people/{mia}/suspension"],
    ids=["removed", "another", "suspended"],
)
def test_an_invitation_is_not_sent_once_its_address_is_not_theirs_any_more(door: Office, path: str) -> None:
    invites(door)
    body = {"address": "else@college.example"} if path.endswith("address") else {"reason": "An inquiry."}
    door.world.as_("admin").does(path, None if path.endswith("removal") else body)
    assert sent(door) == []
    assert standing(door) == MailStanding("needless", door.world.now)
    if path.endswith("removal"):  # the same address again is not what the old invitation was for
        door.world.as_("admin").does("/people/{mia}/address", {"address": ADDRESS})
        assert sent(door) == []


def test_what_is_kept_of_an_address_is_not_written_to_unless_the_record_says_the_same(door: Office) -> None:
    door.world.services.sign_in.set_address(door.world["mia"], "else@college.example", "another hash")
    invites(door)
    assert sent(door) == []


def test_an_address_that_no_mail_server_takes_is_said_to_be_such(door: Office) -> None:
    door.post.refuses = ADDRESS
    invites(door)
    assert sent(door) == []
    assert standing(door) == MailStanding("refused", door.world.now)


def test_an_invitation_is_no_notice_on_anybodys_page(door: Office) -> None:
    invites(door)
    assert door.world.as_("mia").sees("/notices")["items"] == []


def test_an_invitation_is_bundled_with_nothing_else_on_either_store(again: Callable[[], Outbox]) -> None:
    outbox, mia = again(), uuid4()
    outbox.begin(0)
    invited = changed(notice(2), kind="invited", why="the person")
    for each in (notice(1), invited, notice(3)):
        outbox.take(mia, each, NOW)
    first = outbox.bundle(mia, NOW, "first")
    assert first is not None
    assert first.notices == (invited,)
    assert outbox.stands(mia, 2) == MailStanding("waits", None)
    outbox.rest(mia, first, NOW)
    assert outbox.stands(mia, 2) == MailStanding("tried", None)
    rest = outbox.bundle(mia, NOW, "second")
    assert rest is not None
    assert [each.position for each in rest.notices] == [1, 3]
    outbox.end(mia, "second", SENT, NOW)
    outbox.end(mia, "first", REFUSED, NOW + MINUTE)
    assert outbox.stands(mia, 2) == MailStanding("refused", NOW + MINUTE)
    assert outbox.stands(mia, 9) is None


def test_the_mail_of_a_demonstration_says_that_it_is_one() -> None:
    mail = invitation("North College", "https://portfolio.example", demo=True)
    assert mail.text.startswith("This is a demonstration")
    assert mail.subject == "North College: you are invited to sign in"
