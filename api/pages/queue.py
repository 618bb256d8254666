"""Queues: what waits for the assessor, the appeals officer and the responsible officer."""

from collections import Counter
from typing import Any

from api.pages.common import as_day, fresh, named, pages, render
from api.reads import declared_by_caller, may_ask
from api.services import caller, services, today
from portfolio.application.read_session import ReadSession
from projections.appeals_queue import OpenAppeal, appeals_queue
from projections.assessor_queue import WaitingEvidence, assessor_queue
from projections.consequences import open_consequences

MAX_ITEMS = 200


@pages.get("/queue")
def queue() -> str:
    """Show the evidence and the attempts that wait for this assessor, oldest first."""
    fresh()
    may_ask("queue: assessor")
    waiting = assessor_queue(services().reads, caller(), today(), limit=MAX_ITEMS)
    names = named(row.apprentice for row in waiting)
    evidence: list[dict[str, Any]] = []
    attempts: list[dict[str, Any]] = []
    session = ReadSession(services().journal)
    shown = [row for row in waiting if declared_by_caller(session, row.apprentice)]
    hidden = Counter(row.apprentice for row in waiting if row not in shown)
    for row in shown:
        apprentice, since = names.get(row.apprentice, ""), as_day(row.since)
        if isinstance(row, WaitingEvidence):
            title = row.title if row.version == 1 else f"{row.title} (version {row.version})"
            cells = [title, apprentice, ", ".join(row.claims) or "none", since]
            evidence.append({"href": f"/evidence/{row.evidence_id}?version={row.version}", "cells": cells})
        else:
            judged = f"{len(row.codes) - len(row.missing)} of {len(row.codes)}"
            whose = "not for you: you took part in the decision set aside" if row.barred else apprentice
            cells = [f"{row.component}, attempt {row.number}", whose, judged, since]
            attempts.append({"href": f"/enrolments/{row.enrolment_id}", "cells": cells})
    return render(
        "queue.html",
        heading="What waits for you",
        sections=[
            *declare_first([[names.get(each, ""), str(number)] for each, number in hidden.items()]),
            {
                "heading": "Evidence to answer",
                "columns": ["Title", "Apprentice", "Claimed codes", "Since"],
                "rows": evidence,
            },
            {
                "heading": "Attempts to decide",
                "columns": ["Attempt", "Apprentice", "Findings", "Since"],
                "rows": attempts,
            },
        ],
    )


def declare_first(rows: list[list[str]]) -> list[dict[str, Any]]:
    """Return the section of those to whom the person at the page has not said yet what they are; none if there is none.

    Each row has a name and how many pieces of work wait.
    """
    if not rows:
        return []
    section = {"heading": "Say first what you are to them", "columns": ["Apprentice", "Waits for you"]}
    return [{**section, "rows": [{"href": "/interests", "cells": cells} for cells in rows]}]


@pages.get("/appeals")
def appeals() -> str:
    """Show the open appeals with the step each waits for, oldest first."""
    fresh()
    may_ask("queue: appeals")
    waiting = appeals_queue(services().reads, limit=MAX_ITEMS)
    names = named(person for row in waiting for person in (row.apprentice, row.appellant))
    session = ReadSession(services().journal)
    rows = [
        {
            "href": f"/appeals/{row.appeal_id}",
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
            "href": f"/appeals/{row.appeal_id}",
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
    if not declared_by_caller(session, row.apprentice):
        return ["what you are to them", ""]
    return [row.waits_for, as_day(row.since)]
