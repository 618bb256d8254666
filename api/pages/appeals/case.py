"""Case: an appeal as its pages show it, the page that asks before something is done, and what may be done here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from flask import url_for
from werkzeug.wrappers import Response

from api.decided import contested
from api.ids import new_id
from api.judging import TYPED, refusal_of
from api.pages.appeals.items import names_of
from api.pages.appeals.standing import Standing, standing
from api.pages.attempt.decide import carried
from api.pages.attempt.judging import refuse
from api.pages.common import render
from api.reads import Sight, see
from api.services import services
from api.trail import name_of
from portfolio.application.read_session import ReadSession
from portfolio.domain.appeal.admitting import (
    AdmitAppeal,
    AdmitOnSecondLook,
    AskSecondLook,
    RefuseAppeal,
    RefuseOnSecondLook,
)
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.consequences import CloseConsequence
from portfolio.domain.appeal.facts import AppealDecided, Consequence
from portfolio.domain.appeal.lineage import OfficerNotFree
from portfolio.domain.appeal.lodging import GROUNDS
from portfolio.domain.appeal.panel import AddMember, ConvenePanel, PanelMemberAlready, PanelTooSmall, ReplaceMember
from portfolio.domain.appeal.state import Appeal
from portfolio.domain.appeal.withdrawing import WithdrawAppeal, WithdrawOnPaper
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.interests import InterestNotDeclared
from portfolio.domain.kernel import Command, NotPermitted, NotVisible, Rejected


class GroundShown(NamedTuple):
    """A ground: what was wrong, in the appellant's words, about what, and the panel's answer if there is one."""

    called: str
    statement: str
    items: tuple[str, ...]
    answer: str = ""


class Act(NamedTuple):
    """Something that the person at the page may do: what it is called and where it is done."""

    called: str
    href: str


@dataclass(frozen=True)
class Case:
    """An appeal that the person at the page may see."""

    sight: Sight[Appeal]

    @property
    def appeal_id(self) -> UUID:
        """Return its id."""
        return self.sight.stream

    @property
    def appeal(self) -> Appeal:
        """Return how it stands."""
        return self.sight.state

    @cached_property
    def apprentice(self) -> str:
        """Return the apprentice's name."""
        return self.named(self.appeal.apprentice)

    @cached_property
    def against(self) -> str:
        """Return what it is against."""
        return contested(self.sight.session, self.appeal)

    @cached_property
    def standing(self) -> Standing:
        """Return where it stands, since when, who has it and what follows."""
        return standing(self.sight)

    @cached_property
    def grounds(self) -> tuple[GroundShown, ...]:
        """Return its grounds, with the panel's answers once there is an outcome."""
        history = self.sight.session.history(self.appeal_id)
        decided = next((entry.fact for entry in history if isinstance(entry.fact, AppealDecided)), None)
        answers = {each.ground: each.answer for each in decided.answers} if decided else {}
        called = names_of(self.appeal.attempt_id, self.appeal.decision_id)
        return tuple(
            GroundShown(
                called=GROUNDS.get(each.ground, each.ground),
                statement=each.statement,
                items=tuple(called(item) for item in each.items),
                answer=answers.get(number, ""),
            )
            for number, each in enumerate(self.appeal.grounds)
        )

    @property
    def panel(self) -> list[str]:
        """Return who hears it, each with whether they count as independent and still hear it."""
        return [
            self.named(each)
            + (", independent of the assessment organisation" if each in self.appeal.independent else "")
            + (", who said that they cannot hear it" if each in self.appeal.recused else "")
            for each in sorted(self.appeal.members, key=self.named)
        ]

    def named(self, person_id: UUID) -> str:
        """Return somebody's name."""
        return name_of(self.sight.session, person_id)


def case_of(appeal_id: UUID) -> Case:
    """Return an appeal whose chronology the person at the page may read; who must declare an interest does so first."""
    return Case(see(APPEAL, appeal_id, ask="chronology"))


def kept_from(command: Command, session: ReadSession | None = None) -> Rejected | None:
    """Return why the person at the page may not do this now, None if they may; raise what keeps them from the page."""
    refusal = refusal_of(command, session)
    if isinstance(refusal, NotPermitted | NotVisible | InterestNotDeclared):
        raise refusal
    return refusal


