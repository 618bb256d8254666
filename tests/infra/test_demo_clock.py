"""A demo may be recorded over the weeks before it is made; no other may, and nothing is secured by its clock."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from werkzeug.test import Client

from infra.demo.clock import FURTHEST_BACK, StoryClock
from infra.demo.show import tell
from infra.demo.stage import Stage
from infra.demo.story.chapters import CHAPTERS
from infra.demo.telling import StoryOfEarlierRelease, beginning_of, is_told, moment_of
from infra.deployment import create
from infra.errors import OperatorError
from infra.identity.keys import KeyFolder
from infra.identity.tokens import LocalTokens
from infra.main import ClockOfStory, build, new_id, now, open_record
from infra.settings import Settings
from infra.store.sqlite.store import FACTS_FILE
from portfolio.domain.calendar import is_working_day, london_day
from portfolio.domain.person import RegisterPerson
from portfolio.domain.vocabulary import SYSTEM
from tests.infra.wall_clock import WallClock

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST_TIME_ZONES_APART = timedelta(hours=24)


class Ticking:
    """A true clock that a test moves."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


def test_the_clock_of_a_story_goes_as_the_true_one_goes_so_much_behind_it() -> None:
    true = Ticking()
    clock = StoryClock(NOON - 60 * DAY, true)
    true.at += HOUR
    assert clock() == NOON - 60 * DAY + HOUR


def test_it_walks_on_never_back_and_never_beyond_the_true_time() -> None:
    true = Ticking()
    clock = StoryClock(NOON - 60 * DAY, true)
    for moment, then in (
        (NOON - 50 * DAY, NOON - 50 * DAY),
        (NOON - 55 * DAY, NOON - 50 * DAY),
        (NOON + DAY, NOON),
        (NOON - DAY, NOON),
    ):
        clock.walk_to(moment)
        assert clock() == then


def test_it_begins_at_most_so_far_back_and_never_ahead() -> None:
    assert StoryClock(NOON - 400 * DAY, Ticking())() == NOON - FURTHEST_BACK
    assert StoryClock(NOON + DAY, Ticking())() == NOON


def test_whenever_it_is_told_a_story_has_its_days_in_order_as_far_back_as_it_may() -> None:
    for number in range(900):
        last = date(2026, 1, 5) + number * DAY
        moments = [moment_of(last, chapter.before, chapter.at) for chapter in CHAPTERS]
        assert moments == sorted(moments)
        assert all(is_working_day(moment.date()) for moment in moments)
        assert moments[-1].date() <= last
        ended = datetime(last.year, last.month, last.day, tzinfo=UTC) + MOST_TIME_ZONES_APART
        assert ended - beginning_of(last) <= FURTHEST_BACK


def test_no_live_deployment_begins_by_the_clock_of_a_story(tmp_path: Path, bare: pytest.MonkeyPatch) -> None:
    settings = Settings.read({"PORTFOLIO_FOLDER": str(tmp_path / "data")})
    settings.folder.mkdir()
    with pytest.raises(ClockOfStory):
        create(settings, "live", "Ann Lee", clock=StoryClock(now() - DAY, now))
    assert [*settings.folder.iterdir()] == []


def test_no_live_deployment_goes_on_by_it(tmp_path: Path, bare: pytest.MonkeyPatch) -> None:
    settings = Settings.read({"PORTFOLIO_FOLDER": str(tmp_path / "data"), "PORTFOLIO_SCANNER": "none"})
    settings.folder.mkdir()
    create(settings, "live", "Ann Lee")
    with pytest.raises(ClockOfStory, match="by the true time"):
        build(settings, clock=StoryClock(now() - DAY, now))


def test_a_story_records_no_fact_before_another(settings: Settings) -> None:
    with open_record(settings) as record:
        begun = record.journal.since(0)[-1].at
    with open_record(settings, clock=StoryClock(now() - 60 * DAY, now)) as record:
        record.handler.execute(RegisterPerson(person_id=new_id(), name="Mia", works_for="centre"), SYSTEM)
        assert record.journal.since(0)[-1].at >= begun


def test_a_demo_begins_in_the_past_and_its_clock_is_in_no_doubt(
    tmp_path: Path, bare: pytest.MonkeyPatch, clock: WallClock
) -> None:
    settings = Settings.read({"PORTFOLIO_FOLDER": str(tmp_path / "data")})
    settings.folder.mkdir()
    create(settings, "demo", "Ann Lee", clock=StoryClock(now() - 60 * DAY, now))
    with open_record(settings) as record:
        (created, *_) = record.journal.since(0)
        assert london_day(created.at) == london_day(now() - 60 * DAY)
        assert record.journal.clock is not None
        assert record.journal.clock.fault() is None
        record.handler.execute(RegisterPerson(person_id=new_id(), name="Mia", works_for="centre"), SYSTEM)
        assert record.journal.since(0)[-1].at > now() - HOUR


def test_a_token_runs_out_by_the_true_time_while_a_story_is_told(tmp_path: Path, bare: pytest.MonkeyPatch) -> None:
    settings = Settings.read({"PORTFOLIO_FOLDER": str(tmp_path / "data")})
    settings.folder.mkdir()
    clock = StoryClock(now() - 60 * DAY, now)
    (administrator,) = create(settings, "demo", "Ann Lee", clock=clock)
    keys = KeyFolder(settings.keys)
    running = build(settings, clock=clock)
    try:
        answers = {}
        for name, issued in (("given now", now()), ("given two hours ago", now() - 2 * HOUR)):
            token = LocalTokens(keys, partial(datetime.fromtimestamp, issued.timestamp(), UTC)).issue(
                administrator, HOUR
            )
            answers[name] = Client(running.wsgi).get("/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code
    finally:
        running.close()
    assert answers == {"given now": 200, "given two hours ago": 401}


def test_a_story_is_not_told_in_a_live_deployment(tmp_path: Path, bare: pytest.MonkeyPatch) -> None:
    settings = Settings.read({"PORTFOLIO_FOLDER": str(tmp_path / "data"), "PORTFOLIO_SCANNER": "none"})
    settings.folder.mkdir()
    create(settings, "live", "Ann Lee")
    facts = (settings.folder / FACTS_FILE).read_bytes()
    with pytest.raises(OperatorError, match="is a live deployment: tell the demo in another folder"):
        tell(settings, print)
    assert (settings.folder / FACTS_FILE).read_bytes() == facts


def test_the_story_of_an_earlier_release_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "story.json"
    file.write_text('{"chapter 1": true}')
    with pytest.raises(StoryOfEarlierRelease, match="serve it with `portfolio serve`"):
        is_told(Stage("http://localhost", str, file, today=date(2026, 1, 1), administrator=UUID(int=2)))
