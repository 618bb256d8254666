"""Errors: one table from refusals to statuses, one shape (``application/problem+json``, RFC 9457)."""

import logging
import secrets
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
from flask import Flask, Response, g, render_template, request
from werkzeug.exceptions import HTTPException

from portfolio.application.originals import StoredFileAltered
from portfolio.application.ports import (
    Busy,
    ContentHashMismatch,
    ContentSizeMismatch,
    FactUnreadable,
    IdempotencyKeyReused,
    KeyTaken,
    StorageFull,
    Unauthenticated,
    UploadTooLarge,
    UploadUnderWay,
)
from portfolio.application.previews import NoPreview, PreviewBeingMade
from portfolio.application.program_sign_in import (
    GrantNotTaken,
    NoPlaceForFiles,
    ProgramHasNoToken,
    ScopeTooWide,
    TokenRequestFaulty,
)
from portfolio.domain.erasure import FileWasErased
from portfolio.domain.kernel import NotPermitted, NotVisible, Rejected, RuleBroken, StaleVersion, Unreadable

log = logging.getLogger("portfolio.faults")

MEDIA_TYPE = "application/problem+json"

MOST_FIELDS = 50
"""So many faulty fields are named in one answer; more would repeat the request."""


class NotWellFormed(Rejected, rule="RFC 9110"):
    """The request is not well-formed."""


class WrongMethod(Rejected, rule="RFC 9110"):
    """This address does not answer that method."""


class TooLarge(Rejected, rule="RFC 9110"):
    """The request is larger than this address takes; nothing was recorded."""


class WrongMediaType(Rejected, rule="RFC 9110"):
    """This address takes another type of content: see its Content-Type in the reference."""


class RangeNotSatisfiable(Rejected, rule="RFC 9110"):
    """The part asked for lies outside the file."""


class FieldsNotValid(Unreadable, rule="RFC 9110"):
    """A field is missing or not as it has to be; each of them is named with what is wrong."""


class CrossSiteRequest(NotPermitted, rule="Fetch Metadata"):
    """This request came from a page of another site and was not carried out."""


class RequestTooSlow(Rejected, rule="RFC 9110"):
    """What was sent came too slowly, and nothing was recorded: try again where the network is better."""


class LookedAhead(Rejected, rule="Fetch Metadata"):
    """Nothing is sent to a browser that only looks ahead: open it when you want to see it."""


class TooManyRequests(Rejected, rule="RFC 6585"):
    """This was asked for too often in a short time; nothing was recorded: try again later."""

    def __init__(self, seconds: int = 60) -> None:
        super().__init__(f"Try again in {seconds} s.")
        self.seconds = seconds


class CursorOutlived(Rejected, rule="RECORD-3"):
    """What this cursor had come past is not in the record any more, which lost facts: read from the beginning again."""


class UnexpectedFault(Rejected, rule="RFC 9110"):
    """Something went wrong on our side: try again, and tell the operator the reference."""


STATUS: dict[type[Rejected], int] = {
    NotWellFormed: 400,
    **dict.fromkeys((GrantNotTaken, TokenRequestFaulty, ScopeTooWide, NoPlaceForFiles, ProgramHasNoToken), 400),
    Unauthenticated: 401,
    NotPermitted: 403,
    NotVisible: 404,
    NoPreview: 404,
    WrongMethod: 405,
    RequestTooSlow: 408,
    RuleBroken: 409,
    FileWasErased: 410,
    CursorOutlived: 410,
    KeyTaken: 409,
    StaleVersion: 412,
    TooLarge: 413,
    UploadTooLarge: 413,
    WrongMediaType: 415,
    RangeNotSatisfiable: 416,
    Unreadable: 422,
    ContentHashMismatch: 422,
    ContentSizeMismatch: 422,
    IdempotencyKeyReused: 422,
    TooManyRequests: 429,
    FactUnreadable: 503,
    UnexpectedFault: 500,
    StoredFileAltered: 500,
    LookedAhead: 503,
    Busy: 503,
    StorageFull: 507,
}
"""The nearest class of a refusal that stands here gives its status."""

FROM_HTTP: dict[int, type[Rejected]] = {
    400: NotWellFormed,
    404: NotVisible,
    405: WrongMethod,
    413: TooLarge,
    415: WrongMediaType,
    416: RangeNotSatisfiable,
    422: FieldsNotValid,
}
"""The refusals that the web framework gives in its own words."""

SOURCES: dict[str, str] = msgspec.json.decode(Path(__file__).with_name("rule_sources.json").read_bytes())
"""Where each numbered rule comes from: a regulator, the plan, a law, or our own policy. Made by ``make docs``."""

OUR_PACKAGES = ("portfolio", "projections", "api")


def status_of(refusal: type[Rejected]) -> int:
    """Return the HTTP status a refusal answers with."""
    return next(STATUS[kind] for kind in refusal.__mro__ if kind in STATUS)


def origin_of(refusal: type[Rejected]) -> dict[str, str]:
    """Return the rule behind a refusal and where that rule comes from, nothing if no rule stands behind it.

    A published standard that is named in place of a number is its own source.
    """
    if not refusal.rule:
        return {}
    sources = dict.fromkeys(SOURCES.get(number, number) for number in refusal.rule.split(", "))
    return {"rule": refusal.rule, "source": "; ".join(sources)}


