"""What the office does with an enrolment as a whole: it is paused, ended and moved, and what was wrong put right."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TypeVar, get_args

from flask import request

from api.enrolment_changes import (
    CentreIn,
    EmployerCorrectionIn,
    EmployerIn,
    EndIn,
    EndTakenBackIn,
    PauseIn,
    ResumptionIn,
    StartIn,
    UlnIn,
)
from api.enrolments import RouteIn
from api.judging import TYPED, refusal_of
from api.pages.asking import Act, Ask
from api.pages.common import as_day
from api.pages.enrolments.enrolled import plan_of
from api.pages.narrowing import begun
from api.pages.people.acts import WHY
from api.pages.plans.shown import route_named
from api.pages.said import route_named as route_called
from api.reads import Sight
from api.services import services, today
from api.trail import name_of
from portfolio.domain.enrolment.corrections import (
    CorrectCentre,
    CorrectEmployer,
    CorrectStart,
    CorrectUln,
    MoveToEmployer,
)
from portfolio.domain.enrolment.ending import EndEnrolment, PauseEnrolment, ResumeEnrolment, TakeEndBack
from portfolio.domain.enrolment.facts import Ending
from portfolio.domain.enrolment.lasting import EmployerFrom
from portfolio.domain.enrolment.routes import ChangeRoute
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.kernel import NotVisible
from projections.forms import FORMS, FormCard
from projections.machinery.listing import Found

T = TypeVar("T")

ONE_DAY = timedelta(days=1)
MOST_FORMS = 100
"""Approved forms of a plan that are offered, the newest."""
A_UKPRN = "10012345"
"""Stands in the place of a number that is not typed yet."""


def apprentice_of(sight: Sight[Enrolment]) -> str:
    """Return the name of the apprentice."""
    return name_of(sight.session, sight.state.apprentice)


def pause(sight: Sight[Enrolment]) -> Act:
    """Pause."""
    first = max(today(), sight.state.lasting.last_day_of_a_break())
    return Act(
        "pause",
        "Pause",
        f"Pause the enrolment of {apprentice_of(sight)}?",
        "Pause it",
        PauseIn,
        lambda body: PauseEnrolment(enrolment_id=sight.stream, **body),
        [PauseEnrolment(enrolment_id=sight.stream, pauses_on=first, reason=TYPED)],
        [Ask("pauses_on", "The first day of the pause", "It may be a day to come.", value=first.isoformat()), WHY],
        ["What is open goes on, appeals too. No new attempt is opened until the enrolment is resumed."],
    )


def resumption(sight: Sight[Enrolment]) -> Act:
    """Resume."""
    last = next(reversed(sight.state.lasting.breaks), None)
    since = last.since if last else today()
    on_record = (
        f"On record: paused from {as_day(since)}{f' until {as_day(last.until)}' if last and last.until else ''}."
    )
    return Act(
        "resumption",
        "Resume, or end the last break earlier",
        f"From which day does the enrolment of {apprentice_of(sight)} go on?",
        "Resume it",
        ResumptionIn,
        lambda body: ResumeEnrolment(enrolment_id=sight.stream, **body),
        [ResumeEnrolment(enrolment_id=sight.stream, resumes_on=since, reason=TYPED)],
        [Ask("resumes_on", "The first day on which it goes on"), WHY],
        [on_record, f"To take the pause back as if it never was, give its own first day, {as_day(since)}."],
    )


def end(sight: Sight[Enrolment]) -> Act:
    """End."""
    return Act(
        "end",
        "End",
        f"Has the enrolment of {apprentice_of(sight)} ended?",
        "End the enrolment",
        EndIn,
        lambda body: EndEnrolment(enrolment_id=sight.stream, **body),
        [EndEnrolment(enrolment_id=sight.stream, how="completed", ended_on=today(), reason=TYPED)],
        [
            Ask("how", "How it ended", options=[(each, begun(each)) for each in get_args(Ending)]),
            Ask("ended_on", "The day it ended", "A day that has come."),
            WHY,
        ],
        [
            "What is open goes on, appeals too; nothing new begins. The apprentice reads their record as before, and "
            "may be enrolled on the standard again.",
            "An end that was an error is taken back.",
        ],
        warns=True,
    )


def end_withdrawal(sight: Sight[Enrolment]) -> Act:
    """Take the end back."""
    ended = sight.state.lasting.ended
    return Act(
        "end-withdrawal",
        "Take the end back",
        f"Was it an error that the enrolment of {apprentice_of(sight)} ended?",
        "Take the end back",
        EndTakenBackIn,
        lambda body: TakeEndBack(enrolment_id=sight.stream, **body),
        [TakeEndBack(enrolment_id=sight.stream, reason=TYPED)],
        [WHY],
        [
            *([f"On record: {ended.how} from {as_day(ended.on)}."] if ended else []),
            "The enrolment goes on as if it had not ended; that it was recorded stays on record.",
        ],
    )


def route(sight: Sight[Enrolment]) -> Act:
    """Change the route; only what the apprentice has agreed to is there to choose from."""
    held, plan = sight.state.route_on(today()), plan_of(sight.session, sight.state.plan_id)
    later = [each for each in sight.state.routes[1:] if each.since >= today()]
    forms = approved_forms(sight)
    tried = [
        ChangeRoute(
            enrolment_id=sight.stream,
            route=key,
            form_id=form.item,
            effective_on=today(),
            reason=TYPED,
            cancels=tuple(each.since for each in later),
        )
        for form in forms
        for key in form.card.routes
        if held is None or (key, form.item) != (held.route, held.form_id)
    ]
    deciding = services().deciding()
    free = [each for each in tried if refusal_of(each, deciding) is None]
    replaced = Ask(
        "cancels",
        "Changes on record that this one takes the place of",
        "Tick those from your day on.",
        [(each.since.isoformat(), f"From {as_day(each.since)}: {route_called(sight, each.route)}") for each in later],
    )
    return Act(
        "route",
        "Change the route",
        f"To which route does {apprentice_of(sight)} move?",
        "Change the route",
        RouteIn,
        lambda body: ChangeRoute(
            enrolment_id=sight.stream,
            route=body["route"],
            form_id=body["form_id"],
            effective_on=body["effective_on"],
            reason=body["reason"],
            cancels=body["cancels"],
        ),
        tried,
        [
            Ask(
                "route",
                "Route",
                options=[(each, route_named(plan, each)) for each in dict.fromkeys(each.route for each in free)],
            ),
            Ask("form_id", "Assessment form", options=forms_offered(forms, {each.form_id for each in free})),
            Ask("effective_on", "From which day"),
            *([replaced] if later else []),
            WHY,
        ],
        [
            "You see here the routes to which the apprentice has let you move them. Findings so far stay on record; "
            "codes that only the present route has no longer count.",
        ],
        warns=True,
    )


def approved_forms(sight: Sight[Enrolment]) -> list[Found[FormCard]]:
    """Return the approved forms of the plan, the newest first."""
    return forms_of(f"plan_id={sight.state.plan_id}")


def forms_of(*also: str) -> list[Found[FormCard]]:
    """Return the approved forms that are filed under these words, too, the newest first."""
    words = ["approved=True", *also]
    return FORMS.find(services().reads, today(), also=words, order="recorded", backwards=True, limit=MOST_FORMS)


def forms_offered(forms: Iterable[Found[FormCard]], free: set[object]) -> list[tuple[str, str]]:
    """Return those of these forms that are free as something to choose from."""
    return [(str(each.item), each.card.title) for each in forms if each.item in free]


def move(sight: Sight[Enrolment]) -> Act:
    """Move to another employer."""
    lasting = sight.state.lasting
    days = {today(), today() + ONE_DAY, lasting.starts_on + ONE_DAY}
    days |= {each.since + ONE_DAY for each in sight.state.employers} | (
        {lasting.ended.on - ONE_DAY} if lasting.ended else set()
    )
    return Act(
        "move",
        "Move to another employer",
        f"To which employer does {apprentice_of(sight)} move?",
        "Record the move",
        EmployerIn,
        lambda body: MoveToEmployer(enrolment_id=sight.stream, **body),
        [
            MoveToEmployer(enrolment_id=sight.stream, employer=TYPED, effective_on=each, reason=TYPED)
            for each in sorted(days)
        ],
        [Ask(name="employer", text="Employer"), Ask("effective_on", "From which day", "It may be a day to come."), WHY],
        [
            f"Employer today: {sight.state.employer_on(today())}. It stays the employer of the days before.",
            "Who acts for the employer here does not change by this: release them, and assign who does now.",
        ],
    )


def employer_correction(sight: Sight[Enrolment], number: int, held: EmployerFrom) -> Act:
    """Correct the name of an employer on record."""
    return Act(
        "employer-correction",
        "Correct the employer",
        f"What is the employer of {apprentice_of(sight)} called?",
        "Record what is right",
        EmployerCorrectionIn,
        lambda body: CorrectEmployer(enrolment_id=sight.stream, **body),
        [CorrectEmployer(enrolment_id=sight.stream, since=held.since, employer=TYPED, reason=TYPED)],
        [Ask(name="employer", text="Employer", value=held.employer), WHY],
        [
            f"On record from {as_day(held.since)} on: {held.employer}. "
            "It stays on record what it was. A move to another employer is no correction."
        ],
        {"since": held.since.isoformat()},
        {"n": str(number)},
    )


def asked(several: Iterable[T]) -> tuple[int, T]:
    """Return the one of several things whose number the address asks for, counted from 1; 404 if there is none."""
    known = {str(number): (number, each) for number, each in enumerate(several, 1)}
    number = request.args.get("n", "")
    if number not in known:
        raise NotVisible
    return known[number]


def centre_correction(sight: Sight[Enrolment]) -> Act:
    """Correct the centre."""
    return Act(
        "centre-correction",
        "Correct the centre",
        "Which number has the centre?",
        "Record what is right",
        CentreIn,
        lambda body: CorrectCentre(enrolment_id=sight.stream, **body),
        [CorrectCentre(enrolment_id=sight.stream, centre_ukprn=A_UKPRN, reason=TYPED)],
        [
            Ask(
                "centre_ukprn",
                "UK provider reference number (UKPRN)",
                "Eight digits that begin with 1.",
                value=sight.state.centre_ukprn,
            ),
            WHY,
        ],
        [f"On record: {sight.state.centre_ukprn}. It stays on record what it was."],
    )


def start_correction(sight: Sight[Enrolment]) -> Act:
    """Correct the first day."""
    starts_on = sight.state.lasting.starts_on
    return Act(
        "start-correction",
        "Correct the first day",
        f"On which day did the enrolment of {apprentice_of(sight)} begin?",
        "Record what is right",
        StartIn,
        lambda body: CorrectStart(enrolment_id=sight.stream, **body),
        [CorrectStart(enrolment_id=sight.stream, starts_on=starts_on, reason=TYPED)],
        [Ask("starts_on", "First day", value=starts_on.isoformat()), WHY],
        [f"On record: {as_day(starts_on)}. It stays on record what it was."],
    )


def uln_correction(sight: Sight[Enrolment]) -> Act:
    """Correct the learner number."""
    shown = sight.state.uln if sight.shows("learner number") else ""
    return Act(
        "uln-correction",
        "Correct the learner number",
        f"Which learner number has {apprentice_of(sight)}?",
        "Record what is right",
        UlnIn,
        lambda body: CorrectUln(enrolment_id=sight.stream, **body),
        [CorrectUln(enrolment_id=sight.stream, uln=sight.state.uln, reason=TYPED)],
        [
            Ask("uln", "Unique learner number (ULN)", "Ten digits."),
            Ask("reason", "Why", "Write neither number here: more people read the reason than the number."),
        ],
        [f"On record: {shown}. It stays on record that it was this one, which is free for its owner then."]
        if shown
        else [],
    )


WHOLE: tuple[Callable[[Sight[Enrolment]], Act], ...] = (
    pause,
    resumption,
    end,
    end_withdrawal,
    route,
    move,
    centre_correction,
    start_correction,
    uln_correction,
)
"""Acts on the enrolment as a whole."""
