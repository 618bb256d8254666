"""Portfolios: whose enrolments a person works on, and what evidence lies in each."""

from collections.abc import Set
from datetime import date, datetime
from uuid import UUID

import msgspec

from portfolio.domain.appeal import PanelConvened
from portfolio.domain.enrolment import (
    ApprenticeEnrolled,
    PersonAssigned,
    PersonReleased,
    RouteChanged,
    RouteFrom,
    route_on,
)
from portfolio.domain.evidence.facts import (
    ClaimDropped,
    DraftDiscarded,
    EvidenceAccepted,
    EvidenceRecorded,
    EvidenceReplaced,
    EvidenceReturned,
    EvidenceSubmitted,
    EvidenceWithdrawn,
    FileSealed,
    StatementClaimed,
    UploadOffered,
)
from portfolio.domain.evidence.item import KIND_OF, Stage
from portfolio.domain.form import code_order
from portfolio.domain.kernel import Entry, Value
from portfolio.domain.vocabulary import ASSIGNED, MEMBER_OF_THE_PANEL, THE_APPRENTICE, EvidenceKind
from projections.database import Reads, Rows, View, answers


class Routes(Value):
    """The routes of an enrolment as they were chosen."""

    chosen: tuple[RouteFrom, ...]


def fold_enrolments(rows: Rows, entry: Entry, owner: UUID | None) -> None:  # noqa: ARG001 - the stream is the owner
    """Keep one row for each enrolment, with all its routes."""
    match entry.fact:
        case ApprenticeEnrolled(apprentice=apprentice, plan_id=plan_id, employer=employer) as fact:
            first = RouteFrom(since=fact.starts_on, route=fact.route, form_id=fact.form_id)
            rows.put(
                entry.originator_id,
                apprentice=apprentice,
                plan_id=plan_id,
                employer=employer,
                routes=Routes(chosen=(first,)),
                position=entry.position,
            )
        case RouteChanged(effective_on=since, route=route, form_id=form_id):
            if row := rows.get(entry.originator_id):
                chosen = (*row["routes"].chosen, RouteFrom(since=since, route=route, form_id=form_id))
                rows.change(entry.originator_id, routes=Routes(chosen=chosen))


ENROLMENTS = View(
    "enrolments",
    1,
    {"enrolment_id": UUID},
    {"apprentice": UUID, "plan_id": UUID, "employer": str, "routes": Routes, "position": int},
    fold_enrolments,
    (ApprenticeEnrolled, RouteChanged),
)


def fold_parts(rows: Rows, entry: Entry, owner: UUID | None) -> None:
    """Keep the rows of what each person is to an enrolment and from when to when; an assessor's, one per component.

    A part without components is for all of them; one without a first day holds for ever, as a panel member's does.
    """
    enrolment = entry.originator_id
    match entry.fact:
        case PanelConvened(members=members) if owner is not None:
            for person in members:
                rows.put(owner, person, MEMBER_OF_THE_PANEL, 1, component="", starts_on=None, ends_on=None)
        case ApprenticeEnrolled(apprentice=apprentice):
            rows.put(enrolment, apprentice, THE_APPRENTICE, 1, component="", starts_on=None, ends_on=None)
        case PersonAssigned(person_id=person, assignment=assignment, starts_on=starts_on, components=components):
            relation = ASSIGNED[assignment]
            first = _next(rows, enrolment, person, relation)
            for number, component in enumerate(sorted(components) or [""], start=first):
                rows.put(enrolment, person, relation, number, component=component, starts_on=starts_on, ends_on=None)
        case PersonReleased(person_id=person, assignment=assignment, ends_on=ends_on):
            relation = ASSIGNED[assignment]
            for number in range(1, _next(rows, enrolment, person, relation)):
                row = rows.get(enrolment, person, relation, number)
                if row and row["ends_on"] is None:
                    rows.change(enrolment, person, relation, number, ends_on=ends_on)


def _next(rows: Rows, enrolment: UUID, person: UUID, relation: str) -> int:
    number = 1
    while rows.get(enrolment, person, relation, number):
        number += 1
    return number


PARTS = View(
    "parts",
    2,
    {"enrolment_id": UUID, "person_id": UUID, "relation": str, "number": int},
    {"component": str, "starts_on": date, "ends_on": date},
    fold_parts,
    (PanelConvened, ApprenticeEnrolled, PersonAssigned, PersonReleased),
    indexes=(("person_id", "relation"),),
)


def fold_versions(rows: Rows, entry: Entry, owner: UUID | None) -> None:
    """Keep one row for each version of each evidence item that was not discarded."""
    item = entry.originator_id
    match entry.fact:
        case UploadOffered(version=version, title=title, media_type=media_type):
            _begin(rows, entry, owner, version, title, "work product", "offered", media_type)
        case EvidenceRecorded(version=version, title=title, record=record):
            _begin(rows, entry, owner, version, title, KIND_OF[type(record)], "accepted", "text/plain")
        case FileSealed(version=version, bounds=bounds):
            rows.change(item, version, stage="sealed", media_type=bounds.media_type)
        case EvidenceSubmitted(version=version):
            rows.change(item, version, stage="submitted", submitted_at=entry.at, submitted=entry.position)
        case EvidenceReturned(version=version):
            rows.change(item, version, stage="returned")
        case EvidenceAccepted(version=version):
            rows.change(item, version, stage="accepted")
        case EvidenceReplaced(version=version):
            rows.change(item, version, stage="replaced")
        case EvidenceWithdrawn(version=version):
            rows.change(item, version, stage="withdrawn", claims="")
        case DraftDiscarded(version=version):
            rows.delete(item, version)
        case StatementClaimed(version=version, code=code):
            _claim(rows, item, version, add={code})
        case ClaimDropped(version=version, code=code):
            _claim(rows, item, version, drop={code})


