"""The page of a case, and the same printed whole: every part open, with its name and moment on each sheet."""

from uuid import UUID

from flask import Response

from api.pages.appeals.case import Case as Appealed
from api.pages.appeals.case import acts_on as acts_elsewhere
from api.pages.case.answer import standing_of
from api.pages.case.decision import authority, checks_then, rules_then
from api.pages.case.findings import findings_of, under_outcomes
from api.pages.case.grounds import grounds_of, said_by_the_organisation
from api.pages.case.had import ON_THE_PAGE, counted, had
from api.pages.case.of import Case, case_of
from api.pages.case.panel import convened
from api.pages.case.proof import proof_of
from api.pages.case.since import since
from api.pages.case.story import background_of, told_of
from api.pages.common import fresh, pages, render
from api.services import today

LINES_OF_A_PART = 150


@pages.get("/appeals/<uuid:appeal_id>")
def appeal(appeal_id: UUID) -> str:
    """Show the case: on one page first, then day by day, and apart from it what came later."""
    fresh()
    return shown(case_of(appeal_id))


@pages.get("/appeals/<uuid:appeal_id>/print")
def print_case(appeal_id: UUID) -> str:
    """Show the whole case with nothing folded and nothing to act on, to be printed."""
    fresh()
    return shown(case_of(appeal_id, whole=True))


def shown(case: Case) -> str:
    """Return the case as a page."""
    items, found = had(case), findings_of(case)
    return render(
        "case/case.html",
        case=case,
        today=today(),
        since=[case.plain(sentence) for sentence in since(case.sight, case.replay, case.decided)],
        grounds=grounds_of(case),
        organisation=said_by_the_organisation(case),
        story=told_of(case),
        authority=authority(case),
        rules=rules_then(case),
        checks=checks_then(case),
        had=items if case.whole else items[:ON_THE_PAGE],
        had_more=0 if case.whole else max(0, len(items) - ON_THE_PAGE),
        had_counted=counted(case, items),
        findings=found,
        outcomes=under_outcomes(case, found),
        convened=convened(case),
        proof=proof_of(case),
        elsewhere=[] if case.whole else acts_elsewhere(Appealed(case.sight))[0],
        **standing_of(case),
    )


@pages.get("/appeals/<uuid:appeal_id>/background")
def background(appeal_id: UUID) -> str:
    """Show the background line by line: registrations, the plan and its rulings, criteria and forms."""
    fresh()
    case = case_of(appeal_id)
    return render("case/background.html", case=case, told=background_of(case, LINES_OF_A_PART))


@pages.get("/appeals/<uuid:appeal_id>/print.css")
def print_sheet(appeal_id: UUID) -> Response:
    """Send the sheet that puts the case's name and moment on every sheet of paper."""
    case = case_of(appeal_id)
    content = f"{case.on_paper}. As known on {case.moment.in_words}"
    sheet = f'@page {{ @top-left {{ content: "{escaped(content)}"; font: 9pt sans-serif; }} }}\n'
    return Response(sheet, content_type="text/css; charset=utf-8")


def escaped(text: str) -> str:
    """Return a text as it stands in a string of a style sheet, where nothing of it can end that."""
    return "".join(
        each if each.isascii() and (each.isalnum() or each in " ,.:") else f"\\{ord(each):06x}" for each in text
    )
