"""The panel: who hears the appeal, whether they still may, by the rule that judges, and where each of them stands."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from api.pages.case.of import Case
from api.services import caller, services
from api.trail import may_read_deliberation
from portfolio.application.loaders.appeal import for_panel
from portfolio.domain.appeal.facts import PanelConvened
from portfolio.domain.appeal.lineage import ForPanel, free
from portfolio.domain.appeal.panel import BankHolidaysUnknown, ConvenePanel, check_members, last_day_to_answer
from portfolio.domain.kernel import RuleBroken
from portfolio.domain.vocabulary import PANEL_MEMBER

WORKS_FOR = {"none of these": "works for none of the organisations"}


@dataclass(frozen=True)
class Member:
    """A member, whether they are free of the case and prepared for it, and why not; ``last_day`` to answer."""

    person_id: UUID
    name: str
    you: bool
    works_for: str
    independent: bool
    recused: bool
    is_free: bool
    in_office: bool
    competent: bool
    why_not: str
    last_day: date | None
    stands: str


def members_of(case: Case) -> list[Member]:
    """Return the members of the panel, the independent ones first."""
    appeal = case.sight.state
    naming = ConvenePanel(appeal_id=case.appeal_id, members=appeal.members)
    known = for_panel(case.session, naming, caller(), services().now())
    members = [member_of(case, each, known) for each in appeal.members]
    return sorted(members, key=lambda each: (not each.independent, each.name))


def member_of(case: Case, member: UUID, known: ForPanel) -> Member:
    """Return a member as the rules find them now."""
    appeal, person = case.sight.state, known.people[member]
    return Member(
        person_id=member,
        name=person.name,
        you=member == caller(),
        works_for=WORKS_FOR.get(person.works_for, person.works_for),
        independent=member in appeal.independent,
        recused=member in appeal.recused,
        is_free=free(appeal, member, known) and member not in appeal.officers and not person.ever_appeals_officer(),
        in_office=PANEL_MEMBER in person.roles,
        competent=person.prepared_for_panels(known.today),
        why_not=why_not(case, member, known),
        last_day=last_day_of(case, member),
        stands=stands(case, member),
    )


def why_not(case: Case, member: UUID, known: ForPanel) -> str:
    """Return why the rule that judges would not let a member hear the appeal now, empty if it would."""
    try:
        check_members(case.sight.state, frozenset({member}), known)
    except RuleBroken as refusal:
        return refusal.title()
    return ""


def last_day_of(case: Case, member: UUID) -> date | None:
    """Return until when a member answers, None if nothing waits for them or the day cannot be told."""
    if case.sight.state.status != "with panel":
        return None
    with suppress(BankHolidaysUnknown):
        return last_day_to_answer(case.sight.state, member)
    return None


def stands(case: Case, member: UUID) -> str:
    """Return where a member stands, to whoever may read what the panel says to each other."""
    appeal = case.sight.state
    if not appeal.proposals or not may_read_deliberation(case.sight, case.appeal_id):
        return ""
    proposed = {each.proposal: each.member for each in appeal.proposals}
    for answer in appeal.answers:
        if answer.member == member and answer.proposal:
            own = proposed.get(answer.proposal) == member
            return "Proposed it" if own else f"Confirmed what {case.name(proposed[answer.proposal])} proposed"
        if answer.member == member:
            return "Does not agree"
    return "Had not answered when it took effect" if appeal.decided() else "Not yet answered"


def convened(case: Case) -> tuple[str, object] | None:
    """Return by whom and when the panel was convened, None if it was not yet."""
    for entry in case.session.history(case.appeal_id):
        if isinstance(entry.fact, PanelConvened):
            return case.name(entry.by), entry.at
    return None
