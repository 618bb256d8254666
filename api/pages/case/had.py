"""What there was to go by: the evidence versions of the decision's moment, or of an earlier one, and nothing later."""

from collections.abc import Sequence
from typing import Any

from flask import url_for

from api.pages.case.of import Case
from api.pages.thumbnails import DRAWING, file_kind, stage_said
from portfolio.application.recipes import kind_of
from portfolio.domain.evidence.item import Version

ON_THE_PAGE = 24
"""Items on the page itself: the others stand in the print."""


def had(case: Case) -> Sequence[dict[str, Any]]:
    """Return the versions that could be seen, those that the decision rests on first."""
    if case.moment.before:
        shown = case.versions_then()
        return [
            {**shown_as(case, *key, version), "says": [stage_said(version.stage).lower()], "rests": False}
            for key, version in shown.items()
        ]
    context = case.context
    never = {(each.evidence_id, each.version) for each in context.never_opened or ()}
    rests = {(ref.evidence_id, ref.version) for _, refs in context.cited for ref in refs}
    rows = []
    for each in context.available:
        key = (each.evidence_id, each.version)
        on = ["the decision rests on it"] if key in rests else []
        opened = [] if not context.never_opened else ["never opened by whoever decided"] if key in never else []
        rows.append(
            {**shown_as(case, *key, case.version(*key)), "says": [*on, *opened] or ["opened"], "rests": key in rests}
        )
    return sorted(rows, key=lambda row: not row["rests"])


def shown_as(case: Case, evidence_id: Any, number: int, version: Version | None) -> dict[str, Any]:
    """Return a version as the page names it, with where it is shown as it was then."""
    title = case.title(evidence_id, number)
    if version is None:
        return {"title": title, "href": "", "kind": "", "drawing": url_for("static", filename="pages.svg")}
    at = case.moment.position if case.moment.before else None
    return {
        "title": title,
        "href": case.address_of(evidence_id, number, at),
        "kind": "" if (kind := file_kind(version)).casefold() == title.casefold() else kind,
        "drawing": url_for("static", filename=DRAWING[kind_of(version.media_type)]),
    }


def counted(case: Case, rows: Sequence[dict[str, Any]]) -> str:
    """Return how much there was, and what of it was opened, in a sentence."""
    number = f"{len(rows)} {'item' if len(rows) == 1 else 'items'}"
    if case.moment.before:
        return f"{number} had been handed in by then, each in the version of that moment."
    if not case.context.never_opened:
        return f"{number}, each in the version of that moment."
    opened = len(rows) - len(case.context.never_opened) or "None"
    under = f"{opened} of them had been opened or written under the name of {case.decider}."
    return f"{number}, each in the version of that moment. {under}"
