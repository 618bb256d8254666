"""Notices: what the person at the page is told of what concerns them, and how often they are told it by mail."""

from typing import NamedTuple

from flask import url_for
from werkzeug.wrappers import Response

from api.fields import Position
from api.ids import new_id
from api.notices import told_of
from api.pages.common import asked, back_to, fresh, named, pages, render
from api.pages.forms import form, run, shown_again
from api.people import NoticesIn
from api.reads import see_each
from api.services import caller, services, today
from portfolio.application.notices import TOLD, Notice
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.notices import ChooseNotices
from portfolio.domain.person import PERSON

MOST_SHOWN = 30


class Row(NamedTuple):
    """A notice as the page shows it: whose apprenticeship it is about, empty if one's own, and which work, if any."""

    notice: Notice
    apprentice: str
    work: str


@pages.get("/notices")
def notices() -> str:
    """Show what the person at the page is told, the newest first, and how often they are told by mail."""
    fresh()
    before: int | None = asked("before", Position())
    found = told_of(before, MOST_SHOWN)
    session = services().session()
    whose = {each.enrolment_id: session.state(ENROLMENT, each.enrolment_id).apprentice for each in found.notices}
    names = named({*whose.values()} - {caller()})
    return render(
        "notices.html",
        rows=[Row(each, names.get(whose[each.enrolment_id], ""), work_of(each)) for each in found.notices],
        newest=before is None,
        older=found.before,
        mails=session.state(PERSON, caller()).mails,
        key=new_id(),
    )


def work_of(notice: Notice) -> str:
    """Return what the evidence is called that a notice is about, empty for anything else."""
    if TOLD[notice.kind].record == "evidence":
        for sight in see_each(EVIDENCE, [notice.record]):
            versions = sight.session.versions_seen(notice.record, sight.state, sight.held, caller(), today())
            return versions[-1].title if versions else ""
    return ""


@pages.app_template_filter("noticed_at")
def noticed_at(notice: Notice) -> str:
    """Return the address of the page that a notice leads to."""
    return f"{url_for('.home')}{notice.page()[1:]}"


@pages.post("/notices")
@shown_again(notices)
def choose_mails() -> Response:
    """Record how often the person at the page wants to be told by mail."""
    chosen = form(NoticesIn, only=("mails",))
    return back_to(".notices", run(ChooseNotices(person_id=caller(), **chosen)).position)
