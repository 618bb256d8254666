"""The web pages: one for each audience, rendered on the server, plain HTML that needs no script."""

from api.pages import (
    account,
    appeals,
    assessor_queue,
    board,
    cohort,
    consents,
    fields,
    frame,
    holds,
    home,
    interests,
    notices,
    operations,
    oversight,
    papers,
    record,
    scrutiny,
    search,
    standardisation,
    testimony,
    thumbnails,
    webhooks,
)
from api.pages.assessment_forms import approval as form_approval
from api.pages.assessment_forms import begin, component, coverage, form
from api.pages.assessment_forms import listed as forms_listed
from api.pages.attempt import again, aside, attempts, decide, decided, judge, matrix, one_code, records
from api.pages.case import answer, as_it_was
from api.pages.case import page as case_page
from api.pages.common import pages
from api.pages.criteria import approval as criteria_approval
from api.pages.criteria import criteria, grade_rules, predecessor, versions, write
from api.pages.criteria import listed as criteria_listed
from api.pages.enrolments import administration, enrolled, enrolling
from api.pages.enrolments import asked as acts_on_enrolments
from api.pages.evidence import correcting, own_work, page, redacting, review
from api.pages.hand_in import describe, files, sign
from api.pages.people import accounts, acts, importing, person, register, registering, trail
from api.pages.plans import approval, bring_in, comparison, grades, listed, oddity, plan, text
from api.pages.programs import credentials, program

__all__ = [
    "account",
    "accounts",
    "acts",
    "acts_on_enrolments",
    "administration",
    "again",
    "answer",
    "appeals",
    "approval",
    "as_it_was",
    "aside",
    "assessor_queue",
    "attempts",
    "begin",
    "board",
    "bring_in",
    "case_page",
    "cohort",
    "comparison",
    "component",
    "consents",
    "correcting",
    "coverage",
    "credentials",
    "criteria",
    "criteria_approval",
    "criteria_listed",
    "decide",
    "decided",
    "describe",
    "enrolled",
    "enrolling",
    "fields",
    "files",
    "form",
    "form_approval",
    "forms_listed",
    "frame",
    "grade_rules",
    "grades",
    "holds",
    "home",
    "importing",
    "interests",
    "judge",
    "listed",
    "matrix",
    "notices",
    "oddity",
    "one_code",
    "operations",
    "oversight",
    "own_work",
    "page",
    "pages",
    "papers",
    "person",
    "plan",
    "predecessor",
    "program",
    "record",
    "records",
    "redacting",
    "register",
    "registering",
    "review",
    "scrutiny",
    "search",
    "sign",
    "standardisation",
    "testimony",
    "text",
    "thumbnails",
    "trail",
    "versions",
    "webhooks",
    "write",
]
