"""Tells a college in the tables of the conventional service: a row for each fact, and one of audit beside it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from infra.bench.college import REMARKS, Apprentice, College
from infra.bench.facts import NOTE
from infra.bench.peers.conventional.tables import (
    Audit,
    Claim,
    Enrolment,
    Item,
    Outcome,
    Person,
    Remark,
    audited,
    closing_all,
    opened,
)

Row = dict[str, object]
TOLD_AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


def fill(address: str, college: College) -> None:
    """Tell the same college in these tables."""
    engine = opened(address)
    rows: dict[type, list[Row]] = {
        Person: [*people(college)],
        Outcome: [
            {"code": code, "component": "C2" if number % 2 else "C1"} for number, code in enumerate(college.codes)
        ],
        Enrolment: [enrolled(each) for each in college.apprentices],
        **{table: [] for table in (Item, Claim, Remark, Audit)},
    }
    for apprentice in college.apprentices:
        for number, item in enumerate((*apprentice.items, *apprentice.waiting)):
            codes = [f"K{(number * 5 + step) % 36 + 1}" for step in range(5)]
            rows[Item].append(row_of_item(apprentice, item, number))
            rows[Claim] += [{"item_id": str(item), "code": code} for code in codes]
            rows[Remark] += [remark(apprentice, item)] * REMARKS
            rows[Audit] += [row_of(apprentice, each, item) for each in done(item in apprentice.items)]
    with closing_all(engine), Session(engine) as session, session.begin():
        for table, of_it in rows.items():
            session.execute(insert(table), of_it)
            session.flush()


def people(college: College) -> Iterator[Row]:
    """Yield the row of everybody."""
    yield {"id": str(college.administrator), "name": "An administrator", "role": "administrator"}
    for assessor in college.assessors:
        yield {"id": str(assessor), "name": "Ada", "role": "assessor"}
    for number, each in enumerate(college.apprentices):
        yield {"id": str(each.person), "name": f"Mia {number}", "role": "apprentice"}


def enrolled(apprentice: Apprentice) -> Row:
    """Return the row of an enrolment."""
    return {
        "id": str(apprentice.enrolment),
        "apprentice_id": str(apprentice.person),
        "assessor_id": str(apprentice.assessor),
        "employer": "Stage Hands",
        "centre": "10000001",
        "state": "open",
        "starts_on": datetime(2026, 11, 24, tzinfo=UTC),
    }


def row_of_item(apprentice: Apprentice, item: UUID, number: int) -> Row:
    """Return the row of an item."""
    return {
        "id": str(item),
        "enrolment_id": str(apprentice.enrolment),
        "title": f"Desk log {number}",
        "media_type": "application/pdf",
        "size": 120_000,
        "state": "accepted" if item in apprentice.items else "handed in",
        "handed_in_at": TOLD_AT,
        "version": 1,
        "sha256": "cd" * 32,
    }


def remark(apprentice: Apprentice, item: UUID) -> Row:
    """Return a row of what the assessor wrote."""
    about: Row = {"kind": "basis of finding", "audience": "apprentice and assessors", "page": 3, "note": NOTE}
    return {"item_id": str(item), "author_id": str(apprentice.assessor), "at": TOLD_AT, **about}


def done(answered: bool) -> list[str]:
    """Return what was done with an item."""
    ends = ["accepted"] if answered else []
    return ["offered", "sealed", *["claimed"] * 5, "handed in", *["remarked"] * REMARKS, *ends]


def row_of(apprentice: Apprentice, action: str, item: UUID) -> Row:
    """Return a row of audit as the library fills tables with."""
    row = audited(str(apprentice.enrolment), str(apprentice.person), action, str(item), "")
    names: Iterable[str] = ("enrolment_id", "at", "actor", "action", "details")
    return {name: getattr(row, name) for name in names}
