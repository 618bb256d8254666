"""CORS: pages of the sites that the operator lists may ask the API from a browser, with a bearer token of their own.

No cookie is taken from them (``auth.refuse_cross_site``), so the answers never allow credentials. Nothing else of this
service answers them, and without the setting nothing does.
"""

from flask import Flask, Response, request

from api.auth import API
from api.oauth import TOKEN_PATH
from api.services import services

ASKED = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, If-Match, If-Range, Range",
    "Access-Control-Max-Age": "600",
}
EXPOSED = "Accept-Ranges, Content-Disposition, Content-Range, ETag, Location, Preview-Of, Preview-Recipe, Retry-After"


def is_open() -> bool:
    """Tell whether pages of other sites may be answered here at all."""
    return bool(services().origins) and (request.path.startswith(API) or request.path == TOKEN_PATH)


def is_listed() -> bool:
    """Tell whether the page that asks is of a listed site, letter for letter."""
    return request.headers.get("Origin") in services().origins


def answer_preflight() -> Response | None:
    """Answer what a browser asks before it asks, which says nobody's name, and comes to no route."""
    asks = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
    if not (asks and is_open() and is_listed()):
        return None
    return Response(status=204, headers={**PREFLIGHT, "Vary": ASKED})


def allow(answer: Response) -> Response:
    """Let the page of a listed site read an answer; caches keep it apart from what others are answered."""
    if is_open():
        answer.vary.add("Origin")
        if is_listed():
            answer.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
            answer.headers["Access-Control-Expose-Headers"] = EXPOSED
    return answer


def register(app: Flask) -> None:
    """Make the application answer the pages of listed sites; it has to come before whoever asks for a name."""
    app.before_request(answer_preflight)
    app.after_request(allow)
