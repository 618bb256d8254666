"""Correcting: a written record put right by its author: as it stands, why, what will differ, and what was corrected."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, NamedTuple
from uuid import UUID

from flask import g, request
from werkzeug.wrappers import Response

from api.errors import FieldsNotValid
from api.evidence import RecordCorrectionIn
from api.evidence_shown import visible_versions
from api.ids import new_id
from api.judging import TYPED, refusal_of
from api.pages.attempt.decide import carried
from api.pages.attempt.records import LINES, load_record, record_sent
from api.pages.common import back_to, fresh, pages, posted, render
from api.pages.fields import shown as fields_shown
from api.pages.forms import form, run, shown_again
from api.pages.testimony import typed_testimony
from api.reads import Sight, see
from api.services import caller, today
from api.shapes import fields_of, shape, word_of
from api.trail import name_of
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.coverage import by_outcome
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import CorrectRecord, ServeEvidence
from portfolio.domain.evidence.facts import EvidenceRecorded
from portfolio.domain.evidence.item import Evidence, Version
from portfolio.domain.evidence.record import Observation, Record, Testimony, attempt_of, codes_of, record_text
from portfolio.domain.kernel import Recorded, Rejected, StaleVersion
from portfolio.domain.plan import PLAN

NOT_SHOWN = ("Attempt: ",)
"""How lines of a record begin that are for programs."""


class Line(NamedTuple):
    """A line of a record beside another one: ``how`` it is in the newer text: same, gone or new."""

    how: str
    text: str


class Group(NamedTuple):
    """The codes of one outcome that a record may speak of, with what it says of each."""

    title: str
    lines: list[tuple[str, str]]


@dataclass(frozen=True)
class Written:
    """What stands in the newest version of a record."""

    sight: Sight[Evidence]
    recorded: EvidenceRecorded

    @property
    def record(self) -> Record:
        """Return what its author wrote."""
        return self.recorded.record

    @property
    def values(self) -> dict[str, Any]:
        """Return what the fields of the form are filled with, by the names they have in it."""
        inside = {name: "" if value is None else value for name, value in fields_of(self.record).items()}
        named = {
            f"record.{name}" if isinstance(self.record, Testimony) else name: each for name, each in inside.items()
        }
        return {**named, "title": self.recorded.title}

    @property
    def groups(self) -> list[Group]:
        """Return the codes of its attempt under their outcomes, with those that it speaks of already."""
        if isinstance(self.record, Testimony):
            return []
        session, record = self.sight.session, self.record
        opened = session.state(ASSESSMENT, attempt_of(record)).opening()
        enrolment = session.state(ENROLMENT, self.recorded.enrolment_id)
        outcomes = by_outcome(
            opened.codes | codes_of(record), session.state(PLAN, enrolment.plan_id).plan, opened.route
        )
        said = {line.code: line.what for line in getattr(record, LINES[type(record)])}
        return [
            Group(
                f"{each.key} {each.title}" if each.key else "Codes of no outcome of the route today",
                [(code, said.get(code, "")) for code in each.codes],
            )
            for each in outcomes
        ]

    def read_form(self) -> dict[str, Any]:
        """Return what the form posted in the schema of the API, or refuse it with every faulty field named."""
        if isinstance(self.record, Testimony):
            return form(RecordCorrectionIn, also={"record.kind": word_of(Testimony)})
        codes = [code for group in self.groups for code, _ in group.lines]
        asked = {name: text for name in ("title", "reason") if (text := request.form.get(name, "")).strip()}
        record = record_sent(type(self.record), attempt_of(self.record), codes)
        return load_record(RecordCorrectionIn, {**asked, "record": record})


def written_in(sight: Sight[Evidence]) -> Written | None:
    """Return what stands in the newest version of a record, None for a file."""
    recorded = [entry.fact for entry in sight.session.history(sight.stream) if isinstance(entry.fact, EvidenceRecorded)]
    return Written(sight, recorded[-1]) if recorded else None


def why_not_corrected(sight: Sight[Evidence]) -> Rejected | None:
    """Return why the person at the page may not put the record right now, None if they may."""
    written = written_in(sight)
    record = written.record if written else typed_testimony()
    return refusal_of(CorrectRecord(evidence_id=sight.stream, title=TYPED, record=record, reason=TYPED))


@pages.get("/evidence/<uuid:evidence_id>/correction")
def correction(evidence_id: UUID) -> str:
    """Show the form that puts a record right, filled with what stands in it, to who may."""
    fresh()
    sight = see(EVIDENCE, evidence_id)
    written, refusal = written_in(sight), why_not_corrected(sight)
    if written is None or refusal:
        raise refusal or StaleVersion
    groups = written.groups
    fields_shown().update((f"correction-{code}", code) for group in groups for code, _ in group.lines)
    return render(
        "item/correction.html",
        evidence_id=evidence_id,
        apprentice=name_of(sight.session, sight.state.apprentice),
        kind=word_of(type(written.record)),
        version=written.recorded.version,
        values=written.values,
        groups=groups,
        faults=g.get("faults", {}),
        today=today(),
        key=new_id(),
        schemas={"record": RecordCorrectionIn, "of": shape(type(written.record))},
    )


@pages.post("/evidence/<uuid:evidence_id>/correction")
@shown_again(correction)
def correct(evidence_id: UUID) -> Response:
    """Put a record right, once what differs has been looked at."""
    g.posted = request.form
    sight = see(EVIDENCE, evidence_id)
    written = written_in(sight)
    if written is None:
        raise why_not_corrected(sight) or StaleVersion
    command = CorrectRecord(evidence_id=evidence_id, **written.read_form())
    if "sure" in request.form:
        return back_to(".item", run(command).position, evidence_id=evidence_id)
    page = render(
        "item/corrected.html",
        evidence_id=evidence_id,
        apprentice=name_of(sight.session, sight.state.apprentice),
        version=written.recorded.version,
        lines=[line for line in differences(written, command) if line.how != "same"],
        reason=command.reason,
        hidden=carried(),
        key=new_id(),
    )
    return Response(page, content_type="text/html; charset=utf-8")


def differences(written: Written, command: CorrectRecord) -> list[Line]:
    """Return the record beside what it will be; raise why it would be refused, or that nothing differs."""
    if posted().get("version") != str(written.recorded.version):
        raise StaleVersion
    if refusal := refusal_of(command):
        raise refusal
    observer = name_of(written.sight.session, caller()) if isinstance(command.record, Observation) else ""
    before = titled(written.recorded.title, record_text(written.record, written.recorded.observer))
    after = titled(command.title, record_text(command.record, observer))
    if before == after:
        raise FieldsNotValid("Nothing differs from what is on record: change what is wrong first.")
    return [*compared(before, after)]


def titled(title: str, text: str) -> list[str]:
    """Return the lines of a record that people read, with its title before them."""
    return [f"Title: {title}", *(line for line in text.splitlines() if not line.startswith(NOT_SHOWN))]


def compared(before: list[str], after: list[str]) -> Iterator[Line]:
    """Yield the lines of two texts, those that are in one of them only where they stand in it."""
    for how, i, j, k, m in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        yield from (Line("same" if how == "equal" else "gone", text) for text in before[i:j])
        yield from (Line("new", text) for text in after[k:m] if how != "equal")


class Corrected(NamedTuple):
    """How a version came to take the place of the one before: who wrote it anew and when, and what differs."""

    name: str
    entry: Recorded
    before: Version
    lines: list[Line]


def corrected(sight: Sight[Evidence], shown: Version) -> Corrected | None:
    """Return what a version of a record corrected, None if it is the first, or the reader may not read that one."""
    before = next((each for each in visible_versions(sight) if each.number == shown.number - 1), None)
    history = sight.session.history(sight.stream)
    written = [
        entry
        for entry in history
        if isinstance(entry.fact, EvidenceRecorded) and entry.fact.version == shown.number and entry.fact.reason
    ]
    texts = [each.bounds.text for each in (before, shown) if each and each.bounds and each.bounds.text]
    serving = ServeEvidence(evidence_id=sight.stream, version=shown.number - 1)
    if not before or not written or len(texts) < len((before, shown)) or refusal_of(serving):
        return None
    entry = written[0]
    lines = [*compared(titled(before.title, texts[0]), titled(shown.title, texts[1]))]
    return Corrected(name_of(sight.session, entry.by), entry, before, lines)
