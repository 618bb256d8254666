"""How the story is told: to the service in this process, over the weeks that end today, each act at its own time."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from werkzeug.test import Client as Service

from infra.demo.client import Answer, Body, Send
from infra.demo.clock import StoryClock
from infra.demo.stage import Stage
from infra.demo.story.chapters import CHAPTERS
from infra.errors import OperatorError
from portfolio.domain.calendar import LONDON, is_working_day

BETWEEN_ACTS = timedelta(minutes=3)
FIRST_CHAPTER = CHAPTERS[0]
TOLD_ON = "told on"
"""The answer that keeps on which day the telling began: the story ends on it, however often it was stopped."""


def working_day(last: date, before: int) -> date:
    """Return the working day that lies so many of them before the newest one by this day."""
    day = last
    while before or not is_working_day(day):
        before -= is_working_day(day)
        day -= timedelta(days=1)
    return day


def moment_of(last: date, before: int, at: str) -> datetime:
    """Return the time, in London, on a day of the story which ends on a day."""
    return datetime.combine(working_day(last, before), time.fromisoformat(at), LONDON)


def beginning_of(last: date) -> datetime:
    """Return when the story begins that ends on this day."""
    return moment_of(last, FIRST_CHAPTER.before, FIRST_CHAPTER.at)


class Telling(Stage):
    """A stage on which time passes with each act, and from chapter to chapter."""

    def __init__(self, *values: Any, clock: StoryClock, **named: Any) -> None:
        super().__init__(*values, **named)
        self._clock = clock

    def once(self, name: str, call: Callable[[], Any]) -> Any:
        """Return the answer of a call, made now unless it was answered before; somewhat later then."""
        if self.answered(name):
            return self.answer(name)
        answer = super().once(name, call)
        self._clock.walk_to(self._clock() + BETWEEN_ACTS)
        return answer

    def tell(self, say: Callable[[str], None]) -> None:
        """Tell what has not been told yet, chapter by chapter; ``say`` shows where the story is."""
        last = date.fromisoformat(self.once(TOLD_ON, self.today.isoformat))
        for number, chapter in enumerate(CHAPTERS, start=1):
            if not self.answered(chapter.title):
                say(f"[{number:>2}/{len(CHAPTERS)}] {chapter.title}")
                self.today = working_day(last, chapter.before)
                self._clock.walk_to(moment_of(last, chapter.before, chapter.at))
                chapter.tell(self)
                self.once(chapter.title, lambda: True)


class StoryOfEarlierRelease(OperatorError):
    """The folder holds a story that this release does not know how to go on with."""


def is_told(stage: Stage) -> bool:
    """Return whether all of the story was told; raise ``StoryOfEarlierRelease``."""
    if stage.answered("chapter 1"):
        raise StoryOfEarlierRelease(
            "This folder holds the story of an earlier release: serve it with `portfolio serve`, or tell this one in "
            "another folder, with --folder."
        )
    return all(stage.answered(chapter.title) for chapter in CHAPTERS)


def to(wsgi: Callable[..., Any]) -> Send:
    """Return what sends requests to a service in this process, at which nobody else can ask anything."""
    service = Service(wsgi)

    def send(method: str, url: str, body: Body, headers: Mapping[str, str]) -> Answer:
        site = urlsplit(url)
        answer = service.open(
            site.path,
            query_string=site.query,
            base_url=f"{site.scheme}://{site.netloc}",
            method=method,
            data=body,
            headers=dict(headers),
        )
        return Answer(answer.status_code, answer.mimetype or "", answer.get_data())

    return send
