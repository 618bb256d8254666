"""The panel: people in office who are free of the matter and prepared, one of them independent."""

from datetime import date
from uuid import UUID

from portfolio.domain.appeal.facts import (
    AppealFact,
    PanelConvened,
    PanelMemberAdded,
    PanelMemberRecused,
    PanelMemberReplaced,
)
from portfolio.domain.appeal.lineage import ForPanel, check_officer, free
from portfolio.domain.appeal.outcome import OutcomeIncomplete
from portfolio.domain.appeal.state import Appeal, check_waits
from portfolio.domain.calendar import LAST_YEAR_KNOWN, working_days_after
from portfolio.domain.kernel import Command, Known, RuleBroken
from portfolio.domain.person import Person
from portfolio.domain.vocabulary import PANEL_MEMBER
from portfolio.domain.words import OptionalReason

SMALLEST_PANEL = 2
"""Members a panel needs, and as many behind its outcome, until a policy of the organisation's own is on record."""

DAYS_TO_ANSWER = 10
"""Working days after the first proposal, or after joining later, when a member who has not answered is silent."""


class ConvenePanel(Command):
    """Name the people who will hear the appeal."""

    appeal_id: UUID
    members: frozenset[UUID]


class AddMember(Command):
    """Name one further person for a panel that is divided."""

    appeal_id: UUID
    member: UUID


class RecuseMember(Command):
    """Say that one cannot hear the appeal oneself."""

    appeal_id: UUID
    reason: OptionalReason


class ReplaceMember(Command):
    """Name another person in the place of a member who is unable to hear the appeal."""

    appeal_id: UUID
    member: UUID
    replacement: UUID
    reason: OptionalReason


class PanelNotIndependent(RuleBroken, rule="APPEAL-7"):
    """At least one member must be independent of the assessment organisation."""


class PanelMemberNotCompetent(RuleBroken, rule="APPEAL-8"):
    """Each member's competence for appeals panels must be on record."""


class PanelMemberNotInOffice(RuleBroken, rule="APPEAL-8"):
    """Each member must hold the role of panel member now: the officer names another for one who does not."""


class PanelMemberIsRecused(RuleBroken, rule="APPEAL-8"):
    """A member who said that they cannot hear the appeal is replaced first."""


class PanelConflicted(RuleBroken, rule="APPEAL-8, INTEREST-5"):
    """Nobody who had a part in the enrolment or a decision, or has an interest in the apprentice, hears the appeal."""


class PanelTooSmall(RuleBroken, rule="APPEAL-8"):
    """The panel has fewer members than the policy asks for."""


class PanelNotDivided(RuleBroken, rule="APPEAL-8"):
    """A further member is named only when all have answered and the panel is divided."""


class PanelMemberAlready(RuleBroken, rule="APPEAL-8"):
    """This person is on the panel already: name another."""


class PanelMemberAble(RuleBroken, rule="APPEAL-8"):
    """Only a member who is unable is replaced: ended, suspended, conflicted, recused or silent for ten working days."""


class BankHolidaysUnknown(RuleBroken, rule="APPEAL-8"):
    """This release does not know the bank holidays of that year: install one that does, or let the member recuse."""


class OfficerMayNotDecide(RuleBroken, rule="APPEAL-10"):
    """Only a member of the panel gives its outcome: nobody who ever was an appeals officer, or officer of the case."""


def convene_panel(appeal: Appeal, command: ConvenePanel, known: ForPanel) -> list[AppealFact]:
    """Name a panel of people who are in office, free and prepared, one of them independent (APPEAL-6 to -8, -10)."""
    check_waits(appeal, "admitted")  # afterwards a member who is unable is replaced, and nobody else
    check_officer(appeal, known)
    check_panel(appeal, command.members, known)
    independent = frozenset(id_ for id_ in command.members if known.people[id_].outside_the_organisation())
    return [PanelConvened(members=command.members, independent=independent, officer=known.by)]


def add_member(appeal: Appeal, command: AddMember, known: ForPanel) -> list[AppealFact]:
    """Name one further person who may hear the appeal, when the panel is divided (APPEAL-8, APPEAL-10)."""
    check_waits(appeal, "with panel")
    check_officer(appeal, known)
    if not appeal.divided:
        raise PanelNotDivided
    _check_not_a_member(appeal, command.member, known)
    check_members(appeal, frozenset({command.member}), known)
    added = PanelMemberAdded(
        member=command.member,
        independent=known.people[command.member].outside_the_organisation(),
        added_on=known.today,
        officer=known.by,
    )
    return [added]


def recuse_member(appeal: Appeal, command: RecuseMember, known: Known) -> list[AppealFact]:
    """Let a member say that they cannot hear the appeal, and why (APPEAL-8)."""
    check_waits(appeal, "with panel")
    if not command.reason.strip():
        raise OutcomeIncomplete("Say why you cannot hear the appeal.")
    return [PanelMemberRecused(member=known.by, reason=command.reason)]


