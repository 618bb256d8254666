"""Said: what an apprentice's pages call routes, times, outcomes and where those stand."""

from datetime import date, datetime, timedelta
from typing import Any, get_args

from markupsafe import Markup

from api.fields import Moment
from api.pages.common import pages
from api.reads import Sight
from api.services import today
from portfolio.domain.calendar import LONDON
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.plan import PLAN, recorded_plan
from portfolio.domain.readiness.codes import CodeState
from portfolio.domain.readiness.outcomes import OutcomeState

TAG_OF: dict[OutcomeState, tuple[str, str]] = {
    "under review": ("Under review", "govuk-tag--orange"),
    "void": ("Set aside", "govuk-tag--orange"),
    "assessed, met": ("Assessed, met", "govuk-tag--green"),
    "assessed, not met": ("Assessed, not met", "govuk-tag--red"),
    "partly assessed": ("Partly assessed", "govuk-tag--blue"),
    "in assessment": ("In assessment", "govuk-tag--blue"),
    "claimed": ("Claimed", "govuk-tag--yellow"),
    "no claim": ("No claim", "govuk-tag--grey"),
}
"""The tag of an outcome: a word always, and a colour as a second sign."""

CODE_STATES: tuple[CodeState, ...] = get_args(CodeState)


def route_named(sight: Sight[Enrolment], key: str | None = None) -> str:
    """Return the name of a route of an enrolment's plan, of today's if none is named; the plan's where it has one."""
    plan = recorded_plan(sight.session.state(PLAN, sight.state.plan_id))
    now = sight.state.route_on(today())
    wanted = key if key is not None else (now.route if now else "")
    return next((option.name for option in plan.options if option.key == wanted), plan.title)


@pages.app_template_filter("said")
def as_said(when: date | datetime) -> Markup:
    """Return a day, or when something happened, as people say it: on Tuesday 8 December at 16:20; today, …, at 16:20.

    The year is left out if it is this one.
    """
    moment = when.astimezone(LONDON) if isinstance(when, datetime) else None
    day = moment.date() if moment else when
    near = {today(): "today, ", today() - timedelta(days=1): "yesterday, "}.get(day, "")
    said = f"{near}{day:%A} {day.day} {day:%B}{'' if day.year == today().year else f' {day.year}'}"
    if moment is None:
        return timed(when, said[:1].upper() + said[1:])
    return timed(when, f"{said}, at {moment:%H:%M}" if near else f"on {said} at {moment:%H:%M}")


@pages.app_template_filter("dated")
def as_dated(when: datetime) -> Markup:
    """Return when something happened as it is read years later, too: Tuesday 8 December 2026 at 16:20."""
    moment = when.astimezone(LONDON)
    return timed(when, f"{moment:%A} {moment.day} {moment:%B %Y} at {moment:%H:%M}")


@pages.app_template_filter("whole_day")
def as_whole_day(day: date) -> Markup:
    """Return a day as it is read years later, too: Tuesday 8 December 2026."""
    return timed(day, f"{day:%A} {day.day} {day:%B %Y}")


def timed(when: date | datetime, said: str) -> Markup:
    """Return what is said of a time for people, and the time for programs."""
    exact = Moment().write(when) if isinstance(when, datetime) else when.isoformat()
    return Markup('<time datetime="%s">%s</time>') % (exact, said)


@pages.app_template_filter("clock")
def as_clock(when: datetime) -> Markup:
    """Return the time of a day in London: 16:20."""
    return timed(when, f"{when.astimezone(LONDON):%H:%M}")


@pages.app_template_filter("anchor")
def anchor(outcome: str) -> str:
    """Return the id of an outcome on the board."""
    return outcome.replace(" ", "-")


@pages.app_template_filter("state_tag")
def state_tag(state: OutcomeState) -> dict[str, Any]:
    """Return the tag of an outcome, as the macro of GOV.UK Frontend takes it."""
    text, classes = TAG_OF[state]
    return {"text": text, "classes": classes}
