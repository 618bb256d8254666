"""The state of an appeal: where it stands and who is what in it, and how each fact changes that."""

from typing import Literal, assert_never
from uuid import UUID

from portfolio.domain.appeal.facts import (
    AppealAdmitted,
    AppealDecided,
    AppealFact,
    AppealLodged,
    AppealNotAdmitted,
    AppealWithdrawn,
    Ground,
    PanelConvened,
    Subject,
)
from portfolio.domain.kernel import NOBODY, NotVisible, RuleBroken, State, changed
from portfolio.domain.vocabulary import APPELLANT, MEMBER_OF_THE_PANEL, TOOK_PART, Relation

Status = Literal["none", "lodged", "admitted", "with panel", "decided", "not admitted", "withdrawn"]


class AppealUnknown(NotVisible):
    """There is no such appeal."""


class AppealNotWaiting(RuleBroken, rule="APPEAL-6"):
    """The appeal is not waiting for this step."""


class Appeal(State):
    """An appeal and where it stands."""

    status: Status = "none"
    enrolment_id: UUID = NOBODY
    apprentice: UUID = NOBODY
    appellant: UUID = NOBODY
    subject_of_appeal: Subject | None = None
    grounds: tuple[Ground, ...] = ()
    took_part: frozenset[UUID] = frozenset()
    members: frozenset[UUID] = frozenset()

    def subject(self) -> UUID | None:
        """Return the apprentice."""
        return self.apprentice

    def is_open(self) -> bool:
        """Return whether the appeal is lodged and has no end yet."""
        return self.status in ("lodged", "admitted", "with panel")

    def parties(self) -> frozenset[UUID]:
        """Return who is part of the case: the apprentice, the appellant, who took part, and the panel (PERSON-5)."""
        return self.took_part | self.members | {self.apprentice, self.appellant}

    def relations(self, person: UUID, today: object) -> set[Relation]:  # noqa: ARG002 - an appeal's relations have no days
        """Return "appellant", "member of the panel" and "took part"."""
        held: dict[Relation, bool] = {
            APPELLANT: person == self.appellant,
            MEMBER_OF_THE_PANEL: person in self.members,
            TOOK_PART: person in self.took_part,
        }
        return {relation for relation, holds in held.items() if holds}


def check_lodged(appeal: Appeal) -> None:
    """Refuse an appeal that does not exist."""
    if appeal.status == "none":
        raise AppealUnknown


def check_waits(appeal: Appeal, *statuses: Status) -> None:
    """Refuse an appeal that stands at none of these."""
    if appeal.status not in statuses:
        raise AppealNotWaiting(f"It is {appeal.status}.")


def evolve(appeal: Appeal, fact: AppealFact) -> Appeal:
    """Apply a fact. Never refuses: what happened stays true when the rules change."""
    match fact:
        case AppealLodged():
            return Appeal(
                status="lodged",
                enrolment_id=fact.enrolment_id,
                apprentice=fact.apprentice,
                appellant=fact.appellant,
                subject_of_appeal=fact.subject,
                grounds=fact.grounds,
                took_part=fact.took_part,
            )
        case AppealAdmitted():
            return changed(appeal, status="admitted")
        case AppealNotAdmitted():
            return changed(appeal, status="not admitted")
        case PanelConvened(members=members):
            return changed(appeal, status="with panel", members=members)
        case AppealDecided():
            return changed(appeal, status="decided")
        case AppealWithdrawn():
            return changed(appeal, status="withdrawn")
    assert_never(fact)