def asks(
    case: Case,
    command: Command,
    *,
    heading: str,
    rows: Sequence[tuple[str, str]],
    act: str,
    to: str,
    back: str,
    warning: str = "",
) -> Response:
    """Return the page that asks before a command is given, or refuse with what keeps it from being given."""
    refuse({}, refusal_of(command))
    html = render(
        "appeals/confirm.html",
        case=case,
        heading=heading,
        rows=rows,
        act=act,
        to=to,
        back=back,
        warning=warning,
        hidden=carried(),
        key=new_id(),
    )
    return Response(html, content_type="text/html; charset=utf-8")


def acts_on(case: Case) -> tuple[list[Act], Rejected | None]:
    """Return what the person at the page may do about an appeal now, and what makes an officer leave it to another."""
    refused = list[Rejected]()
    acts = [Act(called, url_for(page, appeal_id=case.appeal_id)) for called, page in open_pages(case, refused)]
    return acts, next((each for each in refused if isinstance(each, OfficerNotFree)), None)


def open_pages(case: Case, refused: list[Rejected]) -> Iterator[tuple[str, str]]:
    """Yield the pages of an appeal that are open to the person who asks, and keep what the others are refused with."""
    session, appeal_id = services().deciding(), case.appeal_id

    def open_to(*commands: Command, but: type[Rejected] | None = None) -> bool:
        """Tell whether nothing keeps them from one of these but what is still to be chosen."""
        refusals = [refusal_of(command, session) for command in commands]
        refused.extend(each for each in refusals if each is not None)
        return any(each is None or (but is not None and isinstance(each, but)) for each in refusals)

    if open_to(AdmitAppeal(appeal_id=appeal_id), AdmitOnSecondLook(appeal_id=appeal_id)):
        yield "Admit it", ".admission"
    if open_to(*refusals_to_hear(appeal_id)):
        yield "Do not admit it, and say why", ".refusal_to_hear"
    if open_to(ConvenePanel(appeal_id=appeal_id, members=frozenset()), but=PanelTooSmall):
        yield "Convene its panel", ".convening"
    members = sorted(case.appeal.members)
    if open_to(*(AddMember(appeal_id=appeal_id, member=each) for each in members), but=PanelMemberAlready):
        yield "Name a further member", ".further_member"
    if open_to(*(replacing_itself(appeal_id, each) for each in members), but=PanelMemberAlready):
        yield "Replace a member who cannot hear it", ".replacement"
    if open_to(*(closing_of(appeal_id, each.consequence) for each in case.appeal.refused)):
        yield "Close what could not follow", ".follow_up"
    if open_to(AskSecondLook(appeal_id=appeal_id, statement=TYPED)):
        yield "Ask that somebody else looks again", ".second_look"
    if open_to(WithdrawAppeal(appeal_id=appeal_id), *on_papers(case)):
        yield "Withdraw it", ".withdrawal"


def refusals_to_hear(appeal_id: UUID) -> tuple[Command, Command]:
    """Return the refusals of an appeal, at first and at the second look, as they would be once they are written."""
    return (
        RefuseAppeal(appeal_id=appeal_id, because="no standing", reason=TYPED),
        RefuseOnSecondLook(appeal_id=appeal_id, because="no standing", reason=TYPED),
    )


def replacing_itself(appeal_id: UUID, member: UUID) -> ReplaceMember:
    """Return the replacement of a member by themselves: who is able is refused for that, who is unable for being one.

    The rule asks whether the member is able before it asks about the other person.
    """
    return ReplaceMember(appeal_id=appeal_id, member=member, replacement=member, reason=TYPED)


def closing_of(appeal_id: UUID, consequence: Consequence) -> CloseConsequence:
    """Return the closing of a consequence as it would be once the reason is written."""
    return CloseConsequence(appeal_id=appeal_id, consequence=consequence, reason=TYPED)


def on_papers(case: Case) -> list[WithdrawOnPaper]:
    """Return the withdrawal by each paper of the enrolment; which of them says so, the rule knows."""
    papers = case.sight.session.state(ENROLMENT, case.appeal.enrolment_id).papers
    return [WithdrawOnPaper(appeal_id=case.appeal_id, paper_id=each.paper_id) for each in papers]
