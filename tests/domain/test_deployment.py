"""The deployment: live or demo, fixed when it is created (PLAN-6), and its clock (RECORD-1)."""

from datetime import datetime, timedelta

import pytest

from portfolio.domain.deployment import (
    DEPLOYMENT,
    AcceptClock,
    AcceptLoss,
    BeginCatalogue,
    CatalogueBegun,
    ClockAccepted,
    ClockNotInQuestion,
    CreateDeployment,
    DeploymentCreated,
    DeploymentExists,
    Head,
    KeyChecksRecorded,
    KeyReplaced,
    LossAccepted,
    NothingLost,
    OfLastFact,
    OfLog,
    OldKeyAccepted,
    RecordKeyChecks,
    RotatedMeanwhile,
    RotateTokenKey,
    TokenKeyRotated,
    accepted_token_keys,
    clock_doubt,
    is_ahead,
    loss_in_words,
    moment_in_words,
)
from portfolio.domain.kernel import changed
from tests.domain.given import given
from tests.domain.world import NOW, OFFICER, TODAY

CREATED = DeploymentCreated(mode="live")
WHY = "the machine was switched off for repair"
ACCEPT = AcceptClock(reason=WHY)


def after_a_fact_of(moment: datetime | None) -> OfLastFact:
    return OfLastFact(by=OFFICER, at=NOW, today=TODAY, last_recorded=moment)


def test_a_deployment_is_created_live_or_demo() -> None:
    given(DEPLOYMENT).when(CreateDeployment(mode="live")).records(DeploymentCreated(mode="live"))


def test_a_demo_deployment_never_becomes_live() -> None:
    given(DEPLOYMENT, DeploymentCreated(mode="demo")).when(CreateDeployment(mode="live")).rejected(DeploymentExists)


@pytest.mark.parametrize("moment", [NOW + timedelta(minutes=10, seconds=1), NOW - timedelta(days=400, seconds=1)])
def test_a_clock_that_the_last_fact_speaks_against_is_accepted_with_a_reason(moment: datetime) -> None:
    then = given(DEPLOYMENT, CREATED).when(ACCEPT, known=after_a_fact_of(moment))
    then.records(ClockAccepted(clock=NOW, last_recorded=moment, reason=WHY))


@pytest.mark.parametrize("moment", [None, NOW, NOW + timedelta(minutes=10), NOW - timedelta(days=400)])
def test_where_nothing_speaks_against_the_clock_there_is_nothing_to_accept(moment: datetime | None) -> None:
    given(DEPLOYMENT, CREATED).when(ACCEPT, known=after_a_fact_of(moment)).rejected(ClockNotInQuestion)


def test_what_was_accepted_stays_so_and_later_times_are_asked_about_again() -> None:
    future = NOW + timedelta(days=3650)
    accepted = ClockAccepted(clock=NOW, last_recorded=future, reason=WHY)
    once = given(DEPLOYMENT, CREATED, accepted)
    once.when(ACCEPT, known=after_a_fact_of(future)).rejected(ClockNotInQuestion)
    again = once.when(ACCEPT, known=after_a_fact_of(future + timedelta(seconds=1)))
    assert len(again.facts) == 1
    older = ClockAccepted(clock=NOW, last_recorded=NOW - timedelta(days=500), reason=WHY)
    given(DEPLOYMENT, accepted, older).when(ACCEPT, known=after_a_fact_of(future)).rejected(ClockNotInQuestion)


def test_what_speaks_against_a_clock_is_said_with_both_times() -> None:
    state = given(DEPLOYMENT, CREATED).state
    assert clock_doubt(state, NOW, NOW) == ""
    assert clock_doubt(state, NOW + timedelta(days=365), NOW) == (
        "The last fact was recorded at 2027-12-08 10:00 UTC and the clock says 2026-12-08 10:00 UTC, which is earlier"
    )
    assert clock_doubt(state, NOW - timedelta(days=500), NOW).endswith(
        "the clock says 2026-12-08 10:00 UTC, more than 400 days later"
    )
    assert moment_in_words(NOW) == "2026-12-08 10:00 UTC"
    assert (is_ahead(NOW, NOW), is_ahead(NOW + timedelta(minutes=11), NOW)) == (False, True)


