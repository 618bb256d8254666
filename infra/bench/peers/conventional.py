"""The service that somebody would build instead: Flask, SQLAlchemy and marshmallow, rows that are changed in place.

It does the same work as ours: who asks is told by a signed token, a claim is judged under a lock on its item's row,
and an audit row and an idempotency row are written in its transaction, with the same durability. It keeps neither what
a decision rested on nor any earlier state, hashes nothing, and its answers are shorter.
"""

import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import Flask, Response, jsonify, request
from joserfc import jwt
from joserfc.jwk import OctKey
from marshmallow import Schema, ValidationError, fields, validate
from sqlalchemy import Engine, ForeignKey, UniqueConstraint, create_engine, event, func, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, selectinload, sessionmaker
from sqlalchemy.orm import relationship as related

from infra.bench.college import College

ADDRESS, KEY = "PEER_ADDRESS", "PEER_KEY"
"""The variables that say where its database is and what its tokens are signed with."""
PER_PAGE = 50
GOOD_FOR_SECONDS = 10_800
LONGEST_NOTE = 290


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
    employer: Mapped[str]
    centre: Mapped[str]
    state: Mapped[str]
    starts_on: Mapped[datetime]
    apprentice: Mapped[Person] = related(lazy="joined")


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
    id: Mapped[str] = mapped_column(primary_key=True)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("peer_enrolments.id"), index=True)
    title: Mapped[str]
    state: Mapped[str]
    version: Mapped[int]
    sha256: Mapped[str]
    enrolment: Mapped[Enrolment] = related(lazy="joined", innerjoin=True)
    claims: Mapped[list[Claim]] = related(lazy="raise")


class Remark(Base):
    """What an assessor wrote on an item."""

    __tablename__ = "peer_remarks"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[str] = mapped_column(ForeignKey("peer_items.id"), index=True)
    note: Mapped[str]


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


class ClaimIn(Schema):
    """A claim as it is sent."""

    version = fields.Integer(required=True, validate=validate.Range(min=1))
    codes = fields.List(fields.String(), required=True, validate=validate.Length(min=1))


class StandingOut(Schema):
    """Where a code stands."""

    code = fields.String()
    component = fields.String()
    state = fields.String()
    items = fields.List(fields.String())


class EnrolmentOut(Schema):
    """A row of the list."""

    id = fields.String()
    apprentice = fields.String(attribute="apprentice.name")
    employer = fields.String()
    centre = fields.String()
    state = fields.String()
    starts_on = fields.DateTime()


class AuditOut(Schema):
    """A row of the trail."""

    id = fields.Integer()
    at = fields.DateTime()
    actor = fields.String()
    action = fields.String()
    details = fields.String()


