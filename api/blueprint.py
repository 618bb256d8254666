"""Blueprint: one resource's routes, read strictly and documented with what each can be refused for."""

from typing import Any

import flask_smorest
import marshmallow
import msgspec
from flask import Request
from webargs.flaskparser import FlaskParser

from api.errors import NotWellFormed, WrongMediaType


class Parser(FlaskParser):
    """Reads requests into shapes: strict JSON, and no query parameter twice or that the shape does not name."""

    DEFAULT_UNKNOWN_BY_LOCATION = {
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": marshmallow.RAISE,
    }

    def load_querystring(self, req: Request, schema: marshmallow.Schema) -> Any:
        """Return the query; raise ``ValidationError`` for what is asked twice: only one of them would count."""
        if twice := {name: ["Give this once."] for name, values in req.args.lists() if len(values) > 1}:
            raise marshmallow.ValidationError(twice)
        return super().load_querystring(req, schema)

    def _raw_load_json(self, req: Request) -> Any:
        if not req.is_json:
            raise WrongMediaType("Send JSON, with Content-Type: application/json.")
        body = req.get_data()
        if req.content_length is None:
            req.stream.read(1)  # the library cuts a chunked body at the limit; reading on it refuses
        try:
            return msgspec.json.decode(body)
        except ValueError as error:  # msgspec.DecodeError, or UnicodeDecodeError in the middle of a text
            raise NotWellFormed(f"The body is not JSON in UTF-8: {error}.") from error
        except RecursionError as error:
            raise NotWellFormed("The body is not JSON this service reads: it is nested too deeply.") from error


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # flask-smorest has no types
    """One resource's routes, each documented with the refusals that every such route can answer.

    They begin with its name, or with that of the resource ``below`` which they lie.
    """

    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, description: str, *, below: str = "") -> None:
        super().__init__(name, __name__, url_prefix=f"/v1/{below or name}", description=description)
        self._prepare_doc_cbks.append(self._prepare_refusals_doc)

    def _prepare_refusals_doc(
        self, doc: dict[str, Any], _: dict[str, Any], *, method: str, **__: Any
    ) -> dict[str, Any]:
        refused = {401: "UNAUTHORIZED", 403: "FORBIDDEN", 404: "NOT_FOUND", 409: "CONFLICT", 503: "SERVICE_UNAVAILABLE"}
        if method != "get":
            refused |= {412: "PRECONDITION_FAILED", 507: "INSUFFICIENT_STORAGE"}
            refused |= {400: "BAD_REQUEST", 422: "UNPROCESSABLE_ENTITY"}
            doc.setdefault("parameters", []).extend(["Idempotency-Key", "If-Match"])
        if "requestBody" in doc:
            refused |= {408: "REQUEST_TIMEOUT", 413: "REQUEST_ENTITY_TOO_LARGE", 415: "UNSUPPORTED_MEDIA_TYPE"}
        responses = doc.setdefault("responses", {})
        for status, name in refused.items():
            responses.setdefault(status, name)
        if 422 in responses:
            responses[422] = "UNPROCESSABLE_ENTITY"  # flask-smorest takes the name that this Python has for it
        return doc
