"""Lodging: from a decision, its items are ticked and grounds written, all of it is checked, and then lodged."""

from typing import Any, cast
from uuid import UUID

import msgspec
from flask import g, request
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from api.appeals import AppealIn
from api.decided import appeal_against, may_be_written
from api.errors import FieldsNotValid
from api.ids import new_id
from api.judging import refusal_of
from api.pages.appeals.case import GroundShown, kept_from
from api.pages.appeals.items import items_of, names_of, part_of
from api.pages.attempt.decided import told_of
from api.pages.attempt.judge import attempt_of
from api.pages.attempt.judging import refuse
from api.pages.attempt.shown import Attempt
from api.pages.common import back_to, fresh, pages, render
from api.pages.forms import form, run, shown_again
from api.services import caller
from api.shapes import shape
from portfolio.domain.appeal.facts import DecisionSubject, Ground
from portfolio.domain.appeal.lodging import GROUNDS, LodgeAppeal
from portfolio.domain.assessment.decisions import DecisionUnknown
from portfolio.domain.assessment.facts import GradeDecided

NEW = Ground(ground="", statement="", items=())
"""A ground of which nothing is written yet."""


@pages.get("/assessments/<uuid:assessment_id>/decisions/<uuid:decision_id>/appeal")
def appealing(assessment_id: UUID, decision_id: UUID) -> str:
    """Show the form of a ground of an appeal against a decision, or why there is none."""
    fresh()
    return written(assessment_id, decision_id, NEW, earlier() if request.method == "POST" else ())


def written(assessment_id: UUID, decision_id: UUID, ground: Ground, before: tuple[Ground, ...]) -> str:
    """Return the page with the form of a ground, which carries on those written ``before``."""
    shown, decision = decision_of(assessment_id, decision_id)
    why_not = kept_from(appeal_against(assessment_id, decision_id))
    return render(
        "appeals/lodge.html",
        **around(shown, decision),
        why_not=why_not,
        offers=may_be_written(why_not),
        part=part_of(items_of(shown, decision_id), part_asked()),
        ground=ground,
        before=before,
        so_far=in_words(before, assessment_id, decision_id),
        grounds=[*GROUNDS.items()],
        carried=[as_carried(each) for each in before],
        key=new_id(),
        schemas={"ground": shape(Ground)},
    )


def part_asked() -> int:
    """Return which page of the items the form asks for, else the one it stood on, else the first."""
    _, _, turn = request.form.get("act", "").partition("turn ")
    asked = turn or request.form.get("part", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def decision_of(assessment_id: UUID, decision_id: UUID) -> tuple[Attempt, GradeDecided]:
    """Return an attempt that the person at the page may see, and a decision of it."""
    shown = attempt_of(assessment_id)
    decision = shown.sight.state.decision(decision_id)
    if decision is None:
        raise DecisionUnknown
    return shown, decision


def around(shown: Attempt, decision: GradeDecided) -> dict[str, Any]:
    """Return what stands around every page of lodging."""
    return {
        "attempt": shown,
        "decision": decision,
        "told": told_of(shown, decision.decision_id),
        "place": {"assessment_id": shown.sight.stream, "decision_id": decision.decision_id},
        "own": caller() == shown.opened.apprentice,
    }


def as_carried(ground: Ground) -> str:
    """Return a ground as a form carries it."""
    return msgspec.json.encode(ground).decode()


def earlier() -> tuple[Ground, ...]:
    """Return the grounds that the form carries."""
    g.posted = request.form
    try:
        carried = [msgspec.json.decode(each) for each in request.form.getlist("earlier")]
        return cast("tuple[Ground, ...]", AppealIn(only=("grounds",)).load({"grounds": carried})["grounds"])
    except (ValidationError, msgspec.DecodeError) as error:
        raise FieldsNotValid("Grounds: what you wrote before cannot be read any more: write it again.") from error


def lodging(assessment_id: UUID, decision_id: UUID, grounds: tuple[Ground, ...], consent: str = "") -> LodgeAppeal:
    """Return the appeal that is written."""
    subject = DecisionSubject(assessment_id=assessment_id, decision_id=decision_id)
    return LodgeAppeal(appeal_id=new_id(), subject=subject, grounds=grounds, consent=consent)


def in_words(grounds: tuple[Ground, ...], assessment_id: UUID, decision_id: UUID) -> list[GroundShown]:
    """Return grounds as people read them."""
    called = names_of(assessment_id, decision_id)
    return [
        GroundShown(GROUNDS.get(each.ground, each.ground), each.statement, tuple(called(item) for item in each.items))
        for each in grounds
    ]


@pages.post("/assessments/<uuid:assessment_id>/decisions/<uuid:decision_id>/appeal")
@shown_again(appealing)
def check_appealing(assessment_id: UUID, decision_id: UUID) -> Response:
    """Show an appeal whole before it is lodged, or what keeps it from being lodged."""
    before = earlier()
    if request.form.get("act", "").startswith("turn "):
        return answered(written(assessment_id, decision_id, NEW, before))
    grounds = (*before, cast(Ground, form(shape(Ground))))
    refuse({}, refusal_of(lodging(assessment_id, decision_id, grounds)))
    return answered(checked(assessment_id, decision_id, grounds))


def checked(assessment_id: UUID, decision_id: UUID, grounds: tuple[Ground, ...]) -> str:
    """Return the page that shows an appeal whole."""
    return render(
        "appeals/check.html",
        **around(*decision_of(assessment_id, decision_id)),
        so_far=in_words(grounds, assessment_id, decision_id),
        carried=[as_carried(each) for each in grounds],
        key=new_id(),
        schemas={"appeal": AppealIn},
    )


def answered(page: str) -> Response:
    """Return a page that a form was answered with before anything is done."""
    return Response(page, content_type="text/html; charset=utf-8")


def checked_again(assessment_id: UUID, decision_id: UUID) -> str:
    """Return the page that shows the appeal that was refused."""
    return checked(assessment_id, decision_id, earlier())


@pages.post("/assessments/<uuid:assessment_id>/decisions/<uuid:decision_id>/appeals")
@shown_again(checked_again)
def lodge(assessment_id: UUID, decision_id: UUID) -> Response:
    """Lodge the appeal, or go back to a ground of it (``act``: a word and, from 0, the ground)."""
    grounds = earlier()
    act, _, number = request.form.get("act", "").partition(" ")
    if act in ("change", "drop", "another"):
        places = {str(place): each for place, each in enumerate(grounds)}
        chosen = places.pop(number, NEW)
        others = tuple(places.values())
        if act == "drop" and others:
            return answered(checked(assessment_id, decision_id, others))
        shown = NEW if act == "drop" else chosen
        return answered(written(assessment_id, decision_id, shown, others))
    said = form(AppealIn, only=("consent",))
    done = run(lodging(assessment_id, decision_id, grounds, **said))
    return back_to(".appeal_progress", done.position, appeal_id=done.stream)
