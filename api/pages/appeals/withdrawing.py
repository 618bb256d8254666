"""Withdrawing: an appeal is taken back by the apprentice, or by a paper they signed; and a second look is asked."""

from uuid import UUID

from werkzeug.wrappers import Response

from api.appeals import PaperNamedIn, SecondLookIn
from api.ids import new_id
from api.judging import TYPED, refusal_of
from api.pages.appeals.case import Case, asks, case_of, kept_from, on_papers
from api.pages.common import back_to, fresh, pages, render
from api.pages.forms import form, run, shown_again
from api.papers import readable_papers
from api.reads import see
from api.services import services
from portfolio.domain.appeal.admitting import AskSecondLook
from portfolio.domain.appeal.withdrawing import WithdrawAppeal, WithdrawOnPaper
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.kernel import NOBODY, NotPermitted


@pages.get("/appeals/<uuid:appeal_id>/withdrawal")
def withdrawal(appeal_id: UUID) -> str:
    """Ask before an appeal is withdrawn: of the apprentice, or of the officer who has their signed paper."""
    fresh()
    case = case_of(appeal_id)
    why_not = refusal_of(WithdrawAppeal(appeal_id=appeal_id))
    papers = papers_to_withdraw_by(case) if isinstance(why_not, NotPermitted) else []
    if isinstance(why_not, NotPermitted):
        why_not = kept_from(WithdrawOnPaper(appeal_id=appeal_id, paper_id=NOBODY))
    return render("appeals/withdraw.html", case=case, papers=papers, why_not=why_not, key=new_id())


def papers_to_withdraw_by(case: Case) -> list[tuple[str, str]]:
    """Return the papers by which the person at the page may withdraw an appeal, each by its id and its name."""
    session = services().deciding()
    by = {each.paper_id for each in on_papers(case) if refusal_of(each, session) is None}
    papers = readable_papers(see(ENROLMENT, case.appeal.enrolment_id)) if by else []
    return [(str(each.paper_id), each.filename) for each in papers if each.paper_id in by]


@pages.post("/appeals/<uuid:appeal_id>/withdrawal")
@shown_again(withdrawal)
def withdraw_appeal(appeal_id: UUID) -> Response:
    """Withdraw an appeal."""
    done = run(WithdrawAppeal(appeal_id=appeal_id))
    return back_to(".appeal_progress", done.position, appeal_id=appeal_id)


@pages.post("/appeals/<uuid:appeal_id>/withdrawal-on-paper")
@shown_again(withdrawal)
def withdraw_by_paper(appeal_id: UUID) -> Response:
    """Withdraw an appeal for an apprentice who said so on a signed paper."""
    done = run(WithdrawOnPaper(appeal_id=appeal_id, **form(PaperNamedIn)))
    return back_to(".appeal_progress", done.position, appeal_id=appeal_id)


@pages.get("/appeals/<uuid:appeal_id>/second-look")
def second_look(appeal_id: UUID) -> str:
    """Show the form that asks that somebody else looks again at whether an appeal is heard."""
    fresh()
    return render(
        "appeals/second_look.html",
        case=case_of(appeal_id),
        why_not=kept_from(AskSecondLook(appeal_id=appeal_id, statement=TYPED)),
        key=new_id(),
        schemas={"second_look": SecondLookIn},
    )


@pages.post("/appeals/<uuid:appeal_id>/second-look")
@shown_again(second_look)
def check_second_look(appeal_id: UUID) -> Response:
    """Ask before a second look is asked for, which is done once."""
    body = form(SecondLookIn)
    return asks(
        case_of(appeal_id),
        AskSecondLook(appeal_id=appeal_id, **body),
        heading="Ask that somebody else looks again?",
        rows=[("Why somebody should look again", body["statement"])],
        warning="This can be asked once.",
        act="Ask for a second look",
        to="ask_second_look",
        back="second_look",
    )


@pages.post("/appeals/<uuid:appeal_id>/second-looks")
@shown_again(second_look)
def ask_second_look(appeal_id: UUID) -> Response:
    """Ask that somebody else looks again."""
    done = run(AskSecondLook(appeal_id=appeal_id, **form(SecondLookIn)))
    return back_to(".appeal_progress", done.position, appeal_id=appeal_id)
