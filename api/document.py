"""The OpenAPI document beside its routes: who may ask, where, and what a refusal holds.

Programs are generated from it, so that whatever it names is a promise: ids of operations, words, media types.
"""

import http
from collections.abc import Callable
from functools import cached_property
from importlib.metadata import version
from threading import Lock
from typing import Any, cast

import flask_smorest
from flask import Flask, Response
from marshmallow import INCLUDE, fields, validate

from api import errors
from api.auth import cookie_of
from api.blueprint import HEADERS, TOLD_BESIDE
from api.oauth import TOKEN_PATH
from api.programs import rows_given
from api.schemas import Schema


class ProblemOut(Schema):
    """A refusal. Its ``type`` leads to its meaning; lists of what is missing or wrong may stand beside."""

    type = fields.String(
        required=True,
        validate=validate.Regexp("problems/[a-z-]+$"),
        metadata={
            "description": "`/problems/<code>` below the service's root: its name. Releases add some: treat one that "
            "you do not know by its status."
        },
    )
    title = fields.String(required=True, metadata={"description": "The sentence of the rule."})
    rule = fields.String(metadata={"description": "The rule behind it, by its number in the rule book."})
    source = fields.String(metadata={"description": "Where that rule comes from: a regulator, a law, our own policy."})
    detail = fields.String(required=True, metadata={"description": "What is wrong this time."})

    class Meta:
        """The lists that a refusal carries have names of their own."""

        unknown = INCLUDE


BESIDE: dict[int, dict[str, fields.Field[Any]]] = {
    422: {
        "faults": fields.Dict(
            data_key="fields",
            keys=fields.String(),
            values=fields.String(),
            metadata={"description": "Each faulty field and what is wrong with it, where that is the refusal."},
        )
    },
    500: {
        "reference": fields.String(
            metadata={"description": "What the operator finds it by; not where a stored file was altered."}
        )
    },
}
"""What else refusals of a status may hold."""

SAID: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"description": "What to send.", "schema": {"type": "string"}}},
    429: {"Retry-After": {"description": "Seconds to wait before trying again.", "schema": {"type": "integer"}}},
    503: {"Retry-After": {"description": "Seconds to wait before trying again.", "schema": {"type": "integer"}}},
}
"""Headers of refusals of a status."""


def problem_of(status: int, name: str) -> type[Schema]:
    """Return the shape of refusals of a status: ``ConflictProblem``."""
    own = {"status": fields.Integer(required=True, validate=validate.OneOf([status])), **BESIDE.get(status, {})}
    said = f"Refused with {status}. {ProblemOut.__doc__}"
    return cast(type[Schema], type(f"{name.title().replace('_', '')}Problem", (ProblemOut,), {**own, "__doc__": said}))


PROBLEMS: dict[str, tuple[int, type[Schema]]] = {
    name: (status.value, problem_of(status.value, name))
    for name, status in http.HTTPStatus.__members__.items()  # names of before Python 3.13 are members too
    if status >= 400
}
"""Status and shape of refusals, by the name of the status."""


class Api(flask_smorest.Api):  # type: ignore[misc]  # flask-smorest has no types
    """flask-smorest with errors as ``application/problem+json``, in answers and in the document."""

    DEFAULT_ERROR_RESPONSE_NAME = None  # each route documents its refusals

    def __init__(self, app: Flask) -> None:
        self._later: list[Callable[[], None]] = []
        self._describing = Lock()
        super().__init__(app)

    def describe_later(self, describe: Callable[[], None]) -> None:
        """Let a part of the document be made when somebody asks for it: no server that starts waits for it."""
        self._later.append(describe)

    def described(self) -> Any:
        """Return the document with all of its parts."""
        with self._describing:
            for describe in self._later:
                describe()
            self._later.clear()
        return self.spec

    @cached_property
    def _written(self) -> bytes:
        self.described()
        content: bytes = super()._openapi_json().get_data()
        return content

    def _openapi_json(self) -> Response:
        """Serve the document, which is written once: anybody may ask for it as often as they like."""
        return Response(self._written, mimetype="application/json")

    def _register_error_handlers(self) -> None:
        errors.register(self._app)

    def _register_pagination_header(self) -> None:
        """Say nothing of page numbers: lists page by the cursor in their answer."""

    def _register_responses(self) -> None:
        for name, parameter in HEADERS.items():
            self.spec.components.parameter(name, "header", parameter, lazy=True)
        for name, header in TOLD_BESIDE.items():
            self.spec.components.header(name, header, lazy=True)
        for name, (status, shape) in PROBLEMS.items():
            answer = {
                "description": name.replace("_", " ").title(),  # the library's own changed in 3.13
                "content": {errors.MEDIA_TYPE: {"schema": shape}},
                **({"headers": SAID[status]} if status in SAID else {}),
            }
            self.spec.components.response(name, answer, lazy=True)


def specification(base_url: str) -> dict[str, Any]:
    """Return what the document says beside the routes of a service that is reached at ``base_url``."""
    return {
        "servers": [{"url": base_url or "/"}],
        "info": {
            "description": (
                "Evidence, findings, grade decisions and appeals as immutable facts. Every call needs a bearer token. "
                "A write answers its position; a read with `after=<position>` waits until it shows. "
                f"Product version {version('portfolio')}."
            )
        },
        "components": {
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "A person's token, or a program's.",
                },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": cookie_of(base_url),
                    "description": "What a browser has that is signed in; it is taken from pages of this service only.",
                },
                "program": {
                    "type": "oauth2",
                    "description": (
                        "A program asks for its token with `private_key_jwt` or a secret. The scopes of a call are all "
                        "the rows that it may ask; not each of them is asked each time."
                    ),
                    "flows": {
                        "clientCredentials": {
                            "tokenUrl": base_url + TOKEN_PATH,
                            "scopes": {each["row"]: each["what"] for each in rows_given()},
                        }
                    },
                },
            },
        },
        "security": [{"bearer": []}, {"session": []}, {"program": []}],
    }
