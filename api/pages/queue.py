"""Queues: what waits for the assessor, the appeals officer and the responsible officer."""

from typing import Any

from api.pages.common import as_day, fresh, named, pages, render
from api.reads import may_ask
from api.services import caller, services, today
from projections.appeals_queue import appeals_queue
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
    for row in waiting:
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


@pages.get("/appeals")
def appeals() -> str:
    """Show the open appeals with the step each waits for, oldest first."""
    fresh()
    may_ask("queue: appeals")
    waiting = appeals_queue(services().reads, limit=MAX_ITEMS)
    names = named(person for row in waiting for person in (row.apprentice, row.appellant))
    rows = [
        {
            "href": f"/appeals/{row.appeal_id}",
            "cells": [str(row.appeal_id)[:8], names.get(row.apprentice, ""), row.waits_for, as_day(row.since)],
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