def replace_member(appeal: Appeal, command: ReplaceMember, known: ForPanel) -> list[AppealFact]:
    """Put somebody else in the place of a member who is unable; what was proposed so far lapses (APPEAL-7, -8, -10)."""
    check_waits(appeal, "with panel")
    check_officer(appeal, known)
    if not command.reason.strip():
        raise OutcomeIncomplete("Say why the member is replaced.")
    if command.member not in appeal.members:
        raise PanelMemberAble("Nobody is replaced who is not on the panel: name a member.")
    if not unable(appeal, command.member, known):
        raise PanelMemberAble(f"{known.people[command.member].name} is able to hear the appeal{_way_out(appeal)}")
    _check_not_a_member(appeal, command.replacement, known)
    check_members(appeal, frozenset({command.replacement}), known)
    _check_independence(appeal.members - {command.member} | {command.replacement}, known)
    replaced = PanelMemberReplaced(
        member=command.member,
        replacement=command.replacement,
        independent=known.people[command.replacement].outside_the_organisation(),
        reason=command.reason,
        officer=known.by,
    )
    return [replaced]


def check_panel(appeal: Appeal, members: frozenset[UUID], known: ForPanel) -> None:
    """Refuse a panel that is too small, of which somebody may not hear the appeal, or without an independent member."""
    if len(members) < SMALLEST_PANEL:
        raise PanelTooSmall(f"{len(members)} of at least {SMALLEST_PANEL} members: name more.")
    check_members(appeal, members, known)
    _check_independence(members, known)


def check_members(appeal: Appeal, members: frozenset[UUID], known: ForPanel) -> None:
    """Refuse people who are not free of the matter, not in office or not prepared, and name them (APPEAL-8, -10)."""
    people = {member: known.people[member] for member in sorted(members)}
    if recused := [id_ for id_ in people if id_ in appeal.recused]:
        raise PanelMemberIsRecused(_named(recused, people), members=map(str, recused))
    if conflicted := [id_ for id_ in people if not free(appeal, id_, known)]:
        raise PanelConflicted(_named(conflicted, people), members=map(str, conflicted))
    if officers := [id_ for id_, person in people.items() if person.ever_appeals_officer() or id_ in appeal.officers]:
        raise OfficerMayNotDecide(_named(officers, people), members=map(str, officers))
    if ended := [id_ for id_, person in people.items() if PANEL_MEMBER not in person.roles]:
        raise PanelMemberNotInOffice(_named(ended, people), members=map(str, ended))
    if unprepared := [id_ for id_, person in people.items() if not person.prepared_for_panels(known.today)]:
        raise PanelMemberNotCompetent(_named(unprepared, people), members=map(str, unprepared))


def _named(members: list[UUID], people: dict[UUID, Person]) -> str:
    return f"Meant: {', '.join(people[member].name for member in members)}. Somebody else hears it in their place."


def unable(appeal: Appeal, member: UUID, known: ForPanel) -> bool:
    """Return whether a member cannot hear the appeal any more, or is silent (APPEAL-8)."""
    person = known.people[member]
    lost_independence = member in appeal.independent and not person.outside_the_organisation()
    return (
        member in appeal.recused
        or not free(appeal, member, known)
        or not eligible(person, known.today)
        or member in appeal.officers
        or lost_independence
        or silent(appeal, member, known.today)
    )


def eligible(person: Person, today: date) -> bool:
    """Return whether a person is in office as a panel member, prepared for it, and never was an appeals officer."""
    return PANEL_MEMBER in person.roles and person.prepared_for_panels(today) and not person.ever_appeals_officer()


def silent(appeal: Appeal, member: UUID, today: date) -> bool:
    """Return whether a member let ten working days pass since the first proposal, or since they joined, unanswered."""
    last_day = last_day_to_answer(appeal, member)
    return last_day is not None and today > last_day


def last_day_to_answer(appeal: Appeal, member: UUID) -> date | None:
    """Return the day after which a member is silent, None if they answered or have nothing to answer yet.

    Days whose holidays are not known are not guessed.
    """
    if not appeal.proposals or any(answer.member == member for answer in appeal.answers):
        return None
    asked_on = max([appeal.proposals[0].proposed_on, *(day for joined, day in appeal.joined if joined == member)])
    last_day = working_days_after(asked_on, DAYS_TO_ANSWER)
    if last_day.year > LAST_YEAR_KNOWN:
        raise BankHolidaysUnknown
    return last_day


def _way_out(appeal: Appeal) -> str:
    """Return what is open about a member who is able; nobody is silent before an outcome was proposed (APPEAL-8)."""
    if appeal.proposals:
        return ": they may recuse."
    return (
        ", and nobody is silent before an outcome was proposed: they may recuse, or a responsible officer who is no "
        "part of the case ends their role or suspends them, with a reason."
    )


def _check_not_a_member(appeal: Appeal, person_id: UUID, known: ForPanel) -> None:
    if person_id in appeal.members:
        raise PanelMemberAlready(f"{known.people[person_id].name} is on the panel already: name another.")


def _check_independence(members: frozenset[UUID], known: ForPanel) -> None:
    if not any(known.people[member].outside_the_organisation() for member in members):
        names = ", ".join(known.people[member].name for member in sorted(members))
        raise PanelNotIndependent(
            f"Of {names} nobody is: the appeals officer names somebody who works for none of assessment organisation, "
            "centre and employer, and never held another role than panel member."
        )
