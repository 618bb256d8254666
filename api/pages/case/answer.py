"""The panel's answer: one member proposes an outcome, the others confirm it unchanged or say why they do not agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from api.appeal_shown import appeal_shown
from api.appeals import DissentIn, OutcomeIn, RecusalIn, StandingBehindIn
from api.ids import new_id
from api.judging import TYPED, refusal_of
from api.pages.case.of import Case, case_of
from api.pages.case.panel import members_of
from api.pages.common import back_to, fresh, pages, posted, render
from api.pages.forms import form, run, shown_again
from api.services import services
from portfolio.application.read_session import ReadSession
from portfolio.domain.appeal.deciding import ConfirmOutcome, DissentFromOutcome, ProposeOutcome
from portfolio.domain.appeal.facts import Answer
from portfolio.domain.appeal.panel import RecuseMember
from portfolio.domain.kernel import Command

OUTCOMES = (
    ("dismissed", "Dismiss the appeal", "The decision stands."),
    ("upheld", "Uphold the appeal", "The decision is set aside, and the component is assessed again by somebody else."),
)
"""What a panel may decide, and what follows: it changes no grade itself."""


@dataclass(frozen=True)
class Acts:
    """What the person at the page may do about the outcome now, asked of the rules, and why they may not propose."""

    propose: bool
    confirm: frozenset[int]
    dissent: bool
    recuse: bool
    why_not: str

    def __bool__(self) -> bool:
        """Tell whether they may do anything."""
        return self.propose or bool(self.confirm) or self.dissent or self.recuse


def acts_on(case: Case) -> Acts:
    """Ask the rules what the person at the page may do."""
    session, appeal_id, appeal = services().deciding(), case.appeal_id, case.sight.state
    refusal = refusal_of(proposing(case), session)
    return Acts(
        propose=refusal is None,
        confirm=frozenset(
            each.proposal
            for each in appeal.proposals
            if may(ConfirmOutcome(appeal_id=appeal_id, proposal=each.proposal, account=TYPED), session)
        ),
        dissent=may(DissentFromOutcome(appeal_id=appeal_id, account=TYPED), session),
        recuse=may(RecuseMember(appeal_id=appeal_id, reason=TYPED), session),
        why_not=str(refusal) if refusal and may(RecuseMember(appeal_id=appeal_id, reason=TYPED), session) else "",
    )


def may(command: Command, session: ReadSession) -> bool:
    """Tell whether the rules would take a command from the person at the page."""
    return refusal_of(command, session) is None


def proposing(case: Case) -> ProposeOutcome:
    """Return a proposal as it would be once all of it is typed."""
    answers = tuple(Answer(ground=number, answer=TYPED) for number, _ in enumerate(case.sight.state.grounds))
    return ProposeOutcome(appeal_id=case.appeal_id, outcome="dismissed", reasons=TYPED, answers=answers)


def standing_of(case: Case) -> dict[str, Any]:
    """Return what the page shows of the outcome: what was proposed and decided, who stands where, what may be done."""
    shown = appeal_shown(case.sight)
    return {
        "proposals": shown["proposals"],
        "accounts": shown["panel_answers"],
        "outcome": shown["outcome"],
        "reasons": shown["reasons"],
        "members": members_of(case),
        "acts": acts_on(case),
        "followed": shown["consequences"],
    }


@pages.get("/appeals/<uuid:appeal_id>/outcome")
def outcome(appeal_id: UUID) -> str:
    """Show the form in which a member proposes the outcome, with an answer to each ground."""
    fresh()
    case = case_of(appeal_id)
    if (refusal := refusal_of(proposing(case))) and not posted():
        raise refusal
    return render(
        "case/propose.html",
        case=case,
        outcomes=OUTCOMES,
        items=items_of(case),
        schemas={"outcome": OutcomeIn},
        key=new_id(),
    )


def items_of(case: Case) -> list[tuple[str, str]]:
    """Return the items of the decision that an outcome may rest on."""
    titles: dict[UUID, str] = {}
    for each in case.context.available:
        titles[each.evidence_id] = case.title(each.evidence_id, each.version)
    return [(str(item), title) for item, title in titles.items()]


@pages.post("/appeals/<uuid:appeal_id>/outcome")
@shown_again(outcome)
def propose(appeal_id: UUID) -> Response:
    """Ask before an outcome is proposed; then propose it, and show the case."""
    body = form(OutcomeIn)
    if request.form.get("again"):
        return Response(outcome(appeal_id), content_type="text/html; charset=utf-8")
    command = ProposeOutcome(appeal_id=appeal_id, **body)
    if refusal := refusal_of(command):
        raise refusal
    if not request.form.get("sure"):
        case = case_of(appeal_id)
        page = render(
            "case/check.html",
            case=case,
            said=next((title, then) for word, title, then in OUTCOMES if word == command.outcome),
            reasons=command.reasons,
            answers=[(case.sight.state.grounds[each.ground], each.answer) for each in command.answers],
            cites=[title for item, title in items_of(case) if UUID(item) in command.cites],
            hidden=[
                (name, value) for name, value in posted().items(multi=True) if name not in ("key", "sure", "again")
            ],
            key=new_id(),
        )
        return Response(page, content_type="text/html; charset=utf-8")
    done = run(command)
    return to_answer(appeal_id, done.position)


def to_answer(appeal_id: UUID, position: int) -> Response:
    """Send the browser back to the case."""
    return back_to(".appeal", position, appeal_id=appeal_id)


@pages.get("/appeals/<uuid:appeal_id>/confirmations/<int:proposal>")
def confirmation(appeal_id: UUID, proposal: int) -> str:
    """Show a proposed outcome unchanged, with the form that confirms it."""
    fresh()
    case = case_of(appeal_id)
    asked = ConfirmOutcome(appeal_id=appeal_id, proposal=proposal, account=TYPED)
    return stand(case, "confirm", asked, proposal)


@pages.post("/appeals/<uuid:appeal_id>/confirmations/<int:proposal>")
@shown_again(confirmation)
def confirm(appeal_id: UUID, proposal: int) -> Response:
    """Stand behind an outcome that another member proposed."""
    body = form(StandingBehindIn, also={"proposal": str(proposal)})
    return to_answer(appeal_id, run(ConfirmOutcome(appeal_id=appeal_id, **body)).position)


@pages.get("/appeals/<uuid:appeal_id>/dissents")
def dissent(appeal_id: UUID) -> str:
    """Show what was proposed unchanged, with the form that says why a member does not agree."""
    fresh()
    return stand(case_of(appeal_id), "dissent", DissentFromOutcome(appeal_id=appeal_id, account=TYPED))


@pages.post("/appeals/<uuid:appeal_id>/dissents")
@shown_again(dissent)
def do_not_agree(appeal_id: UUID) -> Response:
    """Stand behind no outcome that was proposed, and say why."""
    return to_answer(appeal_id, run(DissentFromOutcome(appeal_id=appeal_id, **form(DissentIn))).position)


@pages.get("/appeals/<uuid:appeal_id>/recusal")
def recusal(appeal_id: UUID) -> str:
    """Ask a member who says that they cannot hear the appeal for the reason."""
    fresh()
    return stand(case_of(appeal_id), "recuse", RecuseMember(appeal_id=appeal_id, reason=TYPED))


@pages.post("/appeals/<uuid:appeal_id>/recusal")
@shown_again(recusal)
def recuse(appeal_id: UUID) -> Response:
    """Say that one cannot hear the appeal."""
    done = run(RecuseMember(appeal_id=appeal_id, **form(RecusalIn)))
    return back_to(".home", done.position)


def stand(case: Case, act: str, asked: Command, proposal: int | None = None) -> str:
    """Return the page on which a member says where they stand; raise why the person at the page may not."""
    if (refusal := refusal_of(asked)) and not posted():
        raise refusal
    return render(
        "case/stand.html",
        case=case,
        act=act,
        proposal=proposal,
        proposals=proposals_of(case, proposal),
        outcomes={word: (title, then) for word, title, then in OUTCOMES},
        schemas={"confirm": StandingBehindIn, "dissent": DissentIn, "recuse": RecusalIn},
        key=new_id(),
    )


def proposals_of(case: Case, proposal: int | None) -> Sequence[dict[str, Any]]:
    """Return the proposals before the panel, or the one that is named."""
    return [each for each in appeal_shown(case.sight)["proposals"] if proposal in (None, each["proposal"])]
