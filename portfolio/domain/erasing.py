"""Erasing: what holds for every stored file that two free people have erased, whatever it belongs to (ERASURE-3)."""

from uuid import UUID

from portfolio.domain.appeal.hold import Cases
from portfolio.domain.appeal.lineage import lineage
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.enrolment.conflict import conflicted
from portfolio.domain.enrolment.erasure import PaperErasureApproved
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.erasure import ErasureByOneAlone, ErasureNeedsFreePerson
from portfolio.domain.evidence.erasure import ErasureApproved
from portfolio.domain.kernel import Known, Recorded
from portfolio.domain.person import Person


class ForErasure(Known):
    """Who asks, the enrolment and the apprentice's others, its appeals and attempts, and all recorded of the record."""

    person: Person
    enrolment: Enrolment
    other_enrolments: tuple[Enrolment, ...]
    cases: Cases
    attempts: dict[UUID, Assessment]
    history: tuple[Recorded, ...]


def check_free(known: ForErasure) -> None:
    """Refuse who took part in what may rest on the file, or is tied to the apprentice."""
    took_part = lineage(known.enrolment, known.attempts.values(), known.today)
    enrolments = (known.enrolment, *known.other_enrolments)
    if known.by in took_part or conflicted(enrolments, known.person, known.by, known.today):
        raise ErasureNeedsFreePerson


def check_second(object_id: UUID, known: ForErasure) -> None:
    """Refuse whoever approved last that this file is erased."""
    approved = [entry.by for entry in known.history if file_approved(entry) == object_id]
    if approved and approved[-1] == known.by:
        raise ErasureByOneAlone


def file_approved(entry: Recorded) -> UUID | None:
    """Return which file a fact approves to erase, None if it approves none."""
    match entry.fact:
        case ErasureApproved(object_id=object_id) | PaperErasureApproved(paper_id=object_id):
            return object_id
        case _:
            return None
