"""An attempt as the handler sees it: its key, its empty state, the rule of each command and its fold."""

from portfolio.domain.assessment.attempt import Assessment, evolve
from portfolio.domain.assessment.closing import close_attempt
from portfolio.domain.assessment.confirming import confirm_decision, decline_decision
from portfolio.domain.assessment.decisions import decide_grade, supersede_decision, void_decision
from portfolio.domain.assessment.findings import record_findings
from portfolio.domain.assessment.opening import open_attempt, open_attempt_after_appeal
from portfolio.domain.kernel import Aggregate

ASSESSMENT = Aggregate(
    "assessment_id",
    Assessment(),
    (
        open_attempt,
        open_attempt_after_appeal,
        close_attempt,
        record_findings,
        decide_grade,
        confirm_decision,
        decline_decision,
        supersede_decision,
        void_decision,
    ),
    evolve,
)
