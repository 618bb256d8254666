"""Where what happens is sent, for whom, and by which secrets it is signed."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from portfolio.domain.kernel import Known
from portfolio.domain.person import Person
from portfolio.domain.program.aggregate import Program
from portfolio.domain.webhooks import (
    NOTICE,
    OLD_SECRET_GOOD_FOR,
    WEBHOOK,
    EndWebhook,
    EventTypeUnknown,
    ForWebhook,
    NobodyToSendFor,
    NoticesGoAlone,
    RegisterWebhook,
    RotateWebhookSecret,
    SecretJustRotated,
    SendAgain,
    SentAgain,
    WebhookAddressUnfit,
    WebhookEnded,
    WebhookIsOver,
    WebhookRegistered,
    WebhookSecretRotated,
    WebhookUnknown,
    fault_of_address,
)
from tests.domain.given import given
from tests.domain.world import IMPORTER, NOW, TODAY, an_id

HOOK, ADDRESS = an_id("a webhook"), "https://receiver.example/in?for=us"
KNOWN = ForWebhook(by=IMPORTER, at=NOW, today=TODAY, person=Person(name="Imran"))
NOW_KNOWN = Known(by=IMPORTER, at=NOW, today=TODAY)
REGISTERED = WebhookRegistered(title="Learner system", address=ADDRESS, for_id=IMPORTER, types=frozenset())
ENDED = WebhookEnded(reason="It is not used.")
ROTATED = WebhookSecretRotated(number=2, old_until=NOW + OLD_SECRET_GOOD_FOR, reason="A year is over.")
END = EndWebhook(webhook_id=HOOK, reason="It is not used.")
AGAIN = SendAgain(webhook_id=HOOK, events=frozenset({UUID(int=7)}))


def register(**fields: Any) -> RegisterWebhook:
    return RegisterWebhook(
        **{"webhook_id": HOOK, "title": "Learner system", "address": ADDRESS, "for_id": IMPORTER, **fields}
    )


def rotate(*, at_once: bool = False) -> RotateWebhookSecret:
    return RotateWebhookSecret(webhook_id=HOOK, at_once=at_once, reason="A year is over.")


def test_an_address_is_registered_for_somebody_who_is_there_and_for_types_that_there_are() -> None:
    given(WEBHOOK).when(register(), known=KNOWN).records(REGISTERED)
    given(WEBHOOK).when(register(types=frozenset({"evidence.handed.in"})), known=KNOWN).rejected(EventTypeUnknown)
    for person in (Person(), Person(name="Imran", suspended=True)):
        known = ForWebhook(by=IMPORTER, at=NOW, today=TODAY, person=person)
        given(WEBHOOK).when(register(), known=known).rejected(NobodyToSendFor)


WORKS: dict[str, Any] = {"name": "Learner system", "owner": IMPORTER, "rows": frozenset({"ask:changes"})}


@pytest.mark.parametrize(
    ("program", "owner", "types"),
    [
        ({"suspended": True}, {}, []),
        ({"ended": True}, {}, []),
        ({"rows": frozenset({"ask:me", "see:evidence"})}, {}, []),
        ({}, {}, [NOTICE]),
        ({}, {"suspended": True}, []),
    ],
)
def test_it_is_for_a_program_that_works_and_may_ask_for_what_is_sent(
    program: dict[str, Any], owner: dict[str, Any], types: list[str]
) -> None:
    def known(program: dict[str, Any], owner: dict[str, Any]) -> ForWebhook:
        owns = Person(**{"name": "Imran"} | owner)
        return ForWebhook(
            by=IMPORTER, at=NOW, today=TODAY, person=Person(), program=Program(**WORKS | program), owner=owns
        )

    given(WEBHOOK).when(register(), known=known({}, {})).records(REGISTERED)
    asked = register(types=frozenset(types))
    given(WEBHOOK).when(asked, known=known(program, owner)).rejected(NobodyToSendFor)


def test_notices_go_alone() -> None:
    both = register(types=frozenset({NOTICE, "plan.approved.v1"}))
    given(WEBHOOK).when(both, known=KNOWN).rejected(NoticesGoAlone)
    alone = WEBHOOK.fold(given(WEBHOOK).when(register(types=frozenset({NOTICE})), known=KNOWN).facts)
    assert alone.sends_notices()
    assert not alone.takes("plan.approved.v1")


@pytest.mark.parametrize(
    "address",
    [
        "receiver.example/in",
        "ftp://receiver.example/in",
        "https:///in",
        "https://me@receiver.example/",
        "https://me:secret@receiver.example/",
        "https://receiver.example/#in",
        "https://receiver.example:port/",
        "https://receiver.example/a b",
        "https://r\u00e9ceveur.example/",
        "https://[::1/",
        "https://[1]/",
        "https://receiver.example:99999/",
        "https://receiver.example\\@inside.example/",
    ],
)
def test_an_address_that_could_be_read_in_two_ways_is_none(address: str) -> None:
    given(WEBHOOK).when(register(address=address), known=KNOWN).rejected(WebhookAddressUnfit)
    assert fault_of_address(ADDRESS) == fault_of_address("http://[fd00::1]:8080/in") == ""


def test_what_ended_sends_and_takes_nothing_any_more() -> None:
    given(WEBHOOK, REGISTERED).when(END, known=NOW_KNOWN).records(ENDED)
    for command in (END, rotate(at_once=True), AGAIN):
        given(WEBHOOK, REGISTERED, ENDED).when(command, known=NOW_KNOWN).rejected(WebhookIsOver)
        given(WEBHOOK).when(command, known=NOW_KNOWN).rejected(WebhookUnknown)


def test_what_was_given_up_is_sent_again() -> None:
    given(WEBHOOK, REGISTERED).when(AGAIN, known=NOW_KNOWN).records(SentAgain(events=AGAIN.events))


def test_the_secret_before_is_used_beside_the_present_one_for_a_day_and_never_more_than_two_are() -> None:
    given(WEBHOOK, REGISTERED).when(rotate(), known=NOW_KNOWN).records(ROTATED)
    given(WEBHOOK, REGISTERED, ROTATED).when(rotate(), known=NOW_KNOWN).rejected(SecretJustRotated)
    at_once = WebhookSecretRotated(number=3, old_until=None, reason="A year is over.")
    given(WEBHOOK, REGISTERED, ROTATED).when(rotate(at_once=True), known=NOW_KNOWN).records(at_once)
    rotated = WEBHOOK.fold([REGISTERED, ROTATED])
    assert rotated.secrets(NOW) == [2, 1]
    assert rotated.secrets(NOW + OLD_SECRET_GOOD_FOR) == [2]
    later = Known(by=IMPORTER, at=NOW + OLD_SECRET_GOOD_FOR + timedelta(seconds=1), today=TODAY)
    assert given(WEBHOOK, REGISTERED, ROTATED).when(rotate(), known=later)
    assert WEBHOOK.fold([REGISTERED, ROTATED, at_once]).secrets(NOW) == [3]


def test_of_named_types_no_other_is_sent() -> None:
    some = WebhookRegistered(title="L", address=ADDRESS, for_id=IMPORTER, types=frozenset({"plan.approved.v1"}))
    assert WEBHOOK.fold([some]).takes("plan.approved.v1")
    assert not WEBHOOK.fold([some]).takes("plan.imported.v1")
    assert WEBHOOK.fold([REGISTERED]).takes("plan.imported.v1")
