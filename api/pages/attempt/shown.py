"""Shown: an attempt as its pages show it: codes under their outcomes, the evidence beside each, and the findings."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from msgspec import UNSET

from api.evidence_shown import claims_shown
from api.judging import refusal_of
from api.pages.plain import ORDINALS, Plain
from api.reads import Sight
from api.services import caller, today
from api.trail import entries, name_of
from portfolio.application.copies import copies_seen
from portfolio.application.indexes import EVIDENCE_OF_ENROLMENT
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.coverage import CodesOfOutcome, Cover, by_outcome, coverage, offered_to_findings
from portfolio.domain.assessment.facts import AttemptOpened
from portfolio.domain.assessment.finding import Citation, StatementFound
from portfolio.domain.assessment.findings import RecordFindings, codes_shown
from portfolio.domain.criteria import CRITERIA, Criteria, CriteriaApproved
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.facts import EvidenceRecorded, EvidenceServed
from portfolio.domain.evidence.item import Evidence, Version
from portfolio.domain.evidence.redacting import WHOLE
from portfolio.domain.form import FORM, Component
from portfolio.domain.kernel import Recorded, Rejected
from portfolio.domain.permissions import MAY, may
from portfolio.domain.plan import PLAN, Plan

MOST_BESIDE = 3
"""Pieces beside a code that are named where many codes stand on one page; of more it says how many."""


@dataclass(frozen=True)
class Piece:
    """One evidence version: ``number`` is its place in the list of the page, ``opened`` whether the reader saw it.

    ``may_cite``: whether a finding may rest on it now, and by ``cite`` as which copy.
    """

    number: int
    evidence_id: UUID
    version: int
    title: str
    kind: str
    accepted: bool
    opened: bool
    may_cite: bool
    redaction: int
    places: dict[str, str]

    @property
    def key(self) -> str:
        """Return what tells it from the other pieces of the attempt, in few characters."""
        return f"{str(self.evidence_id)[:8]}.{self.version}"

    @property
    def cite(self) -> Citation:
        """Return a finding's citation of it, which says that it is valid, authentic and current."""
        return Citation(evidence_id=self.evidence_id, version=self.version, redaction=self.redaction or UNSET)


@dataclass(frozen=True)
class Beside:
    """A piece beside one code: what the apprentice says, or a record, and whether the current finding cites it."""

    piece: Piece
    claimed: bool
    spoken_of: bool
    cited: bool
    where: str


@dataclass(frozen=True)
class Row:
    """One code: what stands beside it, the current finding, whose that is, and whether nothing handed in shows it."""

    code: str
    beside: tuple[Beside, ...]
    found: StatementFound | None
    own: bool
    by: str
    nothing: bool

    def opened(self) -> list[Piece]:
        """Return what a first finding of the reader's rests on: what stands beside the code, and they opened."""
        return [each.piece for each in self.beside if each.piece.may_cite and each.piece.opened]

    @property
    def first(self) -> list[Beside]:
        """Return the pieces that are named beside it: what is cited and was opened before the rest."""
        return sorted(self.beside, key=lambda each: (not each.cited, not each.piece.opened))[:MOST_BESIDE]

    @property
    def judged(self) -> bool:
        """Tell whether the reader judged it met or not met."""
        return self.own and self.found is not None and self.found.finding.judgement != "not judged"


@dataclass(frozen=True)
class Group:
    """The codes of one outcome of the plan."""

    outcome: CodesOfOutcome
    rows: tuple[Row, ...]

    @property
    def judged(self) -> int:
        """Return how many of its codes the reader judged."""
        return sum(row.judged for row in self.rows)


