"""Predecessor: which version approved criteria follow, recorded once where their draft did not say it."""

from uuid import UUID

from werkzeug.wrappers import Response

from api.criteria import CriteriaListIn, PredecessorIn, criteria_page
from api.ids import new_id
from api.judging import TYPED, refusal_of
from api.lists import every
from api.pages.common import back_to, fresh, pages, render
from api.pages.criteria.shown import ShownCriteria, criteria_of
from api.pages.forms import form, run, shown_again
from api.services import services
from portfolio.application.read_session import ReadSession
from portfolio.domain.criteria import RecordPredecessor
from portfolio.domain.kernel import NOBODY, NotPermitted, Rejected


@pages.get("/criteria/<uuid:criteria_id>/predecessor")
def predecessor(criteria_id: UUID) -> str:
    """Show the form that records which version these criteria follow, with those that the rule would take."""
    fresh()
    shown = criteria_of(criteria_id)
    choices = may_follow(shown)
    if not choices:
        raise refusal_to_follow(shown, NOBODY) or NotPermitted
    return render(
        "criteria/predecessor.html", shown=shown, choices=choices, key=new_id(), schemas={"predecessor": PredecessorIn}
    )


@pages.post("/criteria/<uuid:criteria_id>/predecessor")
@shown_again(predecessor)
def record_predecessor(criteria_id: UUID) -> Response:
    """Record which version these criteria follow."""
    done = run(RecordPredecessor(criteria_id=criteria_id, **form(PredecessorIn)))
    return back_to(".criteria_versions", done.position, criteria_id=criteria_id)


def may_follow(shown: ShownCriteria) -> list[tuple[str, str]]:
    """Return the versions that a version could be recorded to follow, each by its id and what people call it."""
    session = services().deciding()
    found = every(criteria_page, CriteriaListIn, plan_id=str(shown.plan_id))
    return [
        (str(row["criteria_id"]), f"{row['title']}, version {row['version']}")
        for row in found
        if refusal_to_follow(shown, row["criteria_id"], session) is None
    ]


def refusal_to_follow(shown: ShownCriteria, follows: UUID, session: ReadSession | None = None) -> Rejected | None:
    """Return why the person at the page may not record now that a version follows another, None if they may."""
    return refusal_of(RecordPredecessor(criteria_id=shown.criteria_id, follows=follows, reason=TYPED), session)
