"""Members: an officer names a further member of a divided panel, or another in the place of one who cannot hear it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import g, request
from werkzeug.wrappers import Response

from api.appeals import FurtherMemberIn, ReplacementIn
from api.ids import new_id
from api.judging import TYPED, refusal_of
from api.pages.appeals.candidates import Candidates, Judged, candidates
from api.pages.appeals.case import Case, asks, case_of, kept_from, replacing_itself
from api.pages.common import back_to, fresh, pages, posted, render
from api.pages.forms import form, run, shown_again
from api.services import services
from portfolio.domain.appeal.panel import AddMember, PanelMemberAble, PanelMemberAlready, ReplaceMember
from portfolio.domain.kernel import NOBODY, Rejected, ids_in


@pages.get("/appeals/<uuid:appeal_id>/further-members")
def further_member(appeal_id: UUID) -> str:
    """Show who could join a divided panel, and who could not and why."""
    fresh()
    case = case_of(appeal_id)
    why_not = kept_from(AddMember(appeal_id=appeal_id, member=next(iter(case.appeal.members), NOBODY)))
    offers = isinstance(why_not, PanelMemberAlready)
    session = services().deciding()

    def judged(person_id: UUID) -> Rejected | None:
        return refusal_of(AddMember(appeal_id=appeal_id, member=person_id), session)

    return render(
        "appeals/add_member.html",
        case=case,
        why_not=None if offers else why_not,
        chosen=posted().get("member", ""),
        found=found_for("member", judged) if offers else None,
        key=new_id(),
    )


def found_for(field: str, judged: Judged) -> Candidates:
    """Return the candidates that match what was looked for, with the one chosen in the form before the page."""
    return candidates(posted().get("search", ""), ids_in(posted().get(field, "")), judged)


def searched(page: Callable[[UUID], str], appeal_id: UUID) -> Response | None:
    """Return the page with other people found, where the form asks for no more."""
    if request.form.get("act") != "search":
        return None
    g.posted = request.form
    return Response(page(appeal_id), content_type="text/html; charset=utf-8")


@pages.post("/appeals/<uuid:appeal_id>/further-members")
@shown_again(further_member)
def check_further_member(appeal_id: UUID) -> Response:
    """Look for other people, or ask before a further member is named."""
    if found := searched(further_member, appeal_id):
        return found
    case, body = case_of(appeal_id), form(FurtherMemberIn)
    return asks(
        case,
        AddMember(appeal_id=appeal_id, **body),
        heading="Name this further member?",
        rows=[("Further member", case.named(body["member"]))],
        act=f"Name {case.named(body['member'])}",
        to="add_further_member",
        back="further_member",
    )


@pages.post("/appeals/<uuid:appeal_id>/members")
@shown_again(further_member)
def add_further_member(appeal_id: UUID) -> Response:
    """Name a further member."""
    done = run(AddMember(appeal_id=appeal_id, **form(FurtherMemberIn)))
    return back_to(".appeal_progress", done.position, appeal_id=appeal_id)


@pages.get("/appeals/<uuid:appeal_id>/replacement")
def replacement(appeal_id: UUID) -> str:
    """Show which members cannot hear the appeal, which can, and who could take the place of one who cannot."""
    fresh()
    case = case_of(appeal_id)
    members = sorted(case.appeal.members, key=case.named)
    session = services().deciding()
    refusals = {each: kept_from(replacing_itself(appeal_id, each), session) for each in members or [NOBODY]}
    gone = [each for each in members if isinstance(refusals[each], PanelMemberAlready)]
    others = [each for each in refusals.values() if not isinstance(each, PanelMemberAble | PanelMemberAlready)]

    def judged(person_id: UUID) -> Rejected | None:
        command = ReplaceMember(appeal_id=appeal_id, member=gone[0], replacement=person_id, reason=TYPED)
        return refusal_of(command, session)

    return render(
        "appeals/replace.html",
        case=case,
        why_not=others[0] if others else None,
        members=[(str(each), unable_as(case, each)) for each in gone],
        able=[refusals[each] for each in members if each not in gone],
        member=str(gone[0]) if len(gone) == 1 else "",
        chosen=posted().get("replacement", ""),
        found=found_for("replacement", judged) if gone else None,
        key=new_id(),
        schemas={"replacement": ReplacementIn},
    )


def unable_as(case: Case, member: UUID) -> str:
    """Return a member's name, and that they said themselves that they cannot hear the appeal, if they did."""
    said = ", who said that they cannot hear it" if member in case.appeal.recused else ""
    return f"{case.named(member)}{said}"


@pages.post("/appeals/<uuid:appeal_id>/replacement")
@shown_again(replacement)
def check_replacement(appeal_id: UUID) -> Response:
    """Look for other people, or ask before a member is replaced."""
    if found := searched(replacement, appeal_id):
        return found
    case, body = case_of(appeal_id), form(ReplacementIn)
    return asks(
        case,
        ReplaceMember(appeal_id=appeal_id, **body),
        heading="Replace this member?",
        rows=rows_of(case, body),
        warning="What members proposed so far lapses: the panel answers anew.",
        act=f"Replace {case.named(body['member'])}",
        to="replace_member",
        back="replacement",
    )


def rows_of(case: Case, body: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what the form says, to be read once more."""
    names = {name: case.named(body[name]) for name in ("member", "replacement")}
    return [("Cannot hear it", names["member"]), ("In their place", names["replacement"]), ("Why", body["reason"])]


@pages.post("/appeals/<uuid:appeal_id>/replacements")
@shown_again(replacement)
def replace_member(appeal_id: UUID) -> Response:
    """Put somebody else in the place of a member."""
    done = run(ReplaceMember(appeal_id=appeal_id, **form(ReplacementIn)))
    return back_to(".appeal_progress", done.position, appeal_id=appeal_id)
