"""The pages of the reference: an index that is searched, a page for each resource, call and shape, and the refusals."""

import re
import shlex
from typing import Any, cast

import msgspec
from flask import Blueprint, current_app, render_template, request
from markupsafe import Markup, escape

from api.errors import FieldsNotValid, origin_of, refusals
from api.explained import Explained, families, search, title_of
from api.reference import REFERENCE, Example, Reference, entries, entry
from api.services import services
from portfolio.domain.kernel import NotVisible, Rejected

blueprint = Blueprint("docs", __name__)

ROLES = {
    "apprentice": "Apprentice",
    "assessor": "Assessor",
    "coach": "Coach",
    "employer": "Employer",
    "quality-assurer": "Quality assurer",
    "panel-member": "Panel member",
    "appeals-officer": "Appeals officer",
    "administrator": "Administrator",
    "lead-assessor": "Lead assessor",
    "responsible-officer": "Responsible officer",
}
"""For whom there is help, by the name of its page."""

LONGEST_SEARCH = 200
MOST_FOUND = 40
"""So much is shown of what was found."""


def reference_of_service() -> Reference:
    """Return the reference, made once: anybody may ask for it as often as they like."""
    known = current_app.extensions
    if "portfolio.reference" not in known:
        known["portfolio.reference"] = Reference(current_app)
    return cast(Reference, known["portfolio.reference"])


@blueprint.get("/v1/docs")
def reference() -> str:
    """Show what there is, or what was searched for in it."""
    known, asked = reference_of_service(), asked_for()
    found, kinds = known.search(asked) if asked else [], refusals()
    return render_template(
        "reference/index.html",
        reference=known,
        common=[entry(kinds[code]) for code in REFERENCE.common],
        asked=asked,
        found=found[:MOST_FOUND],
        number=len(found),
    )


@blueprint.get("/v1/docs/<resource>")
def resource(resource: str) -> str:
    """Show a resource: its calls, and one of them worked."""
    known = reference_of_service()
    if resource not in known.resources:
        raise NotVisible("There is no resource of this name: the index of the reference has all of them.")
    calls = [*known.calls[resource].values()]
    worked = max((call for call in calls if call.example), key=lambda call: call.method == "POST", default=None)
    return render_template("reference/resource.html", reference=known, name=resource, calls=calls, worked=worked)


@blueprint.get("/v1/docs/<resource>/<name>")
def call(resource: str, name: str) -> str:
    """Show a call: who may give it, what it takes and answers, how it is refused, and one that really ran."""
    known = reference_of_service()
    found = known.calls.get(resource, {}).get(name)
    if found is None:
        raise NotVisible("There is no call of this name: the page of the resource has all of them.")
    return render_template("reference/call.html", reference=known, call=found)


@blueprint.get("/v1/docs/shapes/<name>")
def shape(name: str) -> str:
    """Show a shape of what is sent or answered: its members, and the calls that take or answer it."""
    known = reference_of_service()
    if name not in known.shapes:
        raise NotVisible("There is no shape of this name.")
    return render_template(
        "reference/shape.html", reference=known, name=name, schema=known.shapes[name], calls=known.used_by(name)
    )


@blueprint.get("/help")
def help_page() -> str:
    """Show where help is."""
    return render_template("help/index.html", roles=ROLES)


@blueprint.get("/help/<role>")
def help_for(role: str) -> str:
    """Show, in plain words, what somebody with a part sees and does."""
    if role not in ROLES:
        raise NotVisible("There is no help of this name: its index has all of it.")
    return render_template(f"help/{role}.html", roles=ROLES, role=role)


@blueprint.get("/problems")
def all_problems() -> str:
    """Show the refusals by what they are about, those about one thing, or those that a search found."""
    searched, about, groups = asked_for(), request.args.get("about", ""), families()
    if about and about not in groups:
        raise NotVisible("No refusals are about that: the list of refusals says what they are about.")
    found = search(searched) if searched else groups[about] if about else []
    titles = {name: (title_of(name), len(each)) for name, each in groups.items()}
    return render_template("problems.html", found=found, titles=titles, about=about, asked=searched)


@blueprint.get("/problems/<code>")
def one_problem(code: str) -> str:
    """Show what one refusal means."""
    if code not in refusals():
        raise NotVisible("There is no refusal of this name.")
    known = reference_of_service()
    return render_template(
        "one_problem.html",
        refusal=Explained(refusals()[code]),
        calls=known.answered_by(code),
        common=code in REFERENCE.common,
        elsewhere=[place for place, codes in REFERENCE.elsewhere.items() if code in codes],
        title_of=title_of,
        source=origin_of(refusals()[code]).get("source", ""),
    )


def asked_for() -> str:
    """Return what is searched for; raise ``FieldsNotValid`` if that is too long."""
    text = request.args.get("search", "").strip()
    if len(text) > LONGEST_SEARCH:
        raise FieldsNotValid(f"search: Write at most {LONGEST_SEARCH} characters.")
    return text


def problems_markdown() -> str:
    """Return docs/problems.md: every refusal with its status, its sentence, its rule and the rule's source."""
    rows = [f"| `{e['code']}` | {e['status']} | {e['sentence']} | {e['rule']} | {e['source']} |" for e in entries()]
    return "\n".join(
        [
            "# Refusals",
            "",
            "What the service answers when it does not do what it was asked, by the name in `type`",
            "(`/problems/<code>`). Generated from the code: change the refusal's docstring, not this file.",
            "",
            "| Code | Status | Sentence | Rule | Source |",
            "| --- | --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


@blueprint.app_template_global("origin_of")
def origin(refusal: Rejected) -> dict[str, str]:
    """Return the rule behind a refusal and that rule's source, for the details of a page."""
    return origin_of(type(refusal))


@blueprint.app_template_filter("marked")
def marked(text: str) -> Markup:
    """Show `code` in a sentence as code."""
    return Markup(re.sub("`+([^`]+)`+", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped just before


@blueprint.app_template_filter("written")
def written(value: Any) -> Markup:
    """Return JSON as it is written by hand; quotation marks need no escape inside an element, and are many."""
    text = msgspec.json.format(msgspec.json.encode(value), indent=1).decode()
    return Markup(text.replace("&", "&amp;").replace("<", "&lt;"))  # noqa: S704 - escaped here


@blueprint.app_template_filter("curl")
def curl(example: Example) -> Markup:
    """Return what asks the same on a command line, of this service, with a token in TOKEN."""
    parts = [f"curl {shlex.quote(services().base_url + example.path)}", '-H "Authorization: Bearer $TOKEN"']
    if example.body is not None:
        body = msgspec.json.format(msgspec.json.encode(example.body), indent=1).decode()
        parts += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(body)}"]
    elif example.file:
        parts += [f"-H 'Content-Type: {example.file['type']}'", f"--data-binary {shlex.quote(example.file['text'])}"]
    elif example.status == 201:
        parts.append("-X POST")
    text = " \\\n  ".join(parts)
    return Markup(text.replace("&", "&amp;").replace("<", "&lt;"))  # noqa: S704 - escaped here
