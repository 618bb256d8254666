"""Fields: what the macros of forms are given: names, limits of the API's schemas, what was typed, and what is wrong.

A form is named by the last part of the address it is sent to, and a field in it has the id ``<form>-<field>``, to which
the summary of faults leads.
"""

from collections.abc import Iterable
from typing import Any

from flask import g, request

from api.pages.common import label, pages, posted
from api.pages.forms import longest
from api.schemas import Schema


@pages.app_template_global()
def field(
    form: str,
    name: str,
    text: str,
    *,
    schema: type[Schema] | None = None,
    hint: str = "",
    value: Any = "",
    **more: Any,
) -> dict[str, Any]:
    """Return the parameters of an input or a textarea, as the macros of GOV.UK Frontend take them.

    ``schema`` is the API's, which says how long a text may be. What was typed stands in it again if the form was
    refused. ``more`` is passed on: ``rows``, ``type``, ``classes``, ``attributes``.
    """
    limits = {"maxlength": str(longest(schema, name))} if schema else {}
    return {
        **named(form, name, text),
        "label": {"text": text},
        "value": typed_in(form, name, value),
        **hinted(hint),
        **more,
        "attributes": {**limits, **more.get("attributes", {})},
    }


@pages.app_template_global()
def choice(
    form: str,
    name: str,
    text: str,
    options: Iterable[tuple[Any, ...]],
    *,
    hint: str = "",
    value: Any = "",
    legend: str = "govuk-fieldset__legend--s",
    **more: Any,
) -> dict[str, Any]:
    """Return the parameters of radios, checkboxes or a select: each option is its value, its text and maybe a hint.

    ``value`` is what is chosen beforehand; a list of values for checkboxes.
    """
    chosen = (posted().getlist(name) if is_refused(form) else None) or ([value] if isinstance(value, str) else [*value])
    items = [
        {
            "value": each,
            "text": told,
            **({"hint": {"text": rest[0]}} if rest and rest[0] else {}),
            "checked": each in chosen,
            "selected": each in chosen,
        }
        for each, told, *rest in options
    ]
    return {
        **named(form, name, text),
        "idPrefix": identity(form, name),
        "fieldset": {"legend": {"text": text, "classes": legend}},
        "label": {"text": text},
        "items": items,
        **hinted(hint),
        **more,
    }


def named(form: str, name: str, text: str) -> dict[str, Any]:
    """Return id, name and, where the field was refused, what is wrong with it; ``text`` is what people call it."""
    fault = faults().get(name, "") if is_refused(form) else ""
    shown()[identity(form, name)] = text
    return {
        "id": identity(form, name),
        "name": name,
        **({"errorMessage": {"text": sentence_of(fault)}} if fault else {}),
    }


def identity(form: str, name: str) -> str:
    """Return the id of a field."""
    return f"{form}-{name.replace('.', '-')}"


def shown() -> dict[str, str]:
    """Return what the fields that stand in the page so far are called, by their ids."""
    labels: dict[str, str] = g.setdefault("fields_shown", {})
    return labels


def hinted(hint: str) -> dict[str, Any]:
    """Return the parameter of a hint, nothing for none."""
    return {"hint": {"text": hint}} if hint else {}


def is_refused(form: str) -> bool:
    """Tell whether it is this form that was sent and refused."""
    return bool(posted()) and last_part() == form


def typed_in(form: str, name: str, value: Any) -> Any:
    """Return what was typed into a form that was refused, else its value."""
    return posted().get(name, "") if is_refused(form) else value


@pages.app_template_global()
def last_part() -> str:
    """Return the name of the form that was sent, which is the last part of the address that was asked.

    A page that asks before anything is done sends the form on to another address, and names it (``form``).
    """
    return posted().get("form") or request.path.rpartition("/")[2]


def faults() -> dict[str, str]:
    """Return what is wrong with each field of the form that was refused, by its name."""
    found: dict[str, str] = g.get("faults", {})
    return found


def sentence_of(fault: str) -> str:
    """Return a fault as a sentence of its own."""
    return fault[:1].upper() + fault[1:]


def named_in(sentence: str) -> dict[str, str]:
    """Return what is wrong with a field of the page that a rule's sentence begins with, else nothing.

    A page that shows one part of what is sent names its fields by the last part of their names.
    """
    name, _, fault = sentence.partition(": ")
    known = (each for each in (name, name.rpartition(".")[2]) if identity(last_part(), each) in shown())
    return dict.fromkeys([*known][:1], fault)


@pages.app_template_global()
def summary(refused: Any) -> list[dict[str, str]]:
    """Return the lines of the error summary: each faulty field, else the refusal, with where it is mended."""
    form, lines = last_part(), []
    for name, fault in (faults() or named_in(str(refused))).items():
        place = identity(form, name)
        called = shown().get(place) or label(name)
        told = f"{called} {sentence_of(fault)}" if called.endswith("?") else f"{called}: {fault}"
        lines.append({"text": told, "href": f"#{place}" if place in shown() else f"#form-{form}"})
    return lines or [{"text": str(refused), "href": f"#form-{form}"}]
