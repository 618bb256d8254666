"""The deployment: live or demo, fixed when it is created (PLAN-6), and its clock (RECORD-1)."""

from datetime import datetime, timedelta

import pytest

from portfolio.domain.deployment import (
    DEPLOYMENT,
    AcceptClock,
    BeginCatalogue,
    CatalogueBegun,
    ClockAccepted,
    ClockNotInQuestion,
    CreateDeployment,
    DeploymentCreated,
    DeploymentExists,
    KeyChecksRecorded,
    KeyReplaced,
    OfLastFact,
    RecordKeyChecks,
    clock_doubt,
    is_ahead,
    moment_in_words,
)
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
