"""The tables of the conventional service: rows that are changed in place."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, ForeignKey, Index, UniqueConstraint, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.orm import relationship as related


class Base(DeclarativeBase):
    """The tables."""


class Person(Base):
    """Somebody with an account."""

    __tablename__ = "peer_people"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]


class Outcome(Base):
    """A code of the route, and the component of the form that covers it."""

    __tablename__ = "peer_outcomes"
    code: Mapped[str] = mapped_column(primary_key=True)
    component: Mapped[str]


class Enrolment(Base):
    """Somebody on the plan."""

    __tablename__ = "peer_enrolments"
    id: Mapped[str] = mapped_column(primary_key=True)
    apprentice_id: Mapped[str] = mapped_column(ForeignKey("peer_people.id"), index=True)
    assessor_id: Mapped[str] = mapped_column(ForeignKey("peer_people.id"), index=True)
    employer: Mapped[str]
    centre: Mapped[str]
    state: Mapped[str]
    starts_on: Mapped[datetime]
    apprentice: Mapped[Person] = related(lazy="joined", innerjoin=True, foreign_keys=apprentice_id)


class Claim(Base):
    """That an item shows a code."""

    __tablename__ = "peer_claims"
    __table_args__ = (UniqueConstraint("item_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[str] = mapped_column(ForeignKey("peer_items.id"))
    code: Mapped[str]


class Item(Base):
    """Evidence."""

    __tablename__ = "peer_items"
    __table_args__ = (Index("peer_items_waiting", "enrolment_id", "state", "handed_in_at"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("peer_enrolments.id"))
    title: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    state: Mapped[str]
    handed_in_at: Mapped[datetime]
    version: Mapped[int]
    sha256: Mapped[str]
    enrolment: Mapped[Enrolment] = related(lazy="joined", innerjoin=True)
    claims: Mapped[list[Claim]] = related(lazy="raise")


class Remark(Base):
    """What an assessor wrote on an item."""

    __tablename__ = "peer_remarks"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[str] = mapped_column(ForeignKey("peer_items.id"), index=True)
    author_id: Mapped[str] = mapped_column(ForeignKey("peer_people.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    audience: Mapped[str]
    page: Mapped[int]
    note: Mapped[str]
    author: Mapped[Person] = related(lazy="raise")


class Audit(Base):
    """Who did what when."""

    __tablename__ = "peer_audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    details: Mapped[str]


class Answered(Base):
    """A request that was carried out, and what was answered."""

    __tablename__ = "peer_answered"
    person: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    body: Mapped[str]


def opened(address: str) -> Engine:
    """Return the database at this address; SQLite is as durable as ours, its writers one after the other."""
    engine = create_engine(address, pool_size=32, max_overflow=32)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def settings(connection: Any, _: object) -> None:
            connection.isolation_level = None  # the library begins transactions, below
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def begin(connection: Any) -> None:
            writes = connection.get_execution_options().get("writes", False)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    Base.metadata.create_all(engine)
    return engine


@contextmanager
def closing_all(engine: Engine) -> Iterator[None]:
    """Close every connection at the end."""
    try:
        yield
    finally:
        engine.dispose()


def audited(enrolment: str, actor: str, action: str, item: str, of: str) -> Audit:
    """Return the row that says that something was done."""
    details = json.dumps({"item": item, "of": of})
    return Audit(enrolment_id=enrolment, at=datetime.now(UTC), actor=actor, action=action, details=details)