def test_the_acceptance_of_a_clock_is_told_with_both_times() -> None:
    accepted = ClockAccepted(clock=NOW, last_recorded=NOW + timedelta(days=365), reason=WHY)
    assert accepted.in_words() == "the clock of 2026-12-08 10:00 UTC after a fact of 2027-12-08 10:00 UTC"


def test_the_mode_stays_when_a_clock_is_accepted() -> None:
    state = given(DEPLOYMENT, CREATED, ClockAccepted(clock=NOW, last_recorded=NOW, reason=WHY)).state
    assert (state.mode, state.accepted_until) == ("live", NOW)


# --- releases (RECORD-4) ---


def test_a_release_records_its_number_of_the_catalogue_once_and_an_earlier_one_nothing() -> None:
    begun = CatalogueBegun(number=2)
    given(DEPLOYMENT, CREATED).when(BeginCatalogue(number=2)).records(begun)
    given(DEPLOYMENT, CREATED, begun).when(BeginCatalogue(number=2)).records_nothing()
    given(DEPLOYMENT, CREATED, begun).when(BeginCatalogue(number=1)).records_nothing()
    assert given(DEPLOYMENT, CREATED, begun, CatalogueBegun(number=3)).state.catalogue == 3


# --- keys (RECORD-2) ---


FIRST = KeyChecksRecorded(checks={"index-key": "aa"})


def test_the_check_value_of_a_key_is_recorded_once() -> None:
    given(DEPLOYMENT, CREATED).when(RecordKeyChecks(checks={"index-key": "aa"})).records(FIRST)
    given(DEPLOYMENT, CREATED, FIRST).when(RecordKeyChecks(checks={"index-key": "aa"})).records_nothing()
    both = RecordKeyChecks(checks={"index-key": "aa", "upload-key": "bb"})
    given(DEPLOYMENT, CREATED, FIRST).when(both).records(KeyChecksRecorded(checks={"upload-key": "bb"}))
    state = given(DEPLOYMENT, CREATED, FIRST, KeyChecksRecorded(checks={"upload-key": "bb"})).state
    assert state.checks == {"index-key": "aa", "upload-key": "bb"}


def test_no_other_key_takes_the_place_of_one_that_is_recorded() -> None:
    changed = RecordKeyChecks(checks={"upload-key": "bb", "index-key": "cc"})
    refusal = given(DEPLOYMENT, CREATED, FIRST).when(changed).rejected(KeyReplaced)
    assert refusal.members == {"keys": ["index-key"]}


# --- a new token key (RECORD-5) ---

YEARLY = "it is a year old"
HELD_UNTIL = NOW + timedelta(hours=12, minutes=10)
ROTATED = TokenKeyRotated(number=2, check="bb", old_until=HELD_UNTIL, reason=YEARLY)


def rotate(number: int, *, at_once: bool = False) -> RotateTokenKey:
    return RotateTokenKey(number=number, check="bb", at_once=at_once, reason=YEARLY)


def test_the_old_token_key_is_accepted_until_its_last_token_has_run_out() -> None:
    given(DEPLOYMENT, CREATED, FIRST).when(rotate(2)).records(ROTATED)
    state = given(DEPLOYMENT, CREATED, FIRST, ROTATED).state
    assert state.checks == {"index-key": "aa", "token-key-2.pem": "bb"}
    assert accepted_token_keys(state, HELD_UNTIL - timedelta(seconds=1)) == [2, 1]
    assert accepted_token_keys(state, HELD_UNTIL) == [2]
    assert accepted_token_keys(given(DEPLOYMENT, CREATED).state, NOW) == [1]


def test_while_the_old_token_key_is_accepted_there_is_no_third_one() -> None:
    refusal = given(DEPLOYMENT, CREATED, ROTATED).when(rotate(3)).rejected(OldKeyAccepted)
    assert str(refusal) == "It is accepted until 2026-12-08 22:10 UTC."
    over = TokenKeyRotated(number=2, check="aa", old_until=NOW, reason=YEARLY)
    given(DEPLOYMENT, CREATED, over).when(rotate(3)).records(changed(ROTATED, number=3))


