"""The conventional service itself: what programs ask it, and whom it lets in."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import Flask, Response, jsonify, request
from joserfc import jwt
from joserfc.jwk import OctKey
from marshmallow import Schema, ValidationError, fields, validate
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload, sessionmaker

from infra.bench.peers.conventional.pages import add_pages
from infra.bench.peers.conventional.questions import Refused, nothing_here, standings, visible
from infra.bench.peers.conventional.tables import (
    Answered,
    Audit,
    Claim,
    Enrolment,
    Item,
    Outcome,
    Person,
    audited,
    opened,
)

ADDRESS, KEY = "PEER_ADDRESS", "PEER_KEY"
"""The variables that say where its database is and what its tokens are signed with."""
PER_PAGE = 50
GOOD_FOR_SECONDS = 10_800


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


def application() -> Flask:
    """Return the service on the database that the environment names."""
    app = Flask(__name__)
    app.secret_key = os.environ[KEY]
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
                raise nothing_here()
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
    add_pages(app, sessions)
    return app


def add_reads(app: Flask, sessions: sessionmaker[Session], caller: Callable[[Session], Person]) -> None:
    """Add what is only shown."""

    @app.get("/enrolments/<enrolment_id>/readiness")
    def readiness(enrolment_id: str) -> Response:
        with sessions() as session:
            enrolment = visible(session, caller(session), enrolment_id)
            return jsonify(id=enrolment.id, codes=StandingOut(many=True).dump(standings(session, enrolment)))

    @app.get("/enrolments")
    def enrolments() -> Response:
        with sessions() as session:
            if caller(session).role != "administrator":
                raise Refused(403, "You may not do this.")
            rows = session.scalars(
                select(Enrolment).join(Enrolment.apprentice).order_by(Person.name, Enrolment.id).limit(PER_PAGE)
            )
            number = session.scalar(select(func.count()).select_from(Enrolment))
            return jsonify(items=EnrolmentOut(many=True).dump(rows), number=number)

    @app.get("/enrolments/<enrolment_id>/audit")
    def audit(enrolment_id: str) -> Response:
        with sessions() as session:
            of = visible(session, caller(session), enrolment_id).id
            rows = session.scalars(select(Audit).where(Audit.enrolment_id == of).order_by(Audit.id).limit(PER_PAGE))
            return jsonify(items=AuditOut(many=True).dump(rows))


def cookie(key: str, person: UUID) -> str:
    """Return what the browser of somebody who is signed in sends with each request."""
    app = Flask(__name__)
    app.secret_key = key
    signing: Any = app.session_interface
    return f"{app.config['SESSION_COOKIE_NAME']}={signing.get_signing_serializer(app).dumps({'person': str(person)})}"


def token(key: str, person: UUID) -> str:
    """Return what a person signs in with, for as long as a bench takes."""
    claims = {"sub": str(person), "exp": int(datetime.now(UTC).timestamp()) + GOOD_FOR_SECONDS}
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(key), algorithms=["HS256"])
