"""The reference as data: what the OpenAPI document says of each call, who may give it, how it is refused, an example.

The last two are made from the code by ``make docs`` and lie in ``reference.json``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, cast

import msgspec
from flask import Flask

from api.errors import origin_of, refusals, status_of
from portfolio.domain.kernel import Rejected
from portfolio.domain.permissions import MAY, READS, SEES
from portfolio.domain.rows import Rule

SHAPES = "#/components/schemas/"
NOT_SHOWN = "…"
LEFT_OUT = re.compile("…( and [0-9]+ more)?")
"""What stands in an example in the place of what is not shown, and of the rest of a list."""


class Example(msgspec.Struct, frozen=True):
    """A call that really ran: by whom, what was sent, what was answered; ends of lists and long texts are cut."""

    by: str
    path: str
    status: int
    headers: dict[str, str]
    body: Any = None
    file: dict[str, str] = {}
    answer: Any = None
    type: str = "application/json"
    text: str = ""
    bytes: int = 0


class Reached(msgspec.Struct, frozen=True):
    """What a call reaches in the code: commands, records, questions and refusals by their names."""

    commands: tuple[str, ...] = ()
    sees: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()


class Made(msgspec.Struct, frozen=True):
    """What ``make docs`` writes: ``common`` are the refusals of every call, ``elsewhere`` those of no call."""

    common: tuple[str, ...] = ()
    elsewhere: dict[str, tuple[str, ...]] = {}
    calls: dict[str, Reached] = {}
    examples: dict[str, Example] = {}


REFERENCE = msgspec.json.decode(Path(__file__).with_name("reference.json").read_bytes(), type=Made)

COMMANDS = {kind.__name__: rule for kind, rule in MAY.items()}


class Permission(NamedTuple):
    """A row of the permission table that a call asks: what for, who is let in, and who is not all the same."""

    what: str
    words: list[str]
    but: list[str]


@dataclass(frozen=True)
class Call:
    """One method at one path."""

    name: str
    resource: str
    method: str
    path: str
    operation: dict[str, Any]
    parameters: list[dict[str, Any]] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Return its name in ``REFERENCE``."""
        return f"{self.method} {self.path}"

    @property
    def reached(self) -> Reached:
        """Return what it reaches, nothing for a call that the release has not."""
        return REFERENCE.calls.get(self.key, Reached())

    @property
    def summary(self) -> str:
        """Return what it does, in a sentence."""
        return cast(str, self.operation["summary"])

    @property
    def body(self) -> dict[str, Any]:
        """Return the schema of its body by media type."""
        content = self.operation.get("requestBody", {}).get("content", {})
        return {media: each["schema"] for media, each in content.items()}

    @property
    def answers(self) -> dict[str, dict[str, Any]]:
        """Return what it answers where it is not refused, by status: the schema by media type."""
        return {
            status: {media: each.get("schema", {}) for media, each in (answer.get("content") or {}).items()}
            for status, answer in self.operation["responses"].items()
            if status < "400"
        }

    @property
    def permissions(self) -> list[Permission]:
        """Return the rows of the permission table that it asks."""
        reached = self.reached
        rows = [("Give this command", COMMANDS[name]) for name in reached.commands]
        rows += [(f"See the {name}", SEES[name]) for name in reached.sees]
        rows += [(f"Ask for this: {name}", READS[name]) for name in reached.asks]
        return [permission(what, rule) for what, rule in rows]

    @property
    def refusals(self) -> list[dict[str, Any]]:
        """Return what it alone, or with some others, may be refused as."""
        known = refusals()
        return [entry(known[code]) for code in self.reached.refusals if code in known]

    @property
    def example(self) -> Example | None:
        """Return the worked example, None if the story has none."""
        return REFERENCE.examples.get(self.key)


class Hit(NamedTuple):
    """Something that a search found: what it is, what it is called, what it says, and where it stands."""

    kind: str
    title: str
    text: str
    endpoint: str
    place: dict[str, str]

    def holds(self, words: list[str]) -> bool:
        """Tell whether all these words stand in it."""
        there = f"{self.title} {self.text}".casefold()
        return all(word in there for word in words)

    def is_called(self, words: list[str]) -> bool:
        """Tell whether they stand in what it is called."""
        return all(word in self.title.casefold() for word in words)


