"""The reference that people read: every route of the OpenAPI document, and every refusal by name."""

import re
from typing import Any

from flask import Blueprint, Flask, current_app, render_template, request
from markupsafe import Markup, escape

from api.errors import origin_of, refusals, status_of
from portfolio.domain.kernel import NotVisible, Rejected

blueprint = Blueprint("docs", __name__)


@blueprint.get("/v1/docs")
def reference() -> str:
    """Show the OpenAPI document as a page; it is made once, since anybody may ask for it as often as they like."""
    made: dict[str, str] = current_app.extensions.setdefault("portfolio.reference", {})
    if request.script_root not in made:
        document = openapi(current_app)
        made[request.script_root] = render_template(
            "reference.html", document=document, tags=by_tag(document), refusals=entries()
        )
    return made[request.script_root]


def openapi(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document of the service."""
    document: dict[str, Any] = app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec.to_dict()
    return document


@blueprint.get("/help")
def help_page() -> str:
    """Show where help is."""
    return render_template("help.html")


@blueprint.get("/problems")
def all_problems() -> str:
    """Show every refusal."""
    return render_template("problems.html", refusals=entries())


@blueprint.get("/problems/<code>")
def one_problem(code: str) -> str:
    """Show what one refusal means."""
    if code not in refusals():
        raise NotVisible("There is no refusal of this name.")
    return render_template("problems.html", refusals=[entry(refusals()[code])])


def by_tag(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the operations of the document under the resource they belong to."""
    operations_of: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in document.get("tags", [])}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method != "parameters":
                parameters = [*operations.get("parameters", []), *operation.get("parameters", [])]
                operations_of[operation["tags"][0]].append(
                    {
                        **operation,
                        "path": path,
                        "method": method.upper(),
                        "parameters": [target(document, parameter) for parameter in parameters],
                        "responses": {
                            status: target(document, answer)
                            for status, answer in sorted(operation["responses"].items())
                        },
                    }
                )
    return operations_of


def target(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """Return what a part of the document refers to, or the part itself."""
    referred: Any = document
    for name in part["$ref"].split("/")[1:] if "$ref" in part else ():
        referred = referred[name]
    return part if referred is document else referred


def entry(refusal: type[Rejected]) -> dict[str, Any]:
    """Return what is printed about a refusal: code, status, sentence, and its rule with that rule's source, if any."""
    return {
        "code": refusal.code,
        "status": status_of(refusal),
        "sentence": refusal.title(),
        **{"rule": "", "source": "", **origin_of(refusal)},
    }


def entries() -> list[dict[str, Any]]:
    """Return what is printed about each refusal, by code."""
    return [entry(refusal) for refusal in refusals().values()]


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
