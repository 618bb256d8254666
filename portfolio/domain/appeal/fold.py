"""How each fact changes an appeal."""

from typing import assert_never
from uuid import UUID

from portfolio.domain.appeal.facts import (
    AppealAdmitted,
    AppealDecided,
    AppealFact,
    AppealLodged,
    AppealNotAdmitted,
    AppealWithdrawn,
    Consequence,
    ConsequenceClosed,
    ConsequenceDrawn,
    ConsequenceRefused,
    DecisionSubject,
    DissentRecorded,
    OutcomeConfirmed,
    OutcomeProposed,
    PanelConvened,
    PanelDivided,
    PanelMemberAdded,
    PanelMemberRecused,
    PanelMemberReplaced,
    SecondLookAsked,
)
from portfolio.domain.appeal.state import Appeal, PanelAnswer
from portfolio.domain.kernel import changed


def items_of(lodged: AppealLodged) -> frozenset[UUID]:
    """Return the evidence and remarks that the grounds point at; the attempt, which they may point at too, is none."""
    subject = lodged.subject
    attempt = {subject.assessment_id} if isinstance(subject, DecisionSubject) else set()
    return frozenset(item for ground in lodged.grounds for item in ground.items) - attempt


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
                set_aside=fact.set_aside,
                grounds=fact.grounds,
                took_part=fact.took_part,
                consent_id=fact.consent_id,
                cited=items_of(fact),
            )
        case AppealAdmitted(officer=officer):
            return changed(appeal, status="admitted", officers=appeal.officers | {officer})
        case AppealNotAdmitted(officer=officer):
            officers = appeal.officers | {officer}
            return changed(appeal, status="not admitted", officers=officers, not_admitted_by=officer)
        case SecondLookAsked():
            return changed(appeal, status="waits for a second look", second_look_asked=True)
        case PanelConvened() | PanelMemberAdded() | PanelMemberRecused() | PanelMemberReplaced():
            return with_panel(appeal, fact)
        case OutcomeProposed() | OutcomeConfirmed() | DissentRecorded() | PanelDivided():
            return answered(appeal, fact)
        case AppealDecided():
            return decided(appeal, fact)
        case AppealWithdrawn():
            return changed(appeal, status="withdrawn")
        case ConsequenceDrawn() | ConsequenceRefused() | ConsequenceClosed():
            return followed(appeal, fact)
    assert_never(fact)


def with_panel(
    appeal: Appeal, fact: PanelConvened | PanelMemberAdded | PanelMemberRecused | PanelMemberReplaced
) -> Appeal:
    """Apply who hears the appeal."""
    match fact:
        case PanelConvened(members=members, independent=independent, officer=officer):
            officers = appeal.officers | {officer}
            convened = changed(appeal, status="with panel", members=members, independent=independent, officers=officers)
            return _without_answers(convened)
        case PanelMemberAdded(member=member):
            return changed(
                appeal,
                members=appeal.members | {member},
                independent=_independent(appeal, member, independent=fact.independent),
                joined=(*appeal.joined, (member, fact.added_on)),
                officers=appeal.officers | {fact.officer},
                divided=False,
            )
        case PanelMemberRecused(member=member):
            return changed(appeal, recused=appeal.recused | {member})
        case PanelMemberReplaced(member=member, replacement=replacement):
            replaced = changed(
                appeal,
                members=appeal.members - {member} | {replacement},
                independent=_independent(appeal, replacement, independent=fact.independent) - {member},
                officers=appeal.officers | {fact.officer},
            )
            return _without_answers(replaced)
    assert_never(fact)


def answered(appeal: Appeal, fact: OutcomeProposed | OutcomeConfirmed | DissentRecorded | PanelDivided) -> Appeal:
    """Apply what a member of the panel answered: each stands in one place at a time."""
    match fact:
        case OutcomeProposed(proposal=proposal, member=member, reasons=reasons):
            proposed = changed(appeal, proposals=(*appeal.proposals, fact), last_proposal=proposal)
            return _with_answer(proposed, PanelAnswer(member=member, proposal=proposal, account=reasons))
        case OutcomeConfirmed(proposal=proposal, member=member, account=account):
            return _with_answer(appeal, PanelAnswer(member=member, proposal=proposal, account=account))
        case DissentRecorded(member=member, account=account):
            return _with_answer(appeal, PanelAnswer(member=member, proposal=0, account=account))
        case PanelDivided():
            return changed(appeal, divided=True)
    assert_never(fact)


def decided(appeal: Appeal, fact: AppealDecided) -> Appeal:
    """Apply the outcome; after one of the time before proposals nothing says what was drawn, so nothing is pending."""
    follows: frozenset[Consequence] = frozenset()
    if fact.outcome == "upheld" and fact.proposal:
        follows = frozenset({"a new attempt is opened"})
        follows |= frozenset() if appeal.set_aside else frozenset({"the decision is set aside"})
    cites = (item for each in appeal.proposals if each.proposal == fact.proposal for item in each.cites)
    return changed(
        appeal, status="decided", outcome=fact.outcome, divided=False, pending=follows, cited=appeal.cited.union(cites)
    )


def followed(appeal: Appeal, fact: ConsequenceDrawn | ConsequenceRefused | ConsequenceClosed) -> Appeal:
    """Apply what became of a consequence: it is drawn, is somebody's task, or is closed."""
    match fact:
        case ConsequenceRefused():
            others = (each for each in appeal.refused if each.consequence != fact.consequence)
            return changed(appeal, pending=appeal.pending | {fact.consequence}, refused=(*others, fact))
        case ConsequenceDrawn(consequence="a new attempt is opened"):
            return _settled(changed(appeal, new_attempt=fact.assessment_id), fact.consequence)
        case ConsequenceDrawn() | ConsequenceClosed():
            return _settled(appeal, fact.consequence)
    assert_never(fact)


def _settled(appeal: Appeal, consequence: Consequence) -> Appeal:
    return changed(
        appeal,
        pending=appeal.pending - {consequence},
        refused=tuple(each for each in appeal.refused if each.consequence != consequence),
        settled=appeal.settled | {consequence},
    )


def _without_answers(appeal: Appeal) -> Appeal:
    return changed(appeal, proposals=(), answers=(), joined=(), divided=False)


def _with_answer(appeal: Appeal, answer: PanelAnswer) -> Appeal:
    others = (each for each in appeal.answers if each.member != answer.member)
    return changed(appeal, answers=(*others, answer))


def _independent(appeal: Appeal, member: UUID, *, independent: bool) -> frozenset[UUID]:
    return appeal.independent | (frozenset({member}) if independent else frozenset())
