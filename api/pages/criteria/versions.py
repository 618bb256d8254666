"""Versions: the line that criteria stand in, each version with what it says otherwise than the one it follows."""

from uuid import UUID

from api.pages.common import fresh, pages, render
from api.pages.criteria.shown import criteria_of
from api.pages.plans.parts import part_asked
from portfolio.domain.comparing import CriteriaChanges, criteria_changes
from portfolio.domain.criteria import CRITERIA

VERSION, LINE = 400, 200
"""About how many bytes of a page a version takes, and a line that it changes beside its words."""


@pages.get("/criteria/<uuid:criteria_id>/versions")
def criteria_versions(criteria_id: UUID) -> str:
    """Show every version of a line, the first one first, with what each changes."""
    fresh()
    shown = criteria_of(criteria_id)
    steps = [
        (
            each,
            criteria_changes(shown.sight.session.state(CRITERIA, each.sight.state.follows), each.sight.state)
            if each.sight.state.follows
            else None,
        )
        for each in shown.line
    ]
    part = part_asked([cost(changes) for _, changes in steps])
    return render(
        "criteria/versions.html",
        shown=shown,
        steps=steps[part.start : part.stop],
        part=part,
        names={each.criteria_id: each.name for each in shown.line},
    )


def cost(changes: CriteriaChanges | None) -> int:
    """Return about how many bytes of a page a step takes."""
    if changes is None:
        return VERSION
    lines = changes.lines
    single = [line.text for line in (*lines.added, *lines.removed)]
    pairs = [old.text + new.text for old, new in (*lines.changed, *changes.moved)]
    return VERSION + sum(LINE + len(text) for text in (*single, *pairs))
