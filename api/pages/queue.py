"""Queues: what waits for the assessor, the appeals officer and the responsible officer."""

from collections import Counter
from typing import Any

from flask import url_for

from api.pages.common import as_day, fresh, named, pages, render
from api.queues import WaitingAttempt, Waits, what_of, what_waits
from api.reads import declared_by_caller, may_ask, must_declare_to_see
from api.services import services
from portfolio.application.read_session import ReadSession
from portfolio.domain.appeal.aggregate import APPEAL
from projections.appeals_queue import OpenAppeal, appeals_queue
from projections.assessor_queue import WaitingEvidence
from projections.consequences import open_consequences

MAX_ITEMS = 200


@pages.get("/queue")
def queue() -> str:
    """Show the evidence, attempts and decisions that wait for this person, oldest first."""
    fresh()
    may_ask("queue: assessor")
    waiting = what_waits(MAX_ITEMS)
    names = named(row.apprentice for row in waiting)
    session = services().session()
    shown = [row for row in waiting if declared_by_caller(session, row.apprentice)]
    hidden = Counter(row.apprentice for row in waiting if row not in shown)
    rows: dict[Waits, list[dict[str, Any]]] = {"evidence": [], "attempt": [], "confirmation": []}
    for row in shown:
        rows[what_of(row)].append(row_shown(row, names.get(row.apprentice, "")))
    return render(
        "queue.html",
        heading="What waits for you",
        sections=[
            *declare_first([[names.get(each, ""), str(number)] for each, number in hidden.items()]),
            {
                "heading": "Evidence to answer",
                "columns": ["Title", "Apprentice", "Claimed codes", "Since"],
                "rows": rows["evidence"],
            },
            {
                "heading": "Attempts to decide",
                "columns": ["Attempt", "Apprentice", "Findings", "Since"],
                "rows": rows["attempt"],
            },
            *to_confirm(rows["confirmation"]),
        ],
    )


def to_confirm(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the section of decisions that the second person of a scrutiny route confirms; none if there is none."""
    columns = ["Attempt", "Apprentice", "Waits for", "Since"]
    section = {"heading": "Decisions that count once you confirm them", "columns": columns}
    return [{**section, "rows": rows}] if rows else []


def row_shown(row: WaitingEvidence | WaitingAttempt, apprentice: str) -> dict[str, Any]:
    """Return a row of the page: where it leads, and its cells."""
    if isinstance(row, WaitingEvidence):
        title = row.title if row.version == 1 else f"{row.title} (version {row.version})"
        cells = [title, apprentice, ", ".join(row.claims) or "none", as_day(row.since)]
        return {"href": url_for(".item", evidence_id=row.evidence_id, version=row.version), "cells": cells}
    work, attempt = row.work, f"{row.component}, attempt {row.number}"
    judged = f"{len(work.codes) - len(work.missing)} of {len(work.codes)} judged by you"
    asked = "your confirmation" if work.confirms else judged
    asked = f"{asked}; not for you today: {work.why_not}" if work.why_not else asked
    return {
        "href": url_for(".board", enrolment_id=row.enrolment_id),
        "cells": [attempt, apprentice, asked, as_day(row.since)],
    }


def declare_first(rows: list[list[str]]) -> list[dict[str, Any]]:
    """Return the section of those to whom the person at the page has not said yet what they are; none if there is none.

    Each row has a name and how many pieces of work wait.
    """
    if not rows:
        return []
    section = {"heading": "Say first what you are to them", "columns": ["Apprentice", "Waits for you"]}
    return [{**section, "rows": [{"href": url_for(".interests"), "cells": cells} for cells in rows]}]


@pages.get("/appeals")
def appeals() -> str:
    """Show the open appeals with the step each waits for, oldest first."""
    fresh()
    may_ask("queue: appeals")
    waiting = appeals_queue(services().reads, limit=MAX_ITEMS)
    names = named(person for row in waiting for person in (row.apprentice, row.appellant))
    session = services().session()
    rows = [
        {
            "href": url_for(".appeal", appeal_id=row.appeal_id),
            "cells": [str(row.appeal_id)[:8], names.get(row.apprentice, ""), *cells_of(row, session)],
        }
        for row in waiting
    ]
    columns = ["Appeal", "Apprentice", "Waits for", "Since"]
    return render(
        "queue.html",
        heading="Appeals",
        sections=[{"heading": "Open appeals", "columns": columns, "rows": rows}],
    )


@pages.get("/consequences")
def consequences() -> str:
    """Show what should have followed from upheld appeals and was refused by a rule, oldest first."""
    fresh()
    may_ask("queue: consequences")
    waiting = open_consequences(services().reads, limit=MAX_ITEMS)
    names = named(row.apprentice for row in waiting)
    rows = [
        {
            "href": url_for(".appeal", appeal_id=row.appeal_id),
            "cells": [
                str(row.appeal_id)[:8],
                names.get(row.apprentice, ""),
                row.consequence,
                row.why,
                as_day(row.since),
            ],
        }
        for row in waiting
    ]
    columns = ["Appeal", "Apprentice", "Should follow", "Refused because", "Since"]
    return render(
        "queue.html",
        heading="What could not follow from appeals",
        sections=[{"heading": "Consequences to draw or to close", "columns": columns, "rows": rows}],
    )


def cells_of(row: OpenAppeal, session: ReadSession) -> list[str]:
    """Return what an appeal waits for and since when, or what its officer must say first."""
    if not declared_by_caller(session, row.apprentice) and must_declare_to_see(APPEAL, row.appeal_id):
        return ["what you are to them", ""]
    return [row.waits_for, as_day(row.since)]
