"""Every view there is, in the order in which they are folded."""

from projections.appeals_queue import APPEALS
from projections.assessor_queue import ATTEMPTS
from projections.audit_trail import AUDIT_TRAIL
from projections.consequences import CONSEQUENCES
from projections.enrolments import ENROLMENTS, PARTS
from projections.evidence_items import VERSIONS
from projections.machinery.database import View
from projections.people import PEOPLE
from projections.plans import PLANS
from projections.readiness import READINESS
from projections.scrutiny_routes import SCRUTINY_ROUTES

VIEWS: tuple[View, ...] = (
    PEOPLE,
    PLANS,
    ENROLMENTS,
    PARTS,
    SCRUTINY_ROUTES,
    VERSIONS,
    ATTEMPTS,
    APPEALS,
    CONSEQUENCES,
    READINESS,
    AUDIT_TRAIL,
)
