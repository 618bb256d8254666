"""Record: everything that happened in an enrolment, in sentences, by day, the newest first.

Several findings or claims in a row are one sentence, with each of them below.
"""

import re
from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from api.fields import Position
from api.pages.chronology import grouped
from api.pages.common import asked, fresh, named, pages, render
from api.reads import see
from api.services import caller, services
from api.trail import read_only
from portfolio.domain.calendar import london_day
from portfolio.domain.enrolment.aggregate import ENROLMENT
from projections.audit_trail import latest

A_PAGE = 100
FOR_PROGRAMS = re.compile(r" \(context [0-9a-f]{12}\)")
"""What a sentence says for programs, by which they find the stored context of a decision."""


@pages.get("/enrolments/<uuid:enrolment_id>/record")
def record(enrolment_id: UUID) -> str:
    """Show what happened, a page of it, up to a place in the log (``?before=``)."""
    fresh()
    sight = see(ENROLMENT, enrolment_id, ask="audit trail")
    before = asked("before", Position())
    facts = latest(services().reads, services().journal, enrolment_id=enrolment_id, until=before, limit=A_PAGE + 1)
    shown = facts[:A_PAGE]
    return render(
        "record.html",
        enrolment_id=enrolment_id,
        own=caller() == sight.state.apprentice,
        apprentice=named([sight.state.apprentice]).get(sight.state.apprentice, ""),
        days=by_day(grouped(sight, [*read_only(reversed(shown))])[::-1]),
        before=before,
        older=shown[-1].position if len(facts) > A_PAGE else None,
    )


def by_day(rows: Iterable[dict[str, Any]]) -> list[tuple[date, list[dict[str, Any]]]]:
    """Return what is told by the day in London on which it happened, without what is said to programs."""
    told = [{**row, "sentence": FOR_PROGRAMS.sub("", row["sentence"])} for row in rows]
    return [(day, [*of_it]) for day, of_it in groupby(told, lambda row: london_day(row["at"]))]
