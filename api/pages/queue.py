"""Queues of the office: what waits for the appeals officer and the responsible officer."""

from flask import url_for

from api.pages.common import as_day, fresh, named, pages, render
from api.reads import declared_by_caller, may_ask, must_declare_to_see
from api.services import services
from portfolio.application.read_session import ReadSession
from portfolio.domain.appeal.aggregate import APPEAL
from projections.appeals_queue import OpenAppeal, appeals_queue
from projections.consequences import open_consequences

MAX_ITEMS = 200


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
