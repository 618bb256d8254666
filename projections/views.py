"""Every view there is, in the order in which they are folded."""

from projections.acts import ACTS
from projections.appeal_list import APPEAL_LIST
from projections.appeals_queue import APPEALS
from projections.assessor_queue import ATTEMPTS
from projections.audit_trail import AUDIT_TRAIL
from projections.changes import CHANGES
from projections.consequences import CONSEQUENCES
from projections.criteria import CRITERIA_LIST
from projections.enrolment_list import ENROLMENT_LIST
from projections.evidence_items import VERSIONS
from projections.files_waiting import FILES_WAITING
from projections.forms import FORMS
from projections.machinery.database import View
from projections.matters import MATTERS
from projections.notices import NOTICES
from projections.people import PEOPLE
from projections.plans import PLANS
from projections.readiness import READINESS
from projections.webhooks import WEBHOOKS

VIEWS: tuple[View, ...] = (
    PEOPLE.view,
    PLANS.view,
    CRITERIA_LIST.view,
    FORMS.view,
    ENROLMENT_LIST.view,
    VERSIONS,
    FILES_WAITING,
    ATTEMPTS,
    APPEALS,
    APPEAL_LIST.view,
    CONSEQUENCES,
    READINESS,
    AUDIT_TRAIL,
    ACTS,
    MATTERS,
    CHANGES,
    NOTICES,
    WEBHOOKS,
)
