"""Panels of two and three members, what they answer, and what their officer does."""

from datetime import date
from uuid import UUID

from portfolio.domain.appeal.deciding import ConfirmOutcome, DissentFromOutcome
from portfolio.domain.appeal.facts import (
    DissentRecorded,
    OutcomeConfirmed,
    PanelConvened,
    PanelDivided,
    PanelMemberAdded,
    PanelMemberRecused,
    PanelMemberReplaced,
)
from portfolio.domain.appeal.lineage import ForPanel
from portfolio.domain.appeal.panel import AddMember, RecuseMember, ReplaceMember
from portfolio.domain.kernel import changed
from portfolio.domain.person import Person
from tests.domain.test_appeal import ADMITTED, DECIDED, FREE, LODGED, PANEL, PROPOSED, THE_OFFICER, TIED, WITH_PANEL
from tests.domain.world import APPEAL_ID, CHAIR, MEMBER, OFFICER, TODAY, an_id

THIRD, FOURTH = an_id("third"), an_id("fourth")
THREE = PanelConvened(members=frozenset({CHAIR, MEMBER, THIRD}), independent=frozenset({CHAIR}), officer=OFFICER)
OF_THREE = (LODGED, ADMITTED, THREE)
EVERYBODY = {CHAIR: FREE, MEMBER: TIED, THIRD: TIED, FOURTH: FREE, OFFICER: THE_OFFICER}
CONFIRM = ConfirmOutcome(appeal_id=APPEAL_ID, proposal=1, account="I read the log.")
CONFIRMED = OutcomeConfirmed(proposal=1, member=MEMBER, account="I read the log.")
DISSENT = DissentFromOutcome(appeal_id=APPEAL_ID, account="The breaks were given.")
DISSENTED = DissentRecorded(member=MEMBER, account="The breaks were given.")
TOOK_EFFECT = changed(DECIDED, proposal=1, behind=frozenset({CHAIR, MEMBER}))
ADD = AddMember(appeal_id=APPEAL_ID, member=FOURTH)
ADDED = PanelMemberAdded(member=FOURTH, independent=True, added_on=TODAY, officer=OFFICER)
RECUSE = RecuseMember(appeal_id=APPEAL_ID, reason="I know the family.")
RECUSED = PanelMemberRecused(member=MEMBER, reason="I know the family.")
REPLACE = ReplaceMember(appeal_id=APPEAL_ID, member=MEMBER, replacement=FOURTH, reason="She is ill.")
REPLACED = PanelMemberReplaced(
    member=MEMBER, replacement=FOURTH, independent=True, reason="She is ill.", officer=OFFICER
)
DIVIDED = (*WITH_PANEL, PROPOSED, DISSENTED, PanelDivided())
TWO_WEEKS_LATER = date(2026, 12, 22)
"""The tenth working day after the proposal of Tuesday 8 December."""


def as_(person_id: UUID, **people: Person) -> ForPanel:
    """Return what is known when this person acts; ``people`` by role in the story are somebody else."""
    named = {an_id(name): person for name, person in people.items()}
    return changed(PANEL, by=person_id, people={**EVERYBODY, **named})
