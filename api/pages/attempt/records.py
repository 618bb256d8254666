"""Records: what was seen or said in an attempt, written code by code, also on a telephone without a line."""

from collections.abc import Iterable
from typing import Any, Literal, get_args
from uuid import UUID

from flask import g, request
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from api.errors import flat
from api.evidence import RecordIn
from api.ids import new_id
from api.judging import TYPED, refusal_of
from api.pages.attempt.judge import attempt_of
from api.pages.attempt.judging import refuse, unwrapped
from api.pages.attempt.shown import Attempt
from api.pages.common import asked, back_to, fresh, pages, posted, render
from api.pages.fields import shown as fields_shown
from api.pages.forms import as_json, in_words, run, shown_again
from api.schemas import Schema
from api.services import today
from api.shapes import shape, word, word_of
from portfolio.domain.evidence.commands import WriteRecord
from portfolio.domain.evidence.record import Discussion, Observation, SeenCode

Written = Literal["observation", "discussion"]
KINDS: dict[str, type[Observation | Discussion]] = {"observation": Observation, "discussion": Discussion}
LINES: dict[type, str] = {Observation: "seen", Discussion: "topics"}
"""Where the codes of a record stand."""


@pages.get("/assessments/<uuid:assessment_id>/record")
def written(assessment_id: UUID) -> str:
    """Show the form of an observation record, or of a discussion, of an attempt: a place to write for each code."""
    fresh()
    shown = attempt_of(assessment_id)
    kind = kind_asked()
    fields_shown().update((f"record-{code}", code) for code in shown.rows_by_code)
    return render(
        "attempt/record.html",
        attempt=shown,
        assessment_id=assessment_id,
        kind=kind,
        untitled=untitled(kind, shown.name),
        kinds=get_args(Written),
        why_not=refusal_of(probe(shown, kind)),
        takes=word_of(KINDS[kind]) in shown.opened.evidence_kinds,
        faults=g.get("faults", {}),
        today=today(),
        key=new_id(),
        schemas={"record": RecordIn, "line": shape(SeenCode), "of": shape(KINDS[kind])},
    )


def kind_asked() -> str:
    """Return which kind of record the address, or the form before the page, names: an observation if none."""
    kind: str | None = asked("kind", word(Written)) or posted().get("kind")
    return kind if kind in KINDS else "observation"


def probe(shown: Attempt, kind: str) -> WriteRecord:
    """Return a record of this kind as it would be once it is filled in, to ask the rules whether one may be written."""
    code = next(iter(shown.rows_by_code))
    line = (SeenCode(code=code, what=TYPED),)
    about: Observation | Discussion
    if kind == "discussion":
        about = Discussion(assessment_id=shown.sight.stream, occurred_on=today(), minutes=1, topics=line)
    else:
        about = Observation(
            assessment_id=shown.sight.stream,
            place=TYPED,
            occurred_on=today(),
            from_time="00:00",
            to_time="00:01",
            seen=line,
        )
    return WriteRecord(evidence_id=new_id(), enrolment_id=shown.opened.enrolment_id, title=TYPED, record=about)


@pages.post("/assessments/<uuid:assessment_id>/record")
@shown_again(written)
def write_record(assessment_id: UUID) -> Response:
    """Keep a record of an attempt; codes of which nothing is written are not in it."""
    g.posted = request.form
    shown = attempt_of(assessment_id)
    done = run(WriteRecord(evidence_id=new_id(), **record_posted(shown)))
    return back_to(".attempt", done.position, assessment_id=assessment_id)


def untitled(kind: str, component: str) -> str:
    """Return what a record is called to which nobody gives a title."""
    return kind.capitalize() if component.lower() == kind else f"{kind.capitalize()} of {component}"


def record_posted(shown: Attempt) -> dict[str, Any]:
    """Return what the form posted in the schema of the API, or refuse it with every faulty field named."""
    kind = kind_asked()
    title = request.form.get("title", "").strip() or untitled(kind, shown.name)
    record = record_sent(KINDS[kind], shown.sight.stream, shown.rows_by_code)
    return load_record(RecordIn, {"enrolment_id": str(shown.opened.enrolment_id), "title": title, "record": record})


def record_sent(kind: type[Observation | Discussion], attempt: UUID, codes: Iterable[str]) -> dict[str, Any]:
    """Return a record of this kind as a program would send what the form posted; codes left empty are not in it."""
    lines = LINES[kind]
    written = {code: unwrapped(request.form.get(f"w-{code}", "")) for code in codes}
    return {
        **as_json(shape(kind)(exclude=(lines,)), request.form),
        "kind": word_of(kind),
        "assessment_id": str(attempt),
        lines: [{"code": code, "what": what} for code, what in written.items() if what],
    }


def load_record(schema: type[Schema], sent: dict[str, Any]) -> dict[str, Any]:
    """Return what was posted about a record in a schema of the API, or refuse it with every faulty field named."""
    try:
        loaded: dict[str, Any] = schema().load(sent)
    except ValidationError as error:
        refuse(dict(fault_of(name, sentence, sent["record"]) for name, sentence in flat(error.messages)))
        raise
    return loaded


def fault_of(name: str, sentence: str, record: dict[str, Any]) -> tuple[str, str]:
    """Return what is wrong with a field of the record: with a code's row, or with what stands above the rows."""
    parts = name.removeprefix("record.").split(".")
    if len(parts) > 1 and parts[1].isdigit():
        return record[parts[0]][int(parts[1])]["code"], in_words(sentence)
    return parts[0], in_words(sentence)