def _begin(
    rows: Rows,
    entry: Entry,
    owner: UUID | None,
    version: int,
    title: str,
    kind: EvidenceKind,
    stage: Stage,
    media_type: str,
) -> None:
    rows.put(
        entry.originator_id,
        version,
        enrolment_id=owner,
        title=title,
        kind=kind,
        stage=stage,
        media_type=media_type,
        claims="",
        position=entry.position,
        submitted_at=None,
        submitted=None,
    )


def _claim(rows: Rows, item: UUID, version: int, add: Set[str] = frozenset(), drop: Set[str] = frozenset()) -> None:
    if row := rows.get(item, version):
        claims = (set(row["claims"].split()) | add) - drop
        rows.change(item, version, claims=" ".join(sorted(claims, key=code_order)))


VERSIONS = View(
    "evidence_versions",
    1,
    {"evidence_id": UUID, "version": int},
    {
        "enrolment_id": UUID,
        "title": str,
        "kind": str,
        "stage": str,
        "media_type": str,
        "claims": str,
        "position": int,
        "submitted_at": datetime,
        "submitted": int,
    },
    fold_versions,
    (
        UploadOffered,
        EvidenceRecorded,
        FileSealed,
        EvidenceSubmitted,
        EvidenceReturned,
        EvidenceAccepted,
        EvidenceReplaced,
        EvidenceWithdrawn,
        DraftDiscarded,
        StatementClaimed,
        ClaimDropped,
    ),
    indexes=(("enrolment_id", "stage"),),
)

RELATIONS = """
SELECT DISTINCT p.relation, e.enrolment_id, e.apprentice, e.plan_id, e.employer, e.routes, e.position
FROM parts_v2 AS p JOIN enrolments_v1 AS e ON e.enrolment_id = p.enrolment_id
WHERE p.person_id = :person_id
AND (p.starts_on IS NULL OR p.starts_on <= :today) AND (p.ends_on IS NULL OR p.ends_on > :today)
ORDER BY e.position, p.relation
"""

ITEMS = """
SELECT v.evidence_id, v.version, v.title, v.kind, v.stage, v.media_type, v.claims, v.submitted_at
FROM evidence_versions_v1 AS v
WHERE v.enrolment_id = :enrolment_id AND v.version = (
    SELECT max(w.version) FROM evidence_versions_v1 AS w WHERE w.evidence_id = v.evidence_id
    AND (:drafts OR w.stage IN ('submitted', 'returned', 'accepted', 'replaced'))
)
ORDER BY v.position
"""


class EnrolmentOf(Value):
    """An enrolment and what the person is to it; ``position`` is where the log has its first fact.

    ``form_id`` and ``route`` are those that hold on the day asked for.
    """

    relation: str
    enrolment_id: UUID
    apprentice: UUID
    plan_id: UUID
    form_id: UUID
    route: str
    employer: str
    position: int


class Item(Value):
    """An evidence item as its newest version shows it; ``claims`` are codes in order."""

    evidence_id: UUID
    version: int
    title: str
    kind: EvidenceKind
    stage: Stage
    media_type: str
    claims: tuple[str, ...]
    submitted_at: datetime | None


def enrolments_of(reads: Reads, person_id: UUID, today: date) -> list[EnrolmentOf]:
    """Return the enrolments in which the person is the apprentice or has a part today, oldest first, one row a part."""
    return [_enrolment(today, *row) for row in reads.query(RELATIONS, person_id=person_id, today=today)]


def _enrolment(
    today: date,
    relation: str,
    enrolment_id: UUID,
    apprentice: UUID,
    plan_id: UUID,
    employer: str,
    stored: bytes,
    position: int,
) -> EnrolmentOf:
    chosen = msgspec.json.decode(stored, type=Routes).chosen
    holds = route_on(chosen, today) or chosen[0]
    return EnrolmentOf(
        relation=relation,
        enrolment_id=enrolment_id,
        apprentice=apprentice,
        plan_id=plan_id,
        form_id=holds.form_id,
        route=holds.route,
        employer=employer,
        position=position,
    )


def items(reads: Reads, enrolment_id: UUID, *, drafts: bool) -> list[Item]:
    """Return the evidence items of an enrolment by age of that version, each by its newest version.

    ``drafts``: with versions not handed in or withdrawn, which only the apprentice may see; discarded ones are gone.
    """
    rows = reads.query(ITEMS, enrolment_id=enrolment_id, drafts=drafts)
    return answers(Item, rows, claims=lambda codes: tuple(codes.split()))
