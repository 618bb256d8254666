"""Asking: an act of the office has a page of its own, which says what follows and asks before anything is recorded."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from flask import request
from marshmallow import fields
from werkzeug.wrappers import Response

from api.fields import Day, Text
from api.ids import new_id
from api.judging import refusal_of
from api.pages.common import back_to, render
from api.pages.fields import choice, field
from api.pages.forms import form, run
from api.reads import Sight
from api.schemas import Schema
from api.services import services
from portfolio.application.read_session import ReadSession
from portfolio.domain.kernel import Command, NotPermitted, NotVisible, Rejected

MOST_RADIOS = 13
"""So many choices are shown one below the other; more are a list that opens."""


NOT_THEIRS = (NotPermitted, NotVisible)
"""What the permission table refuses with, before a rule is asked."""


class Ask(NamedTuple):
    """A field of an act: its name in the API's schema, what people call it, and what there is to choose from."""

    name: str
    text: str
    hint: str = ""
    options: Sequence[tuple[Any, ...]] | None = None
    value: Any = ""


class Act(NamedTuple):
    """An act on a record: what its page says and asks, and the command that it gives.

    ``tried`` are commands of which one must not be refused for the act to be offered; without any it is not there.
    ``fixed`` is posted with the form by the page itself; ``item`` is what the address asks for where the act is about
    one thing of several.
    """

    last: str
    label: str
    heading: str
    button: str
    schema: type[Schema]
    command: Callable[[dict[str, Any]], Command]
    tried: Sequence[Command]
    asks: Sequence[Ask]
    follows: Sequence[str] = ()
    fixed: Mapping[str, str] = {}
    item: Mapping[str, str] = {}
    warns: bool = False

    def refusal(self, session: ReadSession | None = None) -> Rejected | None:
        """Return why the act would be refused now, None if some of what it can do would not be."""
        session = session or services().deciding()
        refusals = [refusal_of(each, session) for each in self.tried]
        return None if None in refusals else next(iter(refusals), NotVisible())


def judged(acts: Sequence[Act]) -> tuple[dict[str, Act], dict[str, Rejected]]:
    """Return by their names those of these acts that would not be refused now, and why a rule would refuse others."""
    session = services().deciding()
    refusals = {act.last: act.refusal(session) for act in acts}
    offered = {act.last: act for act in acts if refusals[act.last] is None}
    return offered, {last: why for last, why in refusals.items() if why and not isinstance(why, NOT_THEIRS)}


def allowed(command: Command) -> bool:
    """Tell whether the permission table lets the person at the page give such a command; a rule may still refuse it."""
    return not isinstance(refusal_of(command), NOT_THEIRS)


def page_of(act: Act, sight: Sight[Any] | None, trail: Sequence[tuple[str, str]], caption: str) -> str:
    """Return the page that asks before an act; ``trail`` are the pages it lies below, the last one its record's.

    ``sight`` is None where the act begins a record.
    """
    refusal = act.refusal()
    if isinstance(refusal, NOT_THEIRS):
        raise refusal
    return render(
        "asked.html",
        act=act,
        refusal=refusal,
        asks=[shown(act, each) for each in act.asks],
        version=sight.version if sight else "",
        key=new_id(),
        trail=trail,
        caption=caption,
    )


def done(act: Act, page: str, **place: Any) -> Response:
    """Give the command of an act as its form says it, on the record as the page showed it, and go back to a page."""
    version = request.form.get("version", "")
    seen = frozenset({int(version)}) if version.isascii() and version.isdigit() and len(version) < 19 else None
    receipt = run(act.command(form(act.schema)), if_match=seen)
    return back_to(page, receipt.position, **place)


def shown(act: Act, ask: Ask) -> tuple[str, dict[str, Any]]:
    """Return a field as the template draws it: by which macro, and its parameters."""
    kind: Any = act.schema._declared_fields[ask.name]
    if ask.options is not None:
        several = isinstance(kind, fields.List)
        how = "checkboxes" if several else "radios" if len(ask.options) <= MOST_RADIOS else "select"
        blank = [("", "Choose")] if how == "select" and ask.options[0][0] else []
        return how, choice(act.last, ask.name, ask.text, [*blank, *ask.options], hint=ask.hint, value=ask.value)
    if isinstance(kind, Day):
        wide = "govuk-input--width-10"
        return "input", field(act.last, ask.name, ask.text, hint=ask.hint, value=ask.value, type="date", classes=wide)
    if isinstance(kind, Text) and kind.allowed:
        return "textarea", field(
            act.last, ask.name, ask.text, schema=act.schema, hint=ask.hint, value=ask.value, rows=3
        )
    return "input", field(act.last, ask.name, ask.text, schema=act.schema, hint=ask.hint, value=ask.value)
