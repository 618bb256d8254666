"""Bringing in a file: it is chosen, checked line by line, brought in, and what is left over is mended.

Nothing is kept of a file but what its lines record. Between check and bringing in, a file that is not too long travels
with the form; a longer one is chosen again.
"""

import base64
import csv
import io
import zlib
from binascii import Error
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast
from uuid import UUID

from flask import g, request, url_for
from werkzeug.wrappers import Response

from api.by_mail import links_by_mail
from api.errors import FieldsNotValid
from api.ids import new_id
from api.imports import CSV, ImportIn, SampleIn, import_shown, service
from api.pages.common import named, pages, render
from api.pages.fields import last_part
from api.pages.forms import form, query_of, shown_again
from api.rates import count
from api.reads import may_ask, see
from api.services import caller, services, today
from portfolio.application.handler import CommandHandler
from portfolio.application.imports.carrying_out import Fault, stream_of
from portfolio.application.imports.inviting import AT_ONCE, invite, people_of, work_of
from portfolio.application.imports.lines import ID, KINDS, RECORD, REFERENCE, Found, kind_of, record, sample
from portfolio.application.imports.sheet import LARGEST, MOST_LINES, FileUnreadable, Sheet
from portfolio.domain import permissions
from portfolio.domain.imports import IMPORT, Import
from projections.forms import FORMS
from projections.people import names_taken, to_invite
from projections.plans import PLANS

ENVELOPE = 100_000
"""Bytes of a form beside its file."""
LONGEST_PACKED = 30_000
"""Characters of a packed file that travel with a form: the page stays small."""
MOST_SHOWN = 60
"""Bad lines that a page shows; the file of them has all."""
MOST_LEFT_OUT = 500
"""So many lines are left out by their numbers; more as those that are bad."""
PATIENCE_SECONDS = 4.0
"""How long a request waits for the import that it began: a short one is done by then."""
MOST_FORMS = 20


@pages.get("/people/import")
def choose_import() -> str:
    """Ask for the file, and say what may stand in it; also where a form with a file was refused."""
    may_ask("imports")
    forms = FORMS.find(services().reads, today(), also=["approved=True"], limit=MOST_FORMS)
    plans = PLANS.cards(services().reads, sorted({each.card.plan_id for each in forms}))
    return render(
        "people/import.html",
        key=new_id(),
        form=last_part(),
        kinds=KINDS,
        most=f"{MOST_LINES:,}",
        forms=[(each, plans.get(each.card.plan_id)) for each in forms],
    )


@pages.get("/people/import/sample")
def import_sample() -> Response:
    """Answer a file with one line, to be filled in."""
    may_ask("imports")
    kind = query_of(SampleIn, request.args)["kind"]
    return file_of(sample(kind).encode("utf-8-sig"), f"{kind}.csv")


@pages.post("/people/import")
@shown_again(choose_import)
def check_import() -> Response:
    """Check a file as things are now; nothing is brought in."""
    may_ask("imports")
    count("imports")
    return checked(new_id(), *file_sent())


@pages.post("/people/import/<uuid:import_id>")
@shown_again(lambda import_id: run_shown(import_id) if begun(import_id) else choose_import())
def bring_file_in(import_id: UUID) -> Response:
    """Bring in the lines of a file, or what is left of it; where more of them are bad by now, show it checked again."""
    may_ask("imports")
    count("imports")
    name, file = file_sent()
    lines, faulty = form(ImportIn, only=("leave_out",))["leave_out"] or (frozenset(), False)
    imports = service()
    if not begun(import_id):
        bad = {each.fault.line for each in imports.check(file, import_id, caller())}
        if not faulty and bad - lines:
            return checked(import_id, name, file)
        lines -= bad  # of those that are bad the record says why
    imports.begin(file, import_id, caller(), left_out=lines, faulty=True)
    services().importing.start(import_id, partial(imports.go_on, file, import_id, caller()))
    services().importing.wait(import_id, PATIENCE_SECONDS)
    return Response(status=303, headers={"Location": url_for(".show_import", import_id=import_id)})


@pages.get("/people/import/<uuid:import_id>")
def show_import(import_id: UUID) -> str:
    """Show how far an import has come, and what is left over."""
    return run_shown(import_id)


@pages.post("/people/import/<uuid:import_id>/left-over")
@shown_again(lambda import_id: run_shown(import_id) if begun(import_id) else choose_import())
def left_over(import_id: UUID) -> Response:
    """Answer the lines of a file that were not brought in, or cannot be, as a file to mend."""
    may_ask("imports")
    count("imports")
    name, file = file_sent()
    known = service().record_of(import_id)
    faults = (
        [*known.left_out, *known.refused]
        if known.begun()
        else [each.fault for each in service().check(file, import_id, caller())]
    )
    return file_of(left_lines(Sheet(file), import_id, {each.line for each in faults}), f"left-over-{name}")


@pages.post("/people/import/<uuid:import_id>/invitations")
@shown_again(lambda import_id: run_shown(import_id))
def invite_people(import_id: UUID) -> Response:
    """Invite people who came with this import: whatever becomes of it, they are here, and so is what it brought."""
    may_ask("imports")
    count("imports")
    known = see(IMPORT, stream_of(import_id)).state
    people, _ = to_invite(services().reads, people_of(import_id, known))
    handler = cast(CommandHandler, services().handler)
    services().importing.start(work_of(import_id), partial(invite, handler, people[:AT_ONCE], caller()))
    services().importing.wait(work_of(import_id), PATIENCE_SECONDS)
    return Response(status=303, headers={"Location": url_for(".show_import", import_id=import_id)})


