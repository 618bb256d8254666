"""Blueprint: one resource's routes, read strictly and documented with what each can be refused for."""

from collections.abc import Callable
from functools import partial
from typing import Any

import flask_smorest
import marshmallow
import msgspec
from flask import Flask, Request
from webargs.flaskparser import FlaskParser

from api.errors import NotWellFormed, WrongMediaType, refusals, status_of
from api.reference import COMMANDS, REFERENCE, Reached, documented, in_full, is_whole
from api.schemas import ReceiptOut
from portfolio.domain.permissions import READS, SEES
from portfolio.domain.program.rows import GIVEN_TO_PROGRAMS

HEADERS: dict[str, dict[str, Any]] = {
    "Idempotency-Key": {
        "description": "Names this request: sent again with the same key, it is done once and answered the same.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
    },
    "If-Match": {
        "description": "The ETag of the record as you read it, several, or `*`: refused with 412 if it has another.",
        "schema": {
            "type": "string",
            "pattern": r'^(\*|(W/)?"[0-9]{1,18}"(, ?(W/)?"[0-9]{1,18}"){0,9})$',
        },
    },
    "Range": {
        "description": "The part that is asked for, such as `bytes=0-99`; what cannot be read asks for all of it.",
        "schema": {"type": "string"},
    },
    "If-None-Match": {
        "description": "The ETag of the bytes that you have: if they are these, 304 says so and they are not sent.",
        "schema": {"type": "string"},
    },
}
"""What requests may say beside their address and body."""
TOLD_BESIDE: dict[str, dict[str, Any]] = {
    "ETag": {"description": "The version of the record: send it as If-Match.", "schema": {"type": "string"}},
    "Location": {"description": "Where a record that is new is found.", "schema": {"type": "string"}},
}
"""What a receipt tells beside itself."""


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
        self._prepare_doc_cbks += [self._prepare_refusals_doc, self._prepare_reference_doc]

    def add_url_rule(
        self, rule: str, endpoint: str | None = None, view_func: Callable[..., Any] | None = None, *args: Any, **kw: Any
    ) -> None:
        """Register a route as the operation that its function is called."""
        named = self.doc(operationId=view_func.__name__)(view_func) if view_func else None
        super().add_url_rule(rule, endpoint, named, *args, **kw)

    def register_views_in_doc(self, api: Any, *args: Any, **kw: Any) -> None:
        """Describe the routes once somebody asks for the document (``Api.described``)."""
        api.describe_later(partial(super().register_views_in_doc, api, *args, **kw))

    def arguments(self, schema: type[marshmallow.Schema], **options: Any) -> Any:
        """Return what reads a request into this shape, which is made once and not for each request."""
        return super().arguments(schema(), **options)

    def _prepare_refusals_doc(
        self, doc: dict[str, Any], info: dict[str, Any], *, method: str, **__: Any
    ) -> dict[str, Any]:
        refused = {401: "UNAUTHORIZED", 403: "FORBIDDEN", 404: "NOT_FOUND", 409: "CONFLICT", 503: "SERVICE_UNAVAILABLE"}
        if method != "get":
            refused |= {412: "PRECONDITION_FAILED", 507: "INSUFFICIENT_STORAGE"}
            refused |= {400: "BAD_REQUEST", 422: "UNPROCESSABLE_ENTITY"}
            doc.setdefault("parameters", []).extend(["Idempotency-Key", "If-Match"])
        if "requestBody" in doc or "requestBody" in info["manual_doc"]:
            refused |= {408: "REQUEST_TIMEOUT", 413: "REQUEST_ENTITY_TOO_LARGE", 415: "UNSUPPORTED_MEDIA_TYPE"}
        responses = doc.setdefault("responses", {})
        for status, name in refused.items():
            responses.setdefault(status, name)
        if 422 in responses:
            responses[422] = "UNPROCESSABLE_ENTITY"  # flask-smorest takes the name that this Python has for it
        return doc

    def _prepare_reference_doc(
        self, doc: dict[str, Any], info: dict[str, Any], *, app: Flask, spec: Any, method: str, **__: Any
    ) -> dict[str, Any]:
        """Say what the reference knows of a call: who may give it, as what it alone is refused, and one that ran."""
        rule = next(app.url_map.iter_rules(f"{self.name}.{info['manual_doc']['operationId']}"))
        call = f"{method.upper()} {documented(rule.rule)}"
        reached = REFERENCE.calls.get(call, Reached())
        doc["security"] = [{"bearer": []}, {"session": []}, *by_programs(reached)]
        doc["responses"] = dict(sorted(doc["responses"].items()))
        kinds = refusals()
        for status, response in doc["responses"].items():
            codes = [code for code in reached.refusals if code in kinds and status_of(kinds[code]) == status]
            if codes:
                said = f"Refused as {', '.join(f'`{code}`' for code in codes)}, or as any call may be."
                doc["responses"][status] = {**spec.components.get_ref("response", response), "description": said}
            if status == 201 and isinstance(response["content"]["application/json"]["schema"], ReceiptOut):
                response["headers"] = {name: name for name in TOLD_BESIDE}
        if example := REFERENCE.examples.get(call):
            show(example.body, doc.get("requestBody", {}))
            show(example.answer, doc["responses"].get(example.status, {}))
        return doc


def show(value: Any, part: dict[str, Any]) -> None:
    """Let a part of the document, which is JSON, show an example if all of it can be shown."""
    shown = in_full(value)
    if shown is not None and is_whole(shown) and "application/json" in part.get("content", {}):
        part["content"]["application/json"]["example"] = shown


def by_programs(reached: Reached) -> list[dict[str, list[str]]]:
    """Return by which rows programs may ask what a call reaches, nothing if none can be given them."""
    commands = {COMMANDS[name].name for name in reached.commands}
    seen = {SEES[name].name for name in reached.sees} | {READS[name].name for name in reached.asks}
    if seen - GIVEN_TO_PROGRAMS or (commands and not commands & GIVEN_TO_PROGRAMS):
        return []
    return [{"program": sorted((commands | seen) & GIVEN_TO_PROGRAMS)}]
