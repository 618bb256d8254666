"""The Flask application: every route of the service, its one error shape, its headers and its OpenAPI document."""

from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Any, cast
from urllib.parse import SplitResult, urlsplit

from flask import Flask, Response, has_request_context, request
from jinja2 import BaseLoader

from api import (
    asked,
    auth,
    bodies,
    brand,
    by_mail,
    cross_origin,
    docs,
    health,
    oauth,
    providers,
    security,
    shapes,
    static,
    uploads,
)
from api.appeals import appeals
from api.assessments import assessments
from api.audits import audits
from api.blueprint import Blueprint
from api.case_packages import case_packages
from api.changes import changes
from api.consent_questions import consent_questions
from api.criteria import criteria
from api.document import Api, specification
from api.drafts import drafts
from api.dumping import Json
from api.enrolment_changes import enrolment_changes
from api.enrolment_records import enrolment_records
from api.enrolments import enrolments
from api.erasures import erasures
from api.evidence import evidence
from api.fields import Day, Id, Moment, Written
from api.forms import forms
from api.identities import identities, of_people
from api.imports import imports
from api.me import me
from api.notices import of_the_caller
from api.pages import pages
from api.pages.evidence.upload import MeasuringRequest
from api.papers import papers
from api.people import people
from api.plans import plans
from api.previews import previews
from api.programs import programs
from api.queues import queues
from api.redactions import redactions
from api.services import Services, services
from api.templates import Templates, with_components
from api.web_annotations import web_annotations
from api.webhooks import webhooks
from api.whole_trails import of_decisions, whole_trails
from portfolio.domain.kernel import NotVisible

RESOURCES: tuple[Blueprint, ...] = (
    me,
    of_the_caller,
    people,
    programs,
    of_people,
    identities,
    imports,
    plans,
    case_packages,
    criteria,
    forms,
    enrolments,
    enrolment_changes,
    consent_questions,
    enrolment_records,
    papers,
    evidence,
    web_annotations,
    drafts,
    previews,
    redactions,
    erasures,
    assessments,
    appeals,
    queues,
    changes,
    webhooks,
    whole_trails,
    of_decisions,
    audits,
)
"""Every resource under /v1, in the order of the reference."""

LONGEST_BODY = 1_000_000
"""Bytes of a request's body; a route that streams an upload lifts it for its request."""

OUTSIDE = "portfolio.outside"
"""Says in a request's environment that its address does not lie below the path of the base URL."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""What every answer tells the browser; an answer may say something of its own instead."""


class Service(Flask):
    """The application, of which no function is a coroutine.

    Every request comes to the base URL, so that an address which names no record is the same for all of them.
    """

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._addresses: dict[tuple[str, str | None], str] = {}

    def url_for(self, endpoint: str, **named: Any) -> str:
        """Return an address."""
        filename = named.get("filename") if endpoint == static.ENDPOINT else None
        if len(named) != (filename is not None) or endpoint[:1] == "." or not has_request_context():
            return super().url_for(endpoint, **named)
        known = self._addresses.get((endpoint, filename))
        if known is None:
            known = self._addresses[endpoint, filename] = super().url_for(endpoint, **named)
        return known

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is; the framework would look into each of those that a request passes."""
        return func


def create_app(services: Services) -> Flask:
    """Return the web service over these services; ``current_app.extensions["portfolio"]`` reaches them."""
    base = urlsplit(services.base_url)
    app = Service("api", template_folder="pages/templates", static_folder=None)
    app.jinja_environment = Templates
    app.jinja_env.loader = with_components(cast(BaseLoader, app.jinja_env.loader))
    app.request_class = MeasuringRequest
    app.extensions["portfolio"] = services
    app.config.update(
        API_TITLE="Portfolio",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/v1",
        API_SPEC_OPTIONS=specification(services.base_url),
        APPLICATION_ROOT=base.path or "/",
        MAX_CONTENT_LENGTH=LONGEST_BODY,
    )
    app.json = Json(app)
    app.before_request(find_nothing_outside)
    app.before_request(find_no_text_with_nul)
    cross_origin.register(app)
    auth.register(app)
    bodies.register(app, bodies.Bodies())
    static.register(app, {"brand.css": brand.sheet(services.colour)})
    app.register_blueprint(providers.blueprint)
    app.register_blueprint(by_mail.blueprint)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(docs.blueprint)
    app.register_blueprint(pages)
    app.register_blueprint(uploads.blueprint)
    app.register_blueprint(oauth.blueprint)
    api = Api(app)
    api.register_field(Written, "string", None)
    for field, form in ((Id, "uuid"), (Moment, "date-time"), (Day, "date")):
        api.register_field(field, "string", form)
    api.ma_plugin.converter.add_attribute_function(shapes.document)
    for resource in RESOURCES:
        api.register_blueprint(resource)
    api.describe_later(partial(asked.document, api.spec))
    app.after_request(guard)
    security.register(app)
    app.after_request(asked.say)
    app.wsgi_app = below(base, app.wsgi_app)  # type: ignore[method-assign]  # as Flask's own documents say
    return app


def below(base: SplitResult, application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Return the application with its root at the base URL and nowhere else, whatever the Host.

    What is asked is taken whole, as the proxy passes it on: a SCRIPT_NAME from outside is part of it and moves nothing.
    """
    path = base.path

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        inside = f"{asked}/".startswith(f"{path}/")
        environ["SCRIPT_NAME"] = path
        environ["PATH_INFO"] = asked.removeprefix(path) if inside else asked
        environ[OUTSIDE] = not inside
        environ["wsgi.url_scheme"], environ["HTTP_HOST"] = base.scheme, base.netloc
        return application(environ, start_response)

    return answer


def find_nothing_outside() -> None:
    """Answer that nothing is there where an address does not lie below our path, unless a machine asks how we are."""
    if request.environ[OUTSIDE] and request.blueprint != health.blueprint.name:
        request.url_rule = None  # what the rest of it looks like is no route of ours, for the log neither
        raise NotVisible


def find_no_text_with_nul() -> None:
    """Answer that nothing is there where a path holds a NUL: no text of ours does, and not every store takes one."""
    if "\0" in request.path:
        raise NotVisible


def guard(answer: Response) -> Response:
    """Give an answer the headers that keep browsers careful, and keep it out of every cache but static files.

    A demo deployment says so on each.
    """
    known = services()
    own = {name.lower() for name, _ in answer.headers}  # asked of the library one by one, they take five times as long
    for name, value in headers_of(known.vault.origin, auth.secure()):
        if name.lower() not in own:
            answer.headers.add(name, value)
    if known.mode == "demo":
        answer.headers["X-Deployment"] = "demo"
    if request.endpoint != static.ENDPOINT:
        answer.headers["Cache-Control"] = "no-store"
    return answer


@lru_cache(16)
def headers_of(bucket: str, secure: bool) -> tuple[tuple[str, str], ...]:
    """Return the headers where scripts of ours may send to us, and to the bucket that takes the parts of files if any.

    Werkzeug puts each of them into its form anew; what they say is the same for every answer.
    """
    sending_to = f"connect-src 'self' {bucket}".rstrip()
    https = {"Strict-Transport-Security": "max-age=31536000"} if secure else {}
    return tuple((name, value.replace("connect-src 'self'", sending_to)) for name, value in (HEADERS | https).items())
