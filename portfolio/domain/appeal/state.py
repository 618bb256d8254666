"""The state of an appeal: where it stands, what the panel answered and what still follows."""

from datetime import date
from typing import Literal
from uuid import UUID

from portfolio.domain.appeal.facts import (
    Consequence,
    ConsequenceRefused,
    DecisionSubject,
    Ground,
    Outcome,
    OutcomeProposed,
    Subject,
)
from portfolio.domain.kernel import NOBODY, NotVisible, RuleBroken, State, Value
from portfolio.domain.vocabulary import APPELLANT, MEMBER_OF_THE_PANEL, TOOK_PART, Relation

Status = Literal[
    "none", "lodged", "admitted", "with panel", "decided", "not admitted", "withdrawn", "waits for a second look"
]


class AppealUnknown(NotVisible):
    """There is no such appeal."""


class AppealNotWaiting(RuleBroken, rule="APPEAL-6"):
    """The appeal is not waiting for this step."""


class PanelAnswer(Value):
    """Where a member stands now: behind a proposal, or behind none (0), with their own account."""

    member: UUID
    proposal: int
    account: str


class Appeal(State):
    """An appeal and where it stands.

    ``joined`` are members who came to the panel after it was convened, with the day. ``pending`` is what still follows
    from an upheld appeal, ``refused`` what of it a rule refused
    and ``settled`` what was drawn or given up. ``set_aside``: what is contested is that the decision
    was set aside.
    """

    status: Status = "none"
    enrolment_id: UUID = NOBODY
    apprentice: UUID = NOBODY
    appellant: UUID = NOBODY
    subject_of_appeal: Subject | None = None
    set_aside: bool = False
    grounds: tuple[Ground, ...] = ()
    took_part: frozenset[UUID] = frozenset()
    officers: frozenset[UUID] = frozenset()
    not_admitted_by: UUID = NOBODY
    second_look_asked: bool = False
    consent_id: UUID = NOBODY
    members: frozenset[UUID] = frozenset()
    independent: frozenset[UUID] = frozenset()
    joined: tuple[tuple[UUID, date], ...] = ()
    recused: frozenset[UUID] = frozenset()
    proposals: tuple[OutcomeProposed, ...] = ()
    last_proposal: int = 0
    answers: tuple[PanelAnswer, ...] = ()
    divided: bool = False
    outcome: Outcome | None = None
    cited: frozenset[UUID] = frozenset()
    pending: frozenset[Consequence] = frozenset()
    refused: tuple[ConsequenceRefused, ...] = ()
    settled: frozenset[Consequence] = frozenset()
    new_attempt: UUID = NOBODY

    def subject(self) -> UUID | None:
        """Return the apprentice."""
        return self.apprentice

    def parties(self) -> frozenset[UUID]:
        """Return who is part of the case: the apprentice, the appellant, who took part, officers, panel (PERSON-5)."""
        return self.took_part | self.members | self.officers - {NOBODY} | {self.apprentice, self.appellant}

    def relations(self, person: UUID, today: object) -> set[Relation]:  # noqa: ARG002 - an appeal's relations have no days
        """Return "appellant", "member of the panel" and "took part"."""
        held: dict[Relation, bool] = {
            APPELLANT: person in (self.appellant, self.apprentice),
            MEMBER_OF_THE_PANEL: person in self.members - self.recused,
            TOOK_PART: person in self.took_part,
        }
        return {relation for relation, holds in held.items() if holds}

    def is_open(self) -> bool:
        """Return whether the case goes on: until it is refused, withdrawn, dismissed, or its consequences are drawn."""
        return self.status in ("lodged", "waits for a second look", "admitted", "with panel") or bool(self.pending)

    def decided(self) -> bool:
        """Return whether the panel gave its outcome."""
        return self.outcome is not None

    def upheld(self) -> bool:
        """Return whether the panel upheld the appeal."""
        return self.outcome == "upheld"

    @property
    def attempt_id(self) -> UUID:
        """Return the attempt of the decision appealed against, ``NOBODY`` if the subject is another."""
        return self.subject_of_appeal.assessment_id if isinstance(self.subject_of_appeal, DecisionSubject) else NOBODY

    @property
    def decision_id(self) -> UUID:
        """Return the decision appealed against, ``NOBODY`` if the subject is another."""
        return self.subject_of_appeal.decision_id if isinstance(self.subject_of_appeal, DecisionSubject) else NOBODY


WAITS: dict[Status, str] = {
    "none": "It is not lodged.",
    "lodged": "It waits for an appeals officer, who admits it or says why not.",
    "admitted": "It was admitted and waits for an appeals officer, who convenes its panel.",
    "with panel": "It is with its panel, which gives the outcome.",
    "decided": "It has its outcome.",
    "not admitted": "It was not admitted; the appellant can ask once for a second look.",
    "withdrawn": "It was withdrawn.",
    "waits for a second look": "It waits for somebody else than who refused to look again at whether it is heard.",
}
"""What ``where_it_stands`` says by the status alone."""


def where_it_stands(appeal: Appeal) -> str:
    """Return where an appeal stands, and what comes next, as a sentence."""
    if appeal.status == "not admitted" and appeal.second_look_asked:
        return "It was not admitted, at a second look either."
    return WAITS[appeal.status]


def check_lodged(appeal: Appeal) -> None:
    """Refuse an appeal that does not exist."""
    if appeal.status == "none":
        raise AppealUnknown


def check_waits(appeal: Appeal, *statuses: Status) -> None:
    """Refuse an appeal that stands at none of these."""
    check_lodged(appeal)
    if appeal.status not in statuses:
        raise AppealNotWaiting(where_it_stands(appeal))
