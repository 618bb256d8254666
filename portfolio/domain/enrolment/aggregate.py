"""An enrolment as the handler sees it: its key, its empty state, the rule of each command and its fold."""

from portfolio.domain.enrolment.assignment_corrections import (
    bring_end_forward,
    confirm_taking_back,
    correct_assignment,
    take_assignment_back,
)
from portfolio.domain.enrolment.assignments import assign_person, release_person
from portfolio.domain.enrolment.consent import (
    ask_consent,
    decline_consent,
    give_consent,
    take_consent_back,
    withdraw_question,
)
from portfolio.domain.enrolment.corrections import (
    correct_centre,
    correct_employer,
    correct_start,
    correct_uln,
    move_to_employer,
)
from portfolio.domain.enrolment.ending import end_enrolment, pause_enrolment, resume_enrolment, take_end_back
from portfolio.domain.enrolment.enrolling import enrol_apprentice
from portfolio.domain.enrolment.erasing import (
    approve_paper_erasure,
    confirm_paper_erasure,
    drop_paper_erasure,
    note_paper_erased,
)
from portfolio.domain.enrolment.papers import announce_paper, complete_paper, refuse_paper, seal_paper
from portfolio.domain.enrolment.routes import change_route
from portfolio.domain.enrolment.scrutiny import record_scrutiny_route
from portfolio.domain.enrolment.state import Enrolment, evolve
from portfolio.domain.kernel import Aggregate

ENROLMENT = Aggregate(
    "enrolment_id",
    Enrolment(),
    (
        enrol_apprentice,
        pause_enrolment,
        resume_enrolment,
        end_enrolment,
        take_end_back,
        correct_uln,
        move_to_employer,
        correct_employer,
        correct_centre,
        correct_start,
        change_route,
        assign_person,
        release_person,
        bring_end_forward,
        correct_assignment,
        take_assignment_back,
        confirm_taking_back,
        give_consent,
        take_consent_back,
        ask_consent,
        decline_consent,
        withdraw_question,
        announce_paper,
        complete_paper,
        seal_paper,
        refuse_paper,
        approve_paper_erasure,
        confirm_paper_erasure,
        drop_paper_erasure,
        note_paper_erased,
        record_scrutiny_route,
    ),
    evolve,
)
