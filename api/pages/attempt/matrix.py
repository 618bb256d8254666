"""Matrix: what covers what: the codes of an attempt by the evidence, as claimed and as cited, and the findings."""

from uuid import UUID

from api.pages.attempt.judge import attempt_of
from api.pages.attempt.shown import Beside
from api.pages.common import fresh, pages, render


@pages.get("/assessments/<uuid:assessment_id>/coverage")
def coverage(assessment_id: UUID) -> str:
    """Show for each code which evidence is claimed for it, speaks of it or is cited, and what was found."""
    fresh()
    shown = attempt_of(assessment_id)
    beside = {each.piece.number for row in shown.rows_by_code.values() for each in row.beside}
    columns = [piece for piece in shown.pieces.values() if piece.number in beside]
    cells = {
        code: {
            each.piece.number: "cited" if each.cited else "claimed" if each.claimed else "record" for each in row.beside
        }
        for code, row in shown.rows_by_code.items()
    }
    return render(
        "attempt/coverage.html",
        attempt=shown,
        assessment_id=assessment_id,
        columns=columns,
        unused=[piece for piece in shown.pieces.values() if piece.number not in beside],
        cells=cells,
        bare=[code for code, row in shown.rows_by_code.items() if not row.beside],
    )


def how(each: Beside) -> str:
    """Return in one word how a piece stands beside a code: cited says most."""
    return "cited" if each.cited else "claimed" if each.claimed else "record"


@pages.get("/assessments/<uuid:assessment_id>/descriptors")
def descriptors(assessment_id: UUID) -> str:
    """Show what the plan prints of performance at each level; it is no mark scheme."""
    return render("attempt/descriptors.html", attempt=attempt_of(assessment_id), assessment_id=assessment_id)
