"""Administration: an enrolment to the office: what it is and was, who has a part in it, and what can be done."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from api.pages.asking import NOT_THEIRS, Act, judged
from api.pages.common import as_day, fresh, pages, render
from api.pages.enrolments.changing import WHOLE, employer_correction
from api.pages.enrolments.enrolled import in_office, plan_called, plan_of
from api.pages.enrolments.history import components_called, history_of, part_called
from api.pages.enrolments.of_parts import OF_A_PART
from api.pages.narrowing import begun
from api.pages.said import route_named
from api.reads import Sight, see
from api.services import services, today
from api.trail import done_by, name_of
from portfolio.domain import permissions
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.assignments import AssignPerson
from portfolio.domain.enrolment.facts import AssignmentCorrected, PersonAssigned
from portfolio.domain.enrolment.parts import Assigned
from portfolio.domain.enrolment.refusals import NotAssigned, NothingTakenBack
from portfolio.domain.enrolment.state import Enrolment

NOTHING_THERE = (NotAssigned, NothingTakenBack)
"""What a rule refuses with where there is nothing that the act could be about."""


@pages.get("/enrolments/<uuid:enrolment_id>/administration")
def administration(enrolment_id: UUID) -> str:
    """Show what an enrolment is, who has a part in it, and what it was."""
    fresh()
    sight = see(ENROLMENT, enrolment_id, ask="audit trail")
    plan = plan_of(sight.session, sight.state.plan_id)
    whole = [make(sight) for make in WHOLE]
    acts, why_not = judged(whole)
    of_parts, never = acts_on_parts(sight)
    first = sight.session.history(enrolment_id)[0]
    return render(
        "enrolments/administration.html",
        enrolment_id=enrolment_id,
        name=name_of(sight.session, sight.state.apprentice),
        apprentice=sight.state.apprentice,
        plan_id=sight.state.plan_id,
        plan=plan_called(plan),
        lists=in_office(),
        opens=permissions.may(permissions.SEES["person"], sight.held),
        state=begun(sight.state.lasting.state_on(today())),
        days=days(sight),
        routes=[*routes(sight)],
        employers=employers(sight),
        centre=sight.state.centre_ukprn,
        starts_on=sight.state.lasting.starts_on,
        uln=sight.state.uln if sight.shows("learner number") else None,
        enrolled=(first.at, done_by(sight.session, first)),
        parts=[part_shown(sight, each) for each in sight.state.assigned],
        acts=acts,
        of_parts=of_parts,
        assigns=permissions.may(permissions.MAY[AssignPerson], sight.held),
        why_not=[*((each.label, str(why_not[each.last])) for each in whole if each.last in why_not), *never],
        was=history_of(sight),
    )


def days(sight: Sight[Enrolment]) -> list[str]:
    """Return what is on record of breaks and an end, in words."""
    lasting = sight.state.lasting
    told = [
        f"Paused from {as_day(each.since)}{f' until {as_day(each.until)}' if each.until else ''}"
        for each in lasting.breaks
    ]
    return [*told, f"{begun(lasting.ended.how)} from {as_day(lasting.ended.on)}"] if lasting.ended else told


def routes(sight: Sight[Enrolment]) -> Iterator[str]:
    """Yield the routes there are on record, each with the day from which it holds."""
    for number, each in enumerate(sight.state.routes):
        yield f"{route_named(sight, each.route)}{f' from {as_day(each.since)}' if number else ''}"


def employers(sight: Sight[Enrolment]) -> list[tuple[str, str, Act | None]]:
    """Return the employers there were, each with the day from which it is one, and what puts its name right."""
    session, told = services().deciding(), list[tuple[str, str, Act | None]]()
    for number, each in enumerate(sight.state.held_by(), 1):
        act = employer_correction(sight, number, each)
        told.append((each.employer, as_day(each.since) if number > 1 else "", None if act.refusal(session) else act))
    return told


def acts_on_parts(sight: Sight[Enrolment]) -> tuple[list[list[Act]], list[tuple[str, str]]]:
    """Return for each part what can be done with it now, and of everything else why a rule would refuse it."""
    session = services().deciding()
    offered, refused = list[list[Act]](), dict[tuple[str, str], list[str]]()
    for number, part in enumerate(sight.state.assigned, 1):
        offered.append([])
        for make in OF_A_PART:
            act = make(sight, number, part)
            refusal = act.refusal(session)
            if refusal is None:
                offered[-1].append(act)
            elif not isinstance(refusal, (*NOT_THEIRS, *NOTHING_THERE)):
                whose = part_called(sight, part.person_id, part.assignment)
                refused.setdefault((act.label, str(refusal)), []).append(whose)
    return offered, [(f"{label} ({'; '.join(whose)})", why) for (label, why), whose in refused.items()]


def part_shown(sight: Sight[Enrolment], part: Assigned) -> dict[str, Any]:
    """Return a part as the page shows it."""
    return {
        "name": name_of(sight.session, part.person_id),
        "assignment": part.assignment,
        "since": as_day(part.starts_on),
        "until": until(part),
        "components": begun(components_called(sight, part.components)),
        "by": given_by(sight, part),
    }


def until(part: Assigned) -> str:
    """Return until when somebody has a part, in words."""
    if part.taken_back:
        return "Taken back, and ties them to the apprentice until that is confirmed"
    if part.ends_on is None:
        return "Goes on" if part.starts_on <= today() else "Has not begun"
    return as_day(part.ends_on)


def given_by(sight: Sight[Enrolment], part: Assigned) -> str:
    """Return by whom a part is on record as it is."""
    by = ""
    for entry in sight.session.history(sight.stream):
        match entry.fact:
            case PersonAssigned() | AssignmentCorrected() as fact if (
                fact.person_id,
                fact.assignment,
                fact.starts_on,
            ) == (part.person_id, part.assignment, part.starts_on):
                by = done_by(sight.session, entry)
    return by
