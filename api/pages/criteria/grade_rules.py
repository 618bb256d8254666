"""Grade rules: for which grades every code must be met, said once where criteria do not say it."""

from uuid import UUID

from werkzeug.wrappers import Response

from api.criteria import GradeRulesIn
from api.ids import new_id
from api.pages.common import back_to, fresh, pages, render
from api.pages.criteria.criteria import may_say_rules
from api.pages.criteria.shown import criteria_of
from api.pages.forms import form, run, shown_again
from portfolio.domain.criteria import CRITERIA, AddGradeRules
from portfolio.domain.kernel import NOBODY


@pages.get("/criteria/<uuid:criteria_id>/grade-rules")
def grade_rules(criteria_id: UUID) -> str:
    """Show the form that says what each grade needs, with what the version before says of the same grade."""
    fresh()
    shown = criteria_of(criteria_id)
    if refusal := may_say_rules(shown):
        raise refusal
    before = shown.sight.session.state(CRITERIA, shown.sight.state.follows or NOBODY)
    return render(
        "criteria/grade_rules.html",
        shown=shown,
        said={rule.grade: "yes" if rule.every_code_met else "no" for rule in before.grade_rules},
        key=new_id(),
    )


@pages.post("/criteria/<uuid:criteria_id>/grade-rules")
@shown_again(grade_rules)
def add_grade_rules(criteria_id: UUID) -> Response:
    """Say what each grade needs."""
    done = run(AddGradeRules(criteria_id=criteria_id, **form(GradeRulesIn)))
    return back_to(".criteria", done.position, criteria_id=criteria_id)
