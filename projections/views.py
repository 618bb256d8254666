"""Every view there is, in the order in which they are folded."""

from projections.audit_trail import AUDIT_TRAIL
from projections.database import View
from projections.people import PEOPLE
from projections.plans import PLANS
from projections.portfolios import ENROLMENTS, PARTS, VERSIONS
from projections.queues import APPEALS, ATTEMPTS
from projections.readiness import READINESS

VIEWS: tuple[View, ...] = (PEOPLE, PLANS, ENROLMENTS, PARTS, VERSIONS, ATTEMPTS, APPEALS, READINESS, AUDIT_TRAIL)