@dataclass(frozen=True)
class Attempt:
    """An attempt that the caller may see, as they see it."""

    sight: Sight[Assessment]

    @cached_property
    def opened(self) -> AttemptOpened:
        """Return what it was opened with."""
        return self.sight.state.opening()

    @cached_property
    def enrolment(self) -> Enrolment:
        """Return the enrolment it belongs to."""
        return self.sight.session.state(ENROLMENT, self.opened.enrolment_id)

    @cached_property
    def plain(self) -> Plain:
        """Return how sentences about it are put plainly."""
        return Plain.of(self.sight.session, self.opened.enrolment_id)

    @cached_property
    def apprentice(self) -> str:
        """Return the apprentice's name."""
        return name_of(self.sight.session, self.opened.apprentice)

    @cached_property
    def component(self) -> Component | None:
        """Return the component on the form that it was opened on."""
        return self.sight.session.state(FORM, self.opened.form_id).component(self.opened.component)

    @property
    def name(self) -> str:
        """Return what people call the component."""
        return self.component.name if self.component else self.opened.component

    @property
    def which(self) -> str:
        """Return which attempt it is, in words."""
        number = self.opened.number
        return f"{ORDINALS[number - 1]} attempt" if number <= len(ORDINALS) else f"attempt {number}"

    @cached_property
    def criteria(self) -> Criteria:
        """Return the criteria it is decided against."""
        return self.sight.session.state(CRITERIA, self.opened.criteria_id)

    @cached_property
    def approved(self) -> Recorded | None:
        """Return by whom and when the criteria were approved."""
        history = self.sight.session.history(self.opened.criteria_id)
        return next((entry for entry in history if isinstance(entry.fact, CriteriaApproved)), None)

    @cached_property
    def plan(self) -> Plan | None:
        """Return the plan of the enrolment."""
        return self.sight.session.state(PLAN, self.enrolment.plan_id).plan

    @cached_property
    def evidence(self) -> dict[UUID, Evidence]:
        """Return the evidence of the enrolment, by id."""
        session, enrolment_id = self.sight.session, self.opened.enrolment_id
        session.read_ahead(EVIDENCE, session.links(EVIDENCE_OF_ENROLMENT, enrolment_id), whole=True)
        return dict(session.each(EVIDENCE, EVIDENCE_OF_ENROLMENT, enrolment_id))

    @cached_property
    def covers(self) -> dict[str, tuple[Cover, ...]]:
        """Return what stands beside each code, also of what the reader may not see."""
        return coverage(self.sight.state, self.sight.stream, self.evidence)

    @cached_property
    def pieces(self) -> dict[tuple[UUID, int], Piece]:
        """Return the versions that the reader may see of those that findings may rest on, or rest on already."""
        offered = offered_to_findings(self.sight.state, self.sight.stream, self.evidence)
        cited = ((each.evidence_id, each.version) for covers in self.covers.values() for each in covers if each.cited)
        seen = {
            (evidence_id, version.number): version
            for evidence_id, item in self.evidence.items()
            for version in self.seen(evidence_id, item)
        }
        keys = [key for key in dict.fromkeys([*offered, *cited]) if key in seen]
        return {
            key: piece_of(self.sight, number, key[0], seen[key], may_cite=key in offered)
            for number, key in enumerate(keys)
        }

    def seen(self, evidence_id: UUID, item: Evidence) -> list[Version]:
        """Return the versions of an item that the reader may see."""
        session = self.sight.session
        held = session.held(caller(), evidence_id, item, item.enrolment_id, today())
        return session.versions_seen(evidence_id, item, held, caller(), today())

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Return the codes under the outcomes of the plan, each with its row."""
        plan, route = self.plan, self.opened.route
        return tuple(
            Group(outcome=outcome, rows=tuple(self.rows_by_code[code] for code in outcome.codes))
            for outcome in by_outcome(self.opened.codes, plan, route)
        )

    @cached_property
    def rows_by_code(self) -> dict[str, Row]:
        """Return the row of each code, K2 before K10."""
        current = {each.finding.code: each for each in self.sight.state.findings}
        shown = codes_shown(self.evidence, self.opened.evidence_kinds, self.sight.stream)
        return {
            code: Row(
                code=code,
                beside=tuple(
                    Beside(
                        piece=self.pieces[key],
                        claimed=cover.claimed,
                        spoken_of=cover.spoken_of,
                        cited=cover.cited,
                        where=self.pieces[key].places.get(code, ""),
                    )
                    for cover in covers
                    if (key := (cover.evidence_id, cover.version)) in self.pieces
                ),
                found=(found := current.get(code)),
                own=found is not None and found.assessor == caller(),
                by=name_of(self.sight.session, found.assessor) if found else "",
                nothing=code not in shown,
            )
            for code, covers in self.covers.items()
        }

    @property
    def judged(self) -> list[str]:
        """Return the codes that the reader judged met or not met."""
        return [code for code, row in self.rows_by_code.items() if row.judged]

    @property
    def open(self) -> list[str]:
        """Return the codes that the reader has not judged."""
        return [code for code, row in self.rows_by_code.items() if not row.judged]

    @property
    def leads(self) -> list[tuple[str, str]]:
        """Return the pages of the attempt that the reader may open, by the names of their routes."""
        undecided = self.sight.state.goes_on() and self.sight.shows("decision context")
        return [
            ("pages.attempt", "Findings"),
            ("pages.coverage", "What covers what"),
            *([("pages.decision", "Grade and reasons")] if undecided else []),
            *([("pages.written", "Write a record")] if self.why_not is None else []),
        ]

    @property
    def standing(self) -> str:
        """Return in words how the attempt stands."""
        state = self.sight.state
        if state.closed:
            return "closed undecided"
        if decision := state.waiting():
            return f"{decision.grade}, which waits for a second person"
        if decision := state.effective():
            return decision.grade
        return "its decision was set aside" if state.decided() else "being judged" if state.judged else "open"

    @property
    def approved_by(self) -> str:
        """Return who approved the criteria."""
        return name_of(self.sight.session, self.approved.by) if self.approved else ""

    @property
    def assesses(self) -> bool:
        """Tell whether the reader's roles let them judge at all."""
        return may(MAY[RecordFindings], self.sight.held)

    @cached_property
    def why_not(self) -> Rejected | None:
        """Return why the reader may not judge here now, None if they may."""
        return refusal_of(RecordFindings(assessment_id=self.sight.stream, findings=()))


