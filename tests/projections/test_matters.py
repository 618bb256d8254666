"""What was not simply decided: each such fact of an enrolment once, the newest first, by kind, and nothing else."""

from portfolio.domain.assessment.facts import AttemptClosed, DecisionDeclined, DecisionVoided, GradeDecisionSuperseded
from portfolio.domain.enrolment.facts import ScrutinyRouteRecorded
from portfolio.domain.kernel import tag_of
from projections.matters import KINDS, counted, matters
from tests.domain.world import ATTEMPT_ID, ENROLMENT_ID
from tests.projections.support import STORY, on, views_after
from tests.projections.test_views import examples

OF_ATTEMPTS = (DecisionDeclined, GradeDecisionSuperseded, DecisionVoided, AttemptClosed)


def test_each_is_found_once_the_newest_first_and_by_kind() -> None:
    told = [examples(kind)[0] for kind in OF_ATTEMPTS]
    route = examples(ScrutinyRouteRecorded)[0]
    with views_after(*STORY, on(ATTEMPT_ID, *told), on(ENROLMENT_ID, route)) as reads:
        found = matters(reads, limit=10)
        assert [each.enrolment_id for each in found] == [ENROLMENT_ID] * 5
        positions = [each.position for each in found]
        assert positions == sorted(positions, reverse=True)
        assert [*matters(reads, before=positions[1], limit=2)] == [*found[2:4]]
        assert counted(reads) == dict.fromkeys(KINDS, 1)
        (only,) = matters(reads, kind=tag_of(ScrutinyRouteRecorded), limit=10)
        assert only == found[0]
