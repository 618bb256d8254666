"""Programs in tests of the service: registered, given keys and secrets, signed in, and calling."""

import json
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey
from werkzeug.test import TestResponse

from portfolio.domain.kernel import NOBODY
from tests.api.world import Caller, World

BY_KEY = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@cache
def key(name: str = "first") -> OKPKey:
    return OKPKey.generate_key("Ed25519", private=True)


@cache
def other_kind() -> ECKey:
    return ECKey.generate_key("P-256", private=True)


def public(of: OKPKey | ECKey) -> dict[str, Any]:
    return dict(of.as_dict(private=False))


def registered(world: World, owner: str, *rows: str, name: str = "program", by: str = "admin") -> None:
    """Register a program under a name, which its owner gives the first key."""
    body = {"name": "Learner system", "owner": world[owner], "rows": rows}
    world.as_(by).does("/programs", body, name=name)
    world.as_(owner).does(f"/programs/{{{name}}}/keys", public(key()))


def assertion(world: World, program: UUID, signed: OKPKey | ECKey | None = None, **changes: Any) -> str:
    """Return what a program signs to ask for a token; ``changes`` to claims, those of the header as ``header``."""
    signed = signed or key()
    now = int(world.now.timestamp())
    alg = "Ed25519" if isinstance(signed, OKPKey) else "ES256"
    header = {"alg": alg, **changes.pop("header", {})}
    claims = {"iss": str(program), "sub": str(program), "aud": "http://localhost", "exp": now + 60, "jti": uuid4().hex}
    said = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    return jwt.encode(header, said, signed, algorithms=[alg])


def ask(world: World, form: dict[str, Any], **options: Any) -> TestResponse:
    """Ask for a token."""
    given = {"grant_type": "client_credentials", **form}
    return world.app.test_client().post("/oauth/token", data=given, **options)


def by_key(world: World, signed: str, **more: Any) -> TestResponse:
    return ask(world, {"client_assertion_type": BY_KEY, "client_assertion": signed, **more})


def by_secret(world: World, program: UUID, secret: str, **more: Any) -> TestResponse:
    pair = b64encode(f"{program}:{secret}".encode()).decode()
    return ask(world, more, headers={"Authorization": f"Basic {pair}"})


def token(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.text
    return str(json.loads(answer.data)["access_token"])


@dataclass
class ProgramCaller(Caller):
    """Calls the service as a program that has signed in, perhaps where it brings files over."""

    bearer: str = ""

    @property
    def client(self) -> FlaskClient:
        client = self.world.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.bearer}"
        return client


def signed_in(world: World, name: str = "program", enrolment: UUID = NOBODY, **more: Any) -> ProgramCaller:
    """Return a program that signs in with its first key."""
    place = {} if enrolment == NOBODY else {"enrolment": str(enrolment)}
    signed = assertion(world, world[name], header={"kid": key().thumbprint()})
    answer = by_key(world, signed, **place, **more)
    return ProgramCaller(world, name, token(answer))