class Refused(Exception):
    """What is answered instead."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


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


def application() -> Flask:
    """Return the service on the database that the environment names."""
    app = Flask(__name__)
    app.extensions["database"] = opened(os.environ[ADDRESS])
    sessions, key = sessionmaker(app.extensions["database"]), OctKey.import_key(os.environ[KEY])

    def caller(session: Session) -> Person:
        token = jwt.decode(request.headers["Authorization"].removeprefix("Bearer "), key, algorithms=["HS256"])
        jwt.JWTClaimsRegistry(exp={"essential": True}).validate(token.claims)
        person = session.get(Person, token.claims["sub"])
        if person is None:
            raise Refused(401, "Sign in.")
        return person

    @app.errorhandler(Refused)
    def refused(refusal: Refused) -> tuple[Response, int]:
        return jsonify(title=str(refusal)), refusal.status

    @app.errorhandler(ValidationError)
    def not_valid(error: ValidationError) -> tuple[Response, int]:
        return jsonify(errors=error.messages), 422

    @app.post("/evidence/<item_id>/claims")
    def claim(item_id: str) -> tuple[Response, int]:
        asked = ClaimIn().load(request.get_json())
        fingerprint = sha256(request.get_data()).hexdigest()
        with sessions() as session, session.begin():
            session.connection(execution_options={"writes": True})
            person = caller(session)
            known = session.get(Answered, (person.id, request.headers["Idempotency-Key"]))
            if known is not None:
                if known.fingerprint != fingerprint:
                    raise Refused(409, "This key stands for another request.")
                return jsonify(json.loads(known.body)), 201
            item = session.get(Item, item_id, with_for_update={"of": Item}, options=[selectinload(Item.claims)])
            if item is None or item.enrolment.apprentice_id != person.id:
                raise Refused(404, "There is nothing here that you may see.")
            if item.enrolment.state != "open" or item.version != asked["version"]:
                raise Refused(409, "Nothing can be claimed here.")
            route = set(session.scalars(select(Outcome.code).where(Outcome.code.in_(asked["codes"]))))
            if outside := set(asked["codes"]) - route:
                raise Refused(409, f"Not in the apprentice's route: {', '.join(sorted(outside))}.")
            claimed = {each.code for each in item.claims}
            for code in asked["codes"]:
                if code not in claimed:
                    session.add(Claim(item_id=item.id, code=code))
                    session.add(audited(item.enrolment_id, person.id, "claimed", item.id, code))
            body = {"id": item.id, "version": item.version}
            key_of = request.headers["Idempotency-Key"]
            session.add(Answered(person=person.id, key=key_of, fingerprint=fingerprint, body=json.dumps(body)))
        return jsonify(body), 201

    add_reads(app, sessions, caller)
    return app


def add_reads(app: Flask, sessions: sessionmaker[Session], caller: Callable[[Session], Person]) -> None:
    """Add what is only shown."""

    def visible(session: Session, enrolment_id: str) -> Enrolment:
        person, enrolment = caller(session), session.get(Enrolment, enrolment_id)
        if enrolment is None or (person.role != "administrator" and enrolment.apprentice_id != person.id):
            raise Refused(404, "There is nothing here that you may see.")
        return enrolment

    @app.get("/enrolments/<enrolment_id>/readiness")
    def readiness(enrolment_id: str) -> Response:
        with sessions() as session:
            enrolment = visible(session, enrolment_id)
            accepted: dict[str, list[str]] = defaultdict(list)
            claims = select(Claim.code, Item.id, Item.state).join(Item, Claim.item_id == Item.id)
            waiting = set()
            for code, item, state in session.execute(claims.where(Item.enrolment_id == enrolment.id)):
                if state == "accepted":
                    accepted[code].append(item)
                else:
                    waiting.add(code)
            rows = [
                {
                    "code": outcome.code,
                    "component": outcome.component,
                    "state": "met" if accepted[outcome.code] else "waits" if outcome.code in waiting else "missing",
                    "items": accepted[outcome.code],
                }
                for outcome in session.scalars(select(Outcome).order_by(Outcome.code))
            ]
            return jsonify(id=enrolment.id, codes=StandingOut(many=True).dump(rows))

    @app.get("/enrolments")
    def enrolments() -> Response:
        with sessions() as session:
            if caller(session).role != "administrator":
                raise Refused(403, "You may not do this.")
            rows = session.scalars(select(Enrolment).join(Person).order_by(Person.name, Enrolment.id).limit(PER_PAGE))
            number = session.scalar(select(func.count()).select_from(Enrolment))
            return jsonify(items=EnrolmentOut(many=True).dump(rows), number=number)

    @app.get("/enrolments/<enrolment_id>/audit")
    def audit(enrolment_id: str) -> Response:
        with sessions() as session:
            of = visible(session, enrolment_id).id
            rows = session.scalars(select(Audit).where(Audit.enrolment_id == of).order_by(Audit.id).limit(PER_PAGE))
            return jsonify(items=AuditOut(many=True).dump(rows))


def token(key: str, person: UUID) -> str:
    """Return what a person signs in with, for as long as a bench takes."""
    claims = {"sub": str(person), "exp": int(datetime.now(UTC).timestamp()) + GOOD_FOR_SECONDS}
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(key), algorithms=["HS256"])


def audited(enrolment: str, actor: str, action: str, item: str, of: str) -> Audit:
    """Return the row that says that something was done."""
    details = json.dumps({"item": item, "of": of})
    return Audit(enrolment_id=enrolment, at=datetime.now(UTC), actor=actor, action=action, details=details)


def fill(address: str, college: College) -> None:
    """Tell the same college in these tables: a row for each fact, and one of audit beside it."""
    engine = opened(address)
    with closing_all(engine), Session(engine) as session, session.begin():
        administrator = {"id": str(college.administrator), "name": "An administrator", "role": "administrator"}
        people = [
            {"id": str(each.person), "name": f"Mia {number}", "role": "apprentice"}
            for number, each in enumerate(college.apprentices)
        ]
        outcomes = [
            {"code": code, "component": "C2" if number % 2 else "C1"} for number, code in enumerate(college.codes)
        ]
        session.execute(insert(Person), [administrator, *people])
        session.execute(insert(Outcome), outcomes)
        session.execute(insert(Enrolment), [enrolled(each) for each in college.apprentices])
        session.flush()
        items, claims, remarks, trail = [], [], [], []
        for apprentice in college.apprentices:
            for number, item in enumerate(apprentice.items):
                items.append(
                    {
                        "id": str(item),
                        "enrolment_id": str(apprentice.enrolment),
                        "title": f"Desk log {number}",
                        "state": "accepted",
                        "version": 1,
                        "sha256": "cd" * 32,
                    }
                )
                codes = [f"K{(number * 5 + step) % 36 + 1}" for step in range(5)]
                claims += [{"item_id": str(item), "code": code} for code in codes]
                remarks += [{"item_id": str(item), "note": "n" * LONGEST_NOTE}] * 3
                done = ["offered", "sealed", *["claimed"] * 5, "handed in", *["remarked"] * 3, "accepted"]
                trail += [row_of(str(apprentice.enrolment), str(apprentice.person), each, str(item)) for each in done]
        for table, rows in ((Item, items), (Claim, claims), (Remark, remarks), (Audit, trail)):
            session.execute(insert(table), rows)


def enrolled(apprentice: Any) -> dict[str, object]:
    """Return the row of an enrolment."""
    return {
        "id": str(apprentice.enrolment),
        "apprentice_id": str(apprentice.person),
        "employer": "Stage Hands",
        "centre": "10000001",
        "state": "open",
        "starts_on": datetime(2026, 11, 24, tzinfo=UTC),
    }


def row_of(enrolment: str, actor: str, action: str, item: str) -> dict[str, object]:
    """Return a row of audit as the library fills tables with."""
    row = audited(enrolment, actor, action, item, "")
    names: Iterable[str] = ("enrolment_id", "at", "actor", "action", "details")
    return {name: getattr(row, name) for name in names}
