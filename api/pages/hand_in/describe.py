"""Describe: the page of one draft, on which its apprentice says what it is, what it shows, and where in it."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import g, request
from werkzeug.wrappers import Response

from api.drafts import DescriptionIn
from api.evidence import ClaimsIn
from api.evidence_shown import claims_shown, history_shown
from api.ids import new_id
from api.judging import refusal_of
from api.pages.common import back_to, pages, posted, render
from api.pages.evidence.look import look_at
from api.pages.evidence.places import place_named
from api.pages.evidence.view import page_named, require_page
from api.pages.forms import form, run, shown_again
from api.pages.hand_in.chosen import Draft, chosen, names_of, place_in, step
from api.pages.hand_in.codes import codes_for
from api.pages.hand_in.files import before
from api.reads import see
from api.services import services, today
from portfolio.application.originals import file_of
from portfolio.application.ports import Receipt
from portfolio.domain.calendar import LONDON
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import ClaimStatements, DescribeDraft, DropClaim
from portfolio.domain.evidence.item import Version
from portfolio.domain.evidence.refusals import ProductionDateMissing
from portfolio.domain.form import code_order
from portfolio.domain.kernel import Command

BEGINNING = 1 << 17
"""Bytes of a file in which the day stands that it says it was made on."""

MADE_ON = re.compile(rb"(\d{4}):(\d\d):(\d\d) \d\d:\d\d:\d\d|/CreationDate ?\(D:(\d{4})(\d\d)(\d\d)")


@pages.get("/enrolments/<uuid:enrolment_id>/hand-in/describe")
def describe(enrolment_id: UUID) -> str:
    """Show one draft with what is said of it so far, and the codes under their outcomes."""
    sight = step(enrolment_id)
    drafts = chosen(sight)
    number = place_in(drafts)
    draft = drafts[number - 1]
    item = see(EVIDENCE, draft.evidence_id)
    proposed = proposed_claims(draft)
    refused_codes = posted().getlist("codes") if posted() else None
    return render(
        "hand_in/describe.html",
        enrolment_id=enrolment_id,
        files=names_of(drafts),
        number=number,
        draft=draft,
        before=before(item, draft.before) if draft.before else None,
        suggested=None if draft.version.produced_on else suggested_day(draft.version),
        proposed=sorted(proposed, key=code_order),
        ticked=frozenset(refused_codes) if refused_codes is not None else draft.version.claims | proposed,
        codes=codes_for(sight, draft),
        places=claims_shown(draft.version, history_shown(item)) if has_places(draft.version) else [],
        today=today(),
        key=new_id(),
        schema=DescriptionIn,
    )


def proposed_claims(draft: Draft) -> frozenset[str]:
    """Return the claims of the version before that are proposed for a draft of which nothing has been said yet."""
    untouched = draft.version.produced_on is None and not draft.version.claims
    return draft.before.claims if untouched and draft.before else frozenset()


def suggested_day(version: Version) -> date | None:
    """Return the day that a file says it was made on, or else was last changed on; None if it says neither."""
    last = version.last_modified and version.last_modified.astimezone(LONDON).date()
    days = [day for day in (day_inside(version), last) if day is not None and day <= today()]
    return next(iter(days), None)


def day_inside(version: Version) -> date | None:
    """Return the day that stands in the beginning of a file that was checked."""
    if version.stage != "sealed" or version.object_id is None:
        return None
    head = b"".join(services().original(file_of(version))(0, min(BEGINNING, version.size) - 1))
    made = MADE_ON.search(head)
    if made is None:
        return None
    try:
        return date(*(int(part) for part in made.groups() if part is not None))
    except ValueError:
        return None


def has_places(version: Version) -> bool:
    """Tell whether a claim can point at a place in a version."""
    bounds = version.bounds
    return bounds is not None and bool(bounds.pages or bounds.width or bounds.seconds or version.has_text_file())


@pages.post("/enrolments/<uuid:enrolment_id>/hand-in/describe")
@shown_again(describe)
def save_description(enrolment_id: UUID) -> Response:
    """Keep what was said of a draft, all of it or nothing, and go on to where its claims point, or to the next one."""
    drafts = chosen(step(enrolment_id))
    number = place_in(drafts)
    draft = drafts[number - 1]
    described = form(DescriptionIn, only=("title", "produced_on"))
    codes = form(ClaimsIn, only=("codes",))["codes"] if request.form.get("codes") else frozenset()
    stops = request.form.get("then") == "stop"
    if described["produced_on"] is None and not stops:
        g.faults = {"produced_on": "fill this in."}
        raise ProductionDateMissing
    taken_back = frozenset(request.form.getlist("shown")) - codes
    done = carry_out([*said_of(draft, described, codes, taken_back)])
    if stops:
        return back_to(".hand_in", done.position, enrolment_id=enrolment_id)
    place: dict[str, Any] = {"enrolment_id": enrolment_id, "file": names_of(drafts)}
    if codes and has_places(draft.version):
        return back_to(".places", done.position, **place, n=number)
    return next_step(done.position, place, drafts, number)


def next_step(position: int, place: dict[str, Any], drafts: list[Draft], number: int) -> Response:
    """Lead to the next draft, or after the last one to whose work they are."""
    if number < len(drafts):
        return back_to(".describe", position, **place, n=number + 1)
    return back_to(".own_work", position, **place)


def said_of(
    draft: Draft, described: dict[str, Any], codes: frozenset[str], taken_back: frozenset[str]
) -> Iterator[Command]:
    """Yield what records all that a form says of a draft; what it never showed as ticked is not taken back by it."""
    this: dict[str, Any] = {"evidence_id": draft.evidence_id, "version": draft.version.number}
    yield from taking_back(draft, taken_back)
    if new := codes - draft.version.claims:
        yield ClaimStatements(**this, codes=new)
    yield DescribeDraft(**this, **described)


def taking_back(draft: Draft, codes: frozenset[str]) -> Iterator[DropClaim]:
    """Yield what takes those of these codes back that are claimed with a draft."""
    for code in sorted(codes & draft.version.claims, key=code_order):
        yield DropClaim(evidence_id=draft.evidence_id, version=draft.version.number, code=code)


def carry_out(commands: list[Command]) -> Receipt:
    """Carry several commands out, none if one of them would be refused; return the receipt of the last."""
    for command in commands:
        if refusal := refusal_of(command):
            raise refusal
    return [run(command, f"{number} {type(command).__name__}") for number, command in enumerate(commands)][-1]


@pages.get("/enrolments/<uuid:enrolment_id>/hand-in/places")
def places(enrolment_id: UUID) -> str:
    """Show a draft and where in it each claim points, with the fields of another place."""
    drafts = chosen(step(enrolment_id))
    number = place_in(drafts)
    draft = drafts[number - 1]
    if not has_places(draft.version):
        return describe(enrolment_id)
    look = look_at(draft.version, None, page_named(draft.version, "place.page"))
    require_page(look)
    return render(
        "hand_in/places.html",
        enrolment_id=enrolment_id,
        files=names_of(drafts),
        number=number,
        draft=draft,
        look=look,
        claims=claims_shown(draft.version, history_shown(see(EVIDENCE, draft.evidence_id))),
        key=new_id(),
        schema=ClaimsIn,
    )


@pages.post("/enrolments/<uuid:enrolment_id>/hand-in/places")
@shown_again(places)
def keep_place(enrolment_id: UUID) -> Response:
    """Let claims point at a place in the draft: each is taken back and made anew there.

    Whoever goes on or stops keeps the place that they have marked or typed, too.
    """
    drafts = chosen(step(enrolment_id))
    number = place_in(drafts)
    draft = drafts[number - 1]
    then, position = request.form.get("then"), 0
    if then not in ("on", "stop") or has_place(request.form):
        claims = form(ClaimsIn, only=("codes", "place"), also=place_named("place"))
        this: dict[str, Any] = {"evidence_id": draft.evidence_id, "version": draft.version.number}
        anew = ClaimStatements(**this, **claims)
        position = carry_out([*taking_back(draft, claims["codes"]), anew]).position
    place: dict[str, Any] = {"enrolment_id": enrolment_id, "file": names_of(drafts)}
    if then == "on":
        return next_step(position, place, drafts, number)
    if then == "stop":
        return back_to(".hand_in", position, enrolment_id=enrolment_id)
    return back_to(".places", position, **place, n=number)


def has_place(posted: Mapping[str, str]) -> bool:
    """Tell whether a place was marked or typed: a page alone is only what was looked at."""
    return any(value.strip() for name, value in posted.items() if name.startswith("place.") and name != "place.page")
