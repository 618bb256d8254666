"""Convening: an officer names the panel, of people who may hear the appeal by the rule; it is asked before."""

from typing import Any
from uuid import UUID

from flask import g, request
from werkzeug.wrappers import Response

from api.appeals import PanelIn
from api.ids import new_id
from api.pages.appeals.candidates import candidate, candidates, for_panel
from api.pages.appeals.case import Case, asks, case_of, kept_from
from api.pages.common import back_to, fresh, pages, posted, render
from api.pages.forms import form, run, shown_again
from portfolio.domain.appeal.panel import SMALLEST_PANEL, ConvenePanel, PanelTooSmall
from portfolio.domain.kernel import ids_in


@pages.get("/appeals/<uuid:appeal_id>/panel")
def convening(appeal_id: UUID) -> str:
    """Show who could hear an appeal, and who could not and why."""
    fresh()
    case = case_of(appeal_id)
    why_not = kept_from(ConvenePanel(appeal_id=appeal_id, members=frozenset()))
    offers = isinstance(why_not, PanelTooSmall)
    chosen = chosen_so_far()
    return render(
        "appeals/convene.html",
        case=case,
        why_not=None if offers else why_not,
        chosen=[str(each) for each in chosen],
        smallest=SMALLEST_PANEL,
        found=candidates(posted().get("search", ""), chosen, for_panel(case)) if offers else None,
        key=new_id(),
    )


def chosen_so_far() -> list[UUID]:
    """Return whom the form before the page has chosen."""
    return ids_in(" ".join(posted().getlist("members")))


@pages.post("/appeals/<uuid:appeal_id>/panel")
@shown_again(convening)
def check_convening(appeal_id: UUID) -> Response:
    """Look for other people, keeping those chosen; or ask before the panel is convened."""
    if request.form.get("act") == "search":
        g.posted = request.form
        return Response(convening(appeal_id), content_type="text/html; charset=utf-8")
    case, body = case_of(appeal_id), form(PanelIn)
    return asks(
        case,
        ConvenePanel(appeal_id=appeal_id, **body),
        heading="Convene this panel?",
        rows=[("Members", named(case, body))],
        warning="Afterwards a member is replaced only if they cannot hear the appeal any more.",
        act=f"Convene the panel of {len(body['members'])}",
        to="convene",
        back="convening",
    )


def named(case: Case, body: dict[str, Any]) -> str:
    """Return the chosen people, a line each, with whether they count as independent."""
    judged, session = for_panel(case), case.sight.session
    rows = sorted((candidate(each, judged, session) for each in body["members"]), key=lambda each: each.name)
    return "\n".join(f"{each.name}{', independent' if each.independent else ''}" for each in rows)


@pages.post("/appeals/<uuid:appeal_id>/panels")
@shown_again(convening)
def convene(appeal_id: UUID) -> Response:
    """Convene the panel."""
    done = run(ConvenePanel(appeal_id=appeal_id, **form(PanelIn)))
    return back_to(".appeal_progress", done.position, appeal_id=appeal_id)
