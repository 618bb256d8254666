"""Places: which place of a version a form names by the fields that are filled in."""

from flask import request

FIELDS = {
    "time range": ("start", "end"),
    "text quote": ("exact",),
    "pdf rectangle": ("x", "y", "width", "height"),
}
"""The fields by which each kind of place is known; the page that is shown stands in the form by itself."""


def place_named(name: str) -> dict[str, str]:
    """Return the kind of the place whose fields begin with ``name``, as ``form`` is told it: the whole if none is.

    A rectangle is one of a page where the form has a page, else of a picture. A form that says the kind itself means
    that one.
    """
    if request.form.get(f"{name}.type"):
        return {}
    filled = [
        kind for kind, parts in FIELDS.items() if any(request.form.get(f"{name}.{part}", "").strip() for part in parts)
    ]
    kind = next(iter(filled), "whole item")
    if kind == "pdf rectangle" and f"{name}.page" not in request.form:
        kind = "image region"
    return {f"{name}.type": kind}
