"""Home: what is an apprentice's to do and what is new; to others the records they have a part in, and their queues."""

from collections.abc import Sequence
from typing import Any, get_args
from uuid import UUID

from api.appeals import own_appeals
from api.enrolment_list import own_enrolment, own_enrolments, some_enrolments
from api.enrolments import readiness_at
from api.me import MOST, numbers_waiting
from api.news_of_others import MOST_TOLD, NewsOfOthers, news_of_others
from api.pages.appeals.standing import standing
from api.pages.common import fresh, named, pages, render
from api.pages.plain import Plain
from api.pages.questions import asked
from api.pages.said import route_named
from api.pages.testimony import refused_testimony
from api.reads import Sight, must_declare_to_see, see, see_each
from api.services import caller, services, today
from api.to_do import MOST_NEWS, news, shown_before, to_do
from portfolio.application.indexes import ENROLMENTS_OF_PERSON
from portfolio.domain import permissions
from portfolio.domain.appeal.state import Appeal
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.consent import AskConsent
from portfolio.domain.kernel import NOBODY, State
from portfolio.domain.rows import OFFICE
from portfolio.domain.vocabulary import REGISTERED_PERSON, Role

MOST_SHOWN = 20
"""Apprentices on the page; all of them are found by name."""


@pages.get("/")
def home() -> str:
    """Show an apprentice what waits for them and what is new, and others where they can go from here."""
    fresh()
    own = own_enrolment()
    return own_home(own) if own is not None else home_of_others()


def own_home(enrolment_id: UUID) -> str:
    """Show an apprentice what waits for them, what others did since they were here last, and where they stand."""
    sight = see(ENROLMENT, enrolment_id)
    before = shown_before(sight)
    since = news(sight, before) if before is not None else []
    enrolments = [*see_each(ENROLMENT, sight.session.links(ENROLMENTS_OF_PERSON, caller()))]
    plain = Plain.of(sight.session, enrolment_id)
    return render(
        "own_home.html",
        enrolment_id=enrolment_id,
        route=route_named(sight),
        waits=[each for of in enrolments for each in to_do(of)],
        questions=[each for of in enrolments for each in asked(of) if each.waits],
        was_here=before is not None,
        news=[each._replace(sentence=plain(each.sentence)) for each in since[:MOST_NEWS]],
        more=len(since) > MOST_NEWS,
        readiness=readiness_at(sight),
        appeals=with_standing([each for each in own_appeals() if each.shows("chronology")]),
        others=[row for row in own_enrolments() if row["enrolment_id"] != enrolment_id],
    )


def home_of_others() -> str:
    """Show what waits for a person, whom they look after, and where they can go."""
    held = services().session().held(caller(), NOBODY, State(), NOBODY, today())
    rows = some_enrolments(MOST_SHOWN + 1)
    appeals = [sight for sight in own_appeals() if sight.shows("chronology")]
    numbers = numbers_waiting(held)
    news = news_of_others()
    return render(
        "home.html",
        waits=[(name, min(number, MOST), number > MOST) for name, number in numbers.items()],
        was_here=news is not None,
        news=told_plainly((news or [])[:MOST_TOLD]),
        more_news=len(news or []) > MOST_TOLD,
        enrolments=[looked_after(row) for row in rows[:MOST_SHOWN]],
        more=len(rows) > MOST_SHOWN,
        appeals=with_standing(appeals),
        names=named(sight.state.apprentice for sight in appeals),
        roles=sorted(held & set(get_args(Role))),
        assesses=permissions.may(permissions.READS["queue: assessor"], held),
        offices=sorted(held & set(OFFICE)),
        people=permissions.may(permissions.READS["people"], held),
        programs=any(permissions.may(rule, held - {REGISTERED_PERSON}) for rule in permissions.MAY.values()),
    )


def with_standing(appeals: Sequence[Sight[Appeal]]) -> list[tuple[Sight[Appeal], str]]:
    """Return appeals with where each stands in words, those that go on first."""
    return [(each, standing(each).now) for each in sorted(appeals, key=lambda each: not each.state.is_open())]


def told_plainly(news: Sequence[NewsOfOthers]) -> list[NewsOfOthers]:
    """Return news in plain words, by what all is called in the enrolment that each is about."""
    session = services().session()
    plain = {each: Plain.of(session, each) for each in {each.enrolment_id for each in news}}
    return [each._replace(sentence=plain[each.enrolment_id](each.sentence)) for each in news]


def looked_after(row: dict[str, Any]) -> dict[str, Any]:
    """Return an enrolment of the list with how much of it is assessed, where the person is shown that."""
    sight = see(ENROLMENT, row["enrolment_id"], undeclared=True)
    shown = row["declared"] or not must_declare_to_see(ENROLMENT, row["enrolment_id"])
    return {
        **row,
        "shown": shown,
        "route_named": route_named(sight) if shown else "",
        "readiness": readiness_at(sight) if shown and sight.shows("readiness") else None,
        "asks": shown and permissions.may(permissions.MAY[AskConsent], sight.held),
        "testimony": shown and refused_testimony(row["enrolment_id"]) is None,
    }
