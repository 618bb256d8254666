"""The panel: people who are free of the matter and prepared, one of them independent."""

from uuid import UUID

from portfolio.domain.appeal.facts import AppealFact, PanelConvened
from portfolio.domain.appeal.lineage import WithLineage, lineage
from portfolio.domain.appeal.state import Appeal, check_lodged, check_waits
from portfolio.domain.enrolment.conflict import conflicted
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.kernel import Command, RuleBroken
from portfolio.domain.person import Person

SMALLEST_PANEL = 2
"""Members a panel needs until a policy of the organisation's own is on record."""


class ConvenePanel(Command):
    """Name the people who will hear the appeal, or others in their place before the outcome."""

    appeal_id: UUID
    members: frozenset[UUID]


class ForPanel(WithLineage):
    """And the members of the panel, by id, and the apprentice's other enrolments."""

    people: dict[UUID, Person]
    other_enrolments: tuple[Enrolment, ...]


class PanelNotIndependent(RuleBroken, rule="APPEAL-7"):
    """At least one member must be independent of the assessment organisation."""


class PanelMemberNotCompetent(RuleBroken, rule="APPEAL-8"):
    """Each member's competence for appeals panels must be on record."""


class PanelConflicted(RuleBroken, rule="APPEAL-8, INTEREST-5"):
    """Nobody who took part in the decision, or has an interest in the apprentice, may hear the appeal."""


class PanelTooSmall(RuleBroken, rule="APPEAL-8"):
    """The panel has fewer members than the policy asks for."""


class OfficerMayNotDecide(RuleBroken, rule="APPEAL-10"):
    """Only a member of the panel gives its outcome; the appeals officer never does."""


def convene_panel(appeal: Appeal, command: ConvenePanel, known: ForPanel) -> list[AppealFact]:
    """Name a panel of people who are free of the matter and prepared, one of them independent (APPEAL-6 to -8, -10)."""
    check_lodged(appeal)
    check_waits(appeal, "admitted", "with panel")  # a member who falls out is replaced before the outcome
    check_panel(appeal, command.members, known)
    return [PanelConvened(members=command.members, independent=independent(command.members, known))]


def check_panel(appeal: Appeal, members: frozenset[UUID], known: ForPanel) -> None:
    """Refuse a panel that is too small, not free of the matter, not prepared, or without an independent member."""
    if len(members) < SMALLEST_PANEL:
        raise PanelTooSmall(f"{len(members)} of at least {SMALLEST_PANEL}.")
    took_part = appeal.took_part | lineage(known.enrolment, known.attempts)
    panel = [(member, known.people[member]) for member in sorted(members)]
    enrolments = (known.enrolment, *known.other_enrolments)
    if barred := [str(id_) for id_, person in panel if id_ in took_part or conflicted(enrolments, person, id_)]:
        raise PanelConflicted(members=barred)
    if officers := [str(id_) for id_, person in panel if person.ever_appeals_officer()]:
        raise OfficerMayNotDecide(members=officers)
    if unprepared := [str(id_) for id_, person in panel if not person.prepared_for_panels(known.today)]:
        raise PanelMemberNotCompetent(members=unprepared)
    if not independent(members, known):
        raise PanelNotIndependent


def independent(members: frozenset[UUID], known: ForPanel) -> frozenset[UUID]:
    """Return the members with no tie to the assessment organisation."""
    return frozenset(member for member in members if known.people[member].outside_the_organisation())