def run_shown(import_id: UUID) -> str:
    """Return the page of an import that has begun."""
    sight = see(IMPORT, stream_of(import_id))
    known = sight.state
    importing = services().importing
    brings = permissions.may(permissions.READS["imports"], sight.held)
    invites = brings and known.complete() and links_by_mail()
    uninvited, waiting = to_invite(services().reads, people_of(import_id, known)) if invites else ([], 0)
    return render(
        "people/import_run.html",
        import_id=import_id,
        shown=import_shown(import_id, known),
        left=told(known)[:MOST_SHOWN],
        number=len({each.line for each in (*known.left_out, *known.refused)}),
        runs=importing.goes_on(import_id),
        why=importing.why(import_id),
        brings=brings,
        uninvited=len(uninvited),
        waiting=waiting,
        inviting=importing.goes_on(work_of(import_id)),
        why_not_all=importing.why(work_of(import_id)),
        most=AT_ONCE,
        key=new_id(),
    )


def begun(import_id: UUID) -> bool:
    """Tell whether an import has begun."""
    return service().record_of(import_id).begun()


def told(known: Import) -> list[dict[str, Any]]:
    """Return the lines that were not brought in, each with what the record says of it."""
    shown = import_shown(UUID(int=0), known)
    return sorted([*shown["left_out"], *shown["refused"]], key=lambda each: each["line"])


def checked(import_id: UUID, name: str, file: bytes) -> Response:
    """Return the page of a file that was checked: what is bad in which line, and what would be brought in."""
    sheet = Sheet(file)
    faults = [*service().check(file, import_id, caller())]
    rows = {number: dict(zip(sheet.columns, cells, strict=False)) for number, cells in sheet.rows()}
    bad = sorted({each.fault.line for each in faults})
    ready = {number: row for number, row in rows.items() if number not in bad}
    packed = base64.b64encode(zlib.compress(file, 9)).decode()
    page = render(
        "people/import_checked.html",
        import_id=import_id,
        name=name,
        now=services().now(),
        total=len(rows),
        bad=bad,
        faults=shown_faults(faults, rows)[:MOST_SHOWN],
        ready=len(ready),
        kinds=Counter(kind_of(sheet.columns) or row.get(RECORD, "").casefold() for row in ready.values()),
        taken=sorted(names_taken(services().reads, [row["name"] for row in ready.values() if row.get("name")])),
        packed=packed if len(packed) <= LONGEST_PACKED else "",
        leave_out=",".join(map(str, bad)) if len(bad) <= MOST_LEFT_OUT else "faulty",
        key=new_id(),
    )
    return Response(page, content_type="text/html; charset=utf-8")


def shown_faults(faults: Sequence[Fault], rows: Mapping[int, Mapping[str, str]]) -> list[dict[str, Any]]:
    """Return the bad cells of a file: in which line, about whom, what it says and what is wrong with it."""
    about = [cell for row in rows.values() for cell in row.values() if ID.fullmatch(cell)]
    names = {str(each): name for each, name in named({*map(UUID, about)}).items()}
    shown = []
    for each in faults:
        row = rows[each.fault.line]
        whom = row.get("name") or next((row[column] for column in ABOUT if row.get(column)), "") or row.get(REFERENCE)
        shown.append(
            {
                "line": each.fault.line,
                "whom": names.get((whom or "").lower(), whom),
                "column": each.fault.column.replace("_", " "),
                "says": row.get(each.fault.column, ""),
                "sentence": each.sentence,
            }
        )
    return shown


ABOUT = tuple(name for kind in KINDS.values() for name, column in kind.columns.items() if column.read is record)
"""Columns that name a record or a line above."""


def left_lines(sheet: Sheet, import_id: UUID, lines: set[int]) -> bytes:
    """Return some lines of a file as a file of their own.

    A line above that is brought in is named by the id of what it makes: the new file no longer has it.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(sheet.columns)
    elsewhere: dict[str, str] = {}
    for number, cells in sheet.rows():
        row = dict(zip(sheet.columns, cells, strict=False))
        if number in lines:
            put = {name: elsewhere.get(cell, cell) if name in ABOUT else cell for name, cell in row.items()}
            writer.writerow(put.values())
        elif row.get(REFERENCE):
            elsewhere[row[REFERENCE]] = str(Found(import_id).id_of_line(number))
    return out.getvalue().encode("utf-8-sig")


def file_sent() -> tuple[str, bytes]:
    """Return the name and the bytes of the file that a form has, chosen or packed into it by the page before."""
    request.max_content_length = LARGEST + ENVELOPE
    file = request.files.get("file")
    if file and file.filename:
        return file.filename, file.stream.read()
    if packed := request.form.get("packed", ""):
        return request.form.get("name", "")[:200], unpacked(packed)
    g.posted, g.faults = request.form, {"file": "choose a file."}
    raise FieldsNotValid("File: choose a file.")


def unpacked(packed: str) -> bytes:
    """Return the file that a page packed into its form."""
    try:
        return zlib.decompressobj().decompress(base64.b64decode(packed, validate=True), LARGEST + 1)
    except (Error, ValueError, zlib.error) as error:
        raise FileUnreadable("Choose the file again: what the page kept of it has come back changed.") from error


def file_of(content: bytes, name: str) -> Response:
    """Return an answer that a browser keeps as a file."""
    answer = Response(content, content_type=f"{CSV}; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