def piece_of(sight: Sight[Assessment], number: int, evidence_id: UUID, version: Version, *, may_cite: bool) -> Piece:
    """Return a version as the pages of the attempt show it."""
    history = sight.session.history(evidence_id)
    copies = copies_seen(sight.session, evidence_id, caller()).get(version.number, WHOLE)
    return Piece(
        number=number,
        evidence_id=evidence_id,
        version=version.number,
        title=version.title,
        kind=version.kind,
        accepted=version.stage != "submitted",
        opened=was_opened(history, version.number),
        may_cite=may_cite,
        redaction=0 if 0 in copies or not copies else max(copies),
        places={claim["code"]: claim["where"] for claim in claims_shown(version, history) if claim["fragment"]},
    )


def was_opened(history: Sequence[Recorded], number: int) -> bool:
    """Tell whether the caller was shown a version, in whichever copy, or wrote the record."""
    return any(
        entry.by == caller()
        and (
            (isinstance(entry.fact, EvidenceServed) and entry.fact.version == number)
            or isinstance(entry.fact, EvidenceRecorded)
        )
        for entry in history
    )


def since(attempt: Attempt, position: int) -> list[dict[str, Any]]:
    """Return what others recorded of the attempt and its evidence after a position, as the caller may read it."""
    session = attempt.sight.session
    streams = [attempt.sight.stream, attempt.opened.enrolment_id, *attempt.evidence]
    facts = [
        entry
        for stream in streams
        for entry in session.history(stream)
        if entry.position > position and entry.by != caller() and not isinstance(entry.fact, EvidenceServed)
    ]
    return attempt.plain.told(entries(attempt.sight, sorted(facts, key=lambda entry: entry.position)))