class Reference:
    """The OpenAPI document by resource, call and shape."""

    def __init__(self, app: Flask) -> None:
        self.document = openapi(app)
        self.resources: dict[str, str] = {
            tag["name"]: tag.get("description", "") for tag in self.document.get("tags", [])
        }
        self.calls: dict[str, dict[str, Call]] = {name: {} for name in self.resources}
        for path, operations in self.document["paths"].items():
            for method, operation in operations.items():
                if method != "parameters":
                    parameters = [*operations.get("parameters", []), *operation.get("parameters", [])]
                    resource = operation["tags"][0]
                    call = Call(
                        name=operation["operationId"].replace("_", "-"),
                        resource=resource,
                        method=method.upper(),
                        path=path,
                        operation=operation,
                        parameters=[self.target(each) for each in parameters],
                    )
                    self.calls[resource][call.name] = call
        self.shapes: dict[str, dict[str, Any]] = self.document["components"]["schemas"]

    def target(self, part: dict[str, Any]) -> dict[str, Any]:
        """Return what a part of the document refers to, or the part itself."""
        referred: Any = self.document
        for name in part["$ref"].split("/")[1:] if "$ref" in part else ():
            referred = referred[name]
        return part if referred is self.document else cast(dict[str, Any], referred)

    def every_call(self) -> Iterator[Call]:
        """Yield every call, by resource."""
        for calls in self.calls.values():
            yield from calls.values()

    def used_by(self, shape: str) -> list[Call]:
        """Return the calls that take or answer a shape, itself or inside another."""
        return self._used_by.get(shape, [])

    @cached_property
    def _used_by(self) -> dict[str, list[Call]]:
        used: dict[str, list[Call]] = {}
        for call in self.every_call():
            for shape in self._inside(call.operation):
                used.setdefault(shape, []).append(call)
        return used

    def _inside(self, part: Any) -> set[str]:
        found, waiting = set[str](), [part]
        while waiting:
            for name in referred(waiting.pop()) - found:
                found.add(name)
                waiting.append(self.shapes[name])
        return found

    def answered_by(self, code: str) -> list[Call]:
        """Return the calls that may be refused so, but for what any may be refused as."""
        return [call for call in self.every_call() if code in call.reached.refusals]

    @cached_property
    def _hits(self) -> list[Hit]:
        of_calls = (
            Hit("call", call.key, call.summary, "docs.call", {"resource": call.resource, "name": call.name})
            for call in self.every_call()
        )
        of_fields = (
            Hit("field", f"{shape}.{name}", form.get("description", ""), "docs.shape", {"name": shape})
            for shape, schema in self.shapes.items()
            for name, form in schema.get("properties", {}).items()
        )
        of_parameters = (
            Hit(
                "field",
                each["name"],
                each.get("description", ""),
                "docs.call",
                {"resource": call.resource, "name": call.name},
            )
            for call in self.every_call()
            for each in call.parameters
            if each["in"] == "query"
        )
        of_refusals = (
            Hit("refusal", code, kind.title(), "docs.one_problem", {"code": code}) for code, kind in refusals().items()
        )
        return [*of_calls, *of_refusals, *of_fields, *of_parameters]

    def search(self, text: str) -> list[Hit]:
        """Return whatever all words of a text stand in, first what is called so."""
        words = text.casefold().split()
        return sorted((hit for hit in self._hits if hit.holds(words)), key=lambda hit: not hit.is_called(words))


def in_full(value: Any) -> Any:
    """Return of an example what is shown in full: of cut lists the beginning."""
    match value:
        case dict():
            return {name: in_full(each) for name, each in value.items()}
        case list():
            return [in_full(each) for each in value if not (isinstance(each, str) and LEFT_OUT.fullmatch(each))]
    return value


def is_whole(value: Any) -> bool:
    """Tell whether nothing inside an example is left out."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value != NOT_SHOWN and all(map(is_whole, inside))


def openapi(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document of the service."""
    document: dict[str, Any] = app.extensions["flask-smorest"]["apis"][""]["ext_obj"].described().to_dict()
    return document


def documented(rule: str) -> str:
    """Return a path as the OpenAPI document writes it."""
    return re.sub("<(?:[a-z]+:)?([a-z_]+)>", r"{\1}", rule)


def referred(part: Any) -> set[str]:
    """Return the shapes that a part of the document refers to by itself."""
    match part:
        case {"$ref": str(to)} if to.startswith(SHAPES):
            return {to.removeprefix(SHAPES)}
        case dict():
            return set[str]().union(*map(referred, part.values()))
        case list():
            return set[str]().union(*map(referred, part))
    return set()


def permission(what: str, rule: Rule) -> Permission:
    """Return a row of the permission table as it is printed."""
    return Permission(what, sorted(rule.any_of), sorted(rule.none_of))


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