def refusals() -> dict[str, type[Rejected]]:
    """Return every refusal of the product by its public code, in alphabetical order."""

    def below(kind: type[Rejected]) -> Iterator[type[Rejected]]:
        for refusal in kind.__subclasses__():
            yield refusal
            yield from below(refusal)

    ours = {refusal for refusal in below(Rejected) if refusal.__module__.partition(".")[0] in OUR_PACKAGES}
    return {refusal.code: refusal for refusal in sorted(ours, key=lambda refusal: refusal.code)}


def problem(error: Rejected, headers: Mapping[str, str] | None = None, **members: Any) -> Response:
    """Answer a refusal under its own name and sentence: ``PanelConflicted`` is ``/problems/panel-conflicted``.

    A browser that asks for a page gets the same sentences as a page.
    """
    status = status_of(type(error))
    g.refused = error.code  # for the security log
    body = told(error, request.script_root, **members)
    if wants_page():
        answer = Response(render_template("problem.html", **body), status, content_type="text/html; charset=utf-8")
    else:
        answer = Response(msgspec.json.encode(body), status, content_type=MEDIA_TYPE)
    answer.headers.extend(headers or {})
    if status == 401:
        answer.headers["WWW-Authenticate"] = challenge()
    answer.headers.extend(when_again(error))
    return answer


def challenge() -> str:
    """Return what a program that nobody can name is told to send."""
    presented = ', error="invalid_token"' if "Authorization" in request.headers else ""
    return f'Bearer realm="portfolio"{presented}'


def when_again(error: Rejected) -> dict[str, str]:
    """Return the header that says in how many seconds to try again, none where that does not help."""
    if isinstance(error, TooManyRequests | PreviewBeingMade):
        return {"Retry-After": str(error.seconds)}
    if isinstance(error, UploadUnderWay):
        return {"Retry-After": "10"}  # a sender who broke off is waited for a minute, others end sooner
    return {"Retry-After": "1"} if status_of(type(error)) == 503 else {}


def told(error: Rejected, path: str, **members: Any) -> dict[str, Any]:
    """Return what is told of a refusal by a service that lies below ``path``."""
    return {
        **error.members,
        **members,
        **origin_of(type(error)),
        "type": f"{path}/problems/{error.code}",
        "title": error.title(),
        "status": status_of(type(error)),
        "detail": str(error),
    }


def outside_the_application(error: Rejected, path: str) -> bytes:
    """Return the whole HTTP answer to a request that never reached a route below ``path``; the connection is closed."""
    status = HTTPStatus(status_of(type(error)))
    body = msgspec.json.encode(told(error, path))
    head = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        "Connection: close",
        f"Content-Type: {MEDIA_TYPE}",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        *(["Retry-After: 1"] if status == HTTPStatus.SERVICE_UNAVAILABLE else []),
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


def wants_page() -> bool:
    """Tell whether the caller is a browser looking at a page rather than a program."""
    if request.path.startswith("/v1/"):
        return False
    return request.accept_mimetypes.best_match([MEDIA_TYPE, "text/html"]) == "text/html"


def from_http(error: HTTPException) -> Response | HTTPException:
    """Answer what the web framework refuses in the same shape; redirects pass unchanged."""
    if error.code is None or error.code < 400:
        return error
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Content-Range")}
    kind = FROM_HTTP.get(error.code, NotWellFormed if error.code < 500 else UnexpectedFault)
    messages = getattr(error, "data", {}).get("messages")  # what webargs found in the request
    if kind is FieldsNotValid and messages:
        return not_valid({name: text for part in messages.values() for name, text in flat(part)})
    if kind is WrongMethod and "Allow" in headers:
        return problem(kind(f"Use {headers['Allow']} here."), headers)
    if kind is TooLarge:
        return problem(kind(too_large()), headers)
    return problem(kind(), headers)


def too_large() -> str:
    """Say what to send less of: bytes, or, where they are not too many, the fields of a form."""
    length, most = request.content_length, request.max_content_length
    if length is not None and most is not None and length <= most:
        return "The form has more fields, or longer ones, than any form of ours: send fewer, or shorter ones."
    return f"Send at most {most} bytes here."


def flat(messages: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (``members.0``, sentence) for each fault in the nested messages of a schema."""
    if isinstance(messages, dict):
        for name, below in messages.items():
            part = path if name == "_schema" else f"{path}.{name}".lstrip(".")
            yield from flat(below, part)
    else:
        yield path or "body", " ".join(str(message) for message in messages)


def not_valid(fields: Mapping[str, str]) -> Response:
    """Answer 422 and name each field with what is wrong with it."""
    named = {name[:100]: text for name, text in list(fields.items())[:MOST_FIELDS]}
    first, sentence = next(iter(named.items()))
    more = len(fields) - 1
    detail = f"{first}: {sentence}" + (f" (and {more} more)" if more else "")
    return problem(FieldsNotValid(detail), fields=named)


def reference_of_request() -> str:
    """Return the random reference of this request, the same in its answer, its fault and its access log line."""
    reference: str = request.environ.setdefault("portfolio.reference", secrets.token_hex(8))
    return reference


def unexpected(error: Exception) -> Response:
    """Answer 500 with a reference that stands in the log beside the fault, and nothing about its inside."""
    reference = reference_of_request()
    log.error("unexpected fault", exc_info=error, extra={"fields": {"reference": reference}})
    for fault in g.get("unread", {}).values():  # what was missing there is the likeliest cause
        return problem(fault, reference=reference)
    return problem(UnexpectedFault(f"The reference is {reference}."), reference=reference)


def register(app: Flask) -> None:
    """Make the application answer every error in this shape."""
    app.register_error_handler(Rejected, problem)
    app.register_error_handler(HTTPException, from_http)
    app.register_error_handler(Exception, unexpected)