def test_at_once_no_earlier_token_key_is_accepted_any_more() -> None:
    stolen = TokenKeyRotated(number=3, check="bb", old_until=None, reason=YEARLY)
    given(DEPLOYMENT, CREATED, ROTATED).when(rotate(3, at_once=True)).records(stolen)
    assert accepted_token_keys(given(DEPLOYMENT, CREATED, ROTATED, stolen).state, NOW) == [3]
    assert (ROTATED.in_words(), stolen.in_words()) == ("accepted until 2026-12-08 22:10 UTC", "not accepted any more")


@pytest.mark.parametrize("number", [1, 2])
def test_of_two_who_rotate_the_token_key_in_the_same_moment_one_does(number: int) -> None:
    given(DEPLOYMENT, CREATED, ROTATED).when(rotate(number, at_once=True)).rejected(RotatedMeanwhile)


# --- loss (RECORD-3) ---


VIEWS, REACTIONS = Head(who="the views", position=9, mark="9:aa"), Head(who="the reactions", position=8)
GONE = "the disk is broken, and the newest copy is from Monday"


def log(end: int, *marks: str) -> OfLog:
    return OfLog(by=OFFICER, at=NOW, today=TODAY, end=end, marks=frozenset(marks))


def accept(*heads: Head) -> AcceptLoss:
    return AcceptLoss(reason=GONE, heads=heads)


def test_the_loss_of_facts_that_were_shown_is_accepted_with_a_reason() -> None:
    then = given(DEPLOYMENT, CREATED).when(accept(VIEWS, REACTIONS), known=log(7))
    then.records(LossAccepted(end=7, heads=(VIEWS, REACTIONS), reason=GONE))


def test_only_what_is_not_in_the_log_is_lost() -> None:
    then = given(DEPLOYMENT, CREATED).when(accept(VIEWS, REACTIONS), known=log(8))
    then.records(LossAccepted(end=8, heads=(VIEWS,), reason=GONE))


def test_another_fact_in_the_place_of_one_that_was_shown_is_a_loss_too() -> None:
    then = given(DEPLOYMENT, CREATED).when(accept(VIEWS, REACTIONS), known=log(12, "9:bb"))
    then.records(LossAccepted(end=12, heads=(VIEWS,), reason=GONE))


def test_where_the_log_holds_what_was_shown_there_is_no_loss_to_accept() -> None:
    given(DEPLOYMENT, CREATED).when(accept(VIEWS, REACTIONS), known=log(9, "9:aa")).rejected(NothingLost)
    given(DEPLOYMENT, CREATED).when(accept(), known=log(9)).rejected(NothingLost)


def test_a_loss_that_was_accepted_is_no_longer_one_and_another_is() -> None:
    once = given(DEPLOYMENT, CREATED, LossAccepted(end=7, heads=(VIEWS, REACTIONS), reason=GONE))
    once.when(accept(VIEWS, REACTIONS), known=log(7)).rejected(NothingLost)
    later = Head(who="the views", position=9, mark="9:cc")
    once.when(accept(VIEWS, later), known=log(7)).records(LossAccepted(end=7, heads=(later,), reason=GONE))
    assert once.state.mode == "live"


def test_a_loss_is_told_with_what_ends_where_and_who_had_seen_more() -> None:
    further = Head(who="the views", position=10, mark="10:dd")
    assert loss_in_words([VIEWS, REACTIONS, further], 8) == (
        "The record ends with fact 8, but fact 9 was known to the views; fact 10 was known to the views: "
        "the newest facts are lost"
    )
    assert loss_in_words([VIEWS, REACTIONS], 12).startswith(
        "Fact 8 of the record is not the one that was known to the reactions: it was altered, or facts were lost"
    )
    assert loss_in_words([VIEWS], 12, altered={9}).endswith("known to the views: it was altered")
    keys = Head(who="the folder of the keys", position=9)
    assert loss_in_words([VIEWS, keys, Head(who="the chain", position=9)], 8).endswith(
        "fact 9 was known to the chain, the folder of the keys and the views: the newest facts are lost"
    )
    assert LossAccepted(end=7, heads=(VIEWS, REACTIONS), reason=GONE).in_words() == (
        "after fact 7, although fact 8 was known to the reactions; fact 9 was known to the views"
    )
    assert LossAccepted(end=8, heads=(VIEWS, REACTIONS), reason=GONE).in_words() == (
        "after fact 8, although another fact 8 was known to the reactions; fact 9 was known to the views"
    )
