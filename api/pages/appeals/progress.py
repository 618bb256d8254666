"""Progress: how an appeal goes, for whoever appealed and whoever has it: where it stands and what may be done."""

from uuid import UUID

from api.pages.appeals.case import acts_on, case_of
from api.pages.common import fresh, pages, render
from api.pages.plain import Plain
from api.trail import entries


@pages.get("/appeals/<uuid:appeal_id>/progress")
def appeal_progress(appeal_id: UUID) -> str:
    """Show where an appeal stands, who has it now, what happens next, and what happened so far."""
    fresh()
    case = case_of(appeal_id)
    acts, not_free = acts_on(case)
    plain = Plain.of(case.sight.session, case.sight.state.enrolment_id)
    return render(
        "appeals/progress.html",
        case=case,
        acts=acts,
        not_free=not_free,
        happened=plain.told(entries(case.sight, case.sight.session.history(appeal_id))),
    )
