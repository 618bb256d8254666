"""Who took part in what is challenged: nobody of them hears the appeal."""

from collections.abc import Iterable
from uuid import UUID

from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.kernel import Known


class WithLineage(Known):
    """The enrolment and all attempts under it, which say who took part."""

    enrolment: Enrolment
    attempts: tuple[Assessment, ...]


def lineage(enrolment: Enrolment, attempts: Iterable[Assessment]) -> frozenset[UUID]:
    """Return everybody who found, decided, sampled, managed or coached here: nobody of them hears an appeal."""
    parts = frozenset(part.person_id for part in enrolment.assigned)
    return parts.union(*(attempt.took_part() for attempt in attempts), {enrolment.apprentice})
