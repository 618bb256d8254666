"""What is asked: every route of the service with the rows that it asks, and a request for it that is well-formed.

Routes come from the service's own map, rows from the permission table by what the code of a route reaches
(``tests/tools/reach.py``), bodies from the OpenAPI document. Whoever adds a route adds nothing here.
"""

import hashlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import FunctionType
from typing import Any
from uuid import UUID, uuid5

from werkzeug.routing import Rule

from api.auth import OPEN
from portfolio.domain.kernel import Command
from portfolio.domain.permissions import SEES
from portfolio.domain.vocabulary import SYSTEM
from tests.api.world import TODAY, World, document, plain, routes
from tests.matrix.cast import CAST, HAVE, NAMES, Person
from tests.tools.reach import THE_SAME_FOR_ALL, Reach, follow

METHODS = ("GET", "POST", "PUT", "DELETE")
NOWHERE = uuid5(SYSTEM, "nothing is here")
NAMED = re.compile("<(?:[^:>]*:)?([^>:]+)>")
OF_THE_OFFICE = {
    "plan_id": "plan",
    "other_id": "plan",
    "criteria_id": "criteria",
    "form_id": "form",
    "program_id": "program",
    "webhook_id": "webhook",
    "identity_id": "identity",
    "import_id": "import",
}
"""What belongs to no apprentice, by the name that addresses give it."""

TEXTS = {"code": "S11", "reference": "ST1297", "version": "V2"}
"""Words that stand in addresses."""

SAMPLES = {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43, "address": "https://college.example/hook"}
"""Texts that are more than a text, by the field that holds them."""

OWN, OTHER, NOTHING = "own", "other", "none"


@dataclass(frozen=True)
class Route:
    """One method at one address, and what of the permission table it asks."""

    method: str
    rule: Rule
    act: str
    commands: frozenset[type[Command]]
    sees: tuple[str, ...]
    asks: tuple[str, ...]
    beside: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return it as people write it."""
        path = NAMED.sub(lambda found: f"{{{found[1]}}}", self.rule.rule)
        return f"{self.method} " + path.replace("{act}", self.act)

    @property
    def of_the_api(self) -> bool:
        """Tell whether it is for programs, and documented."""
        return self.rule.rule.startswith("/v1/")

    @property
    def endpoint(self) -> str:
        """Return what the service calls it."""
        endpoint: str = self.rule.endpoint
        return endpoint

    @property
    def arguments(self) -> tuple[str, ...]:
        """Return what its address names."""
        return tuple(name for name in NAMED.findall(self.rule.rule) if name != "act")


@cache
def every_route() -> tuple[Route, ...]:
    """Return every route of the service that is not open to everybody."""
    found: list[Route] = []
    for rule in sorted(routes().url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint not in OPEN:
            methods = sorted((rule.methods or set()) & {*METHODS})
            acts = re.findall("'([a-z-]+)'", rule.rule) or [""]
            found += [_route(method, rule, act) for method in methods for act in acts]
    return tuple(found)


@cache
def pages_shown() -> frozenset[FunctionType]:
    """Return the functions of the pages that are only read: a form that is refused is shown again on one of them."""
    views = routes().view_functions
    shown = (views[rule.endpoint] for rule in routes().url_map.iter_rules() if "GET" in (rule.methods or ()))
    return frozenset(inspect.unwrap(view) for view in shown)


def _route(method: str, rule: Rule, act: str) -> Route:
    view = inspect.unwrap(routes().view_functions[rule.endpoint])
    tables = [each for each in view.__globals__.values() if isinstance(each, dict)] if act else []
    acts = [
        table[act] for table in tables if isinstance(table.get(act), FunctionType)
    ]  # by the last part of an address
    reached, given = Reach(), Reach()
    for function in (view, *acts):
        follow(function, reached, {*THE_SAME_FOR_ALL})
        follow(function, given, {*THE_SAME_FOR_ALL, *(pages_shown() - {view} if method != "GET" else ())})
    named = {*NAMED.findall(rule.rule)} | ({"plan_id"} if "<reference>" in rule.rule else set())
    seen_here = tuple(kind for kind in SEES if kind in reached.sees and f"{kind}_id" in named)
    beside = tuple(sorted(reached.sees - {*seen_here}))
    return Route(method, rule, act, frozenset(given.commands), seen_here, tuple(sorted(reached.asks)), beside)


# --- requests ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Call:
    """Somebody asks a route about a record: of their own, of another's, or where there is none."""

    route: Route
    person: Person
    where: str

    @property
    def name(self) -> str:
        """Return it as a failed test names it."""
        return f"{self.route.name} by {self.person.name} ({self.person.standing}) of {self.where}"

    @property
    def apprentice(self) -> str:
        """Return whose records are asked about."""
        return self.person.own if self.where == OWN else "noah" if self.person.own == "mia" else "mia"

    def falls_into(self, share: int, seed: str) -> bool:
        """Tell whether it belongs to this share, one in so many, of what a seed draws."""
        return int.from_bytes(hashlib.sha256(f"{seed} {self.name}".encode()).digest()[:6]) % share == 0


def every_call() -> Iterator[Call]:
    """Yield each route for everybody: as they stand, about what is theirs, another's, and nobody's."""
    for route in every_route():
        of_apprentices, of_somebody = about(route)
        for person in CAST:
            places = [OWN]
            if person.standing == "active":
                places += [OTHER] * (of_apprentices or "person_id" in route.arguments) + [NOTHING] * of_somebody
            for where in places:
                call = Call(route, person, where)
                if not of_apprentices or where == NOTHING or there_is(call):
                    yield call


def about(route: Route) -> tuple[bool, bool]:
    """Return whether a route is about a record of an apprentice, and whether about any record."""
    named = {*route.arguments, *body_names(route)}
    ours = bool(named & {*NAMES})
    return ours, ours or bool({*route.arguments} & {"person_id", "reference", *OF_THE_OFFICE})


def there_is(call: Call) -> bool:
    """Tell whether the apprentice has everything that the route names."""
    return {*call.route.arguments, *body_names(call.route)} & {*NAMES} <= {*HAVE[call.apprentice]}


def address(call: Call, world: World) -> str:
    """Return where the call goes."""
    named = {name: argument(call, world, name, found) for found, name in _arguments(call.route.rule)}
    path = NAMED.sub(lambda found: str(named[found[1]]), call.route.rule.rule)
    asked = "&".join(f"{name}={valued(call, world, name, schema)}" for name, schema in query_of(call.route))
    return f"{path}?{asked}".rstrip("?")


def _arguments(rule: Rule) -> list[tuple[str, str]]:
    return [(kind.partition("(")[0], name) for kind, name in re.findall("<(?:([^:>]*):)?([^>:]+)>", rule.rule)]


def argument(call: Call, world: World, name: str, kind: str) -> Any:
    """Return what stands in an address under this name."""
    if name == "act":
        return call.route.act
    if kind == "int":
        return 1
    if kind == "uuid":
        return record_named(call, world, name)
    return "ST0000" if call.where == NOTHING and name == "reference" else TEXTS.get(name, "x")


def record_named(call: Call, world: World, name: str) -> UUID:
    """Return the id of the record of this name that the call is about."""
    if call.where == NOTHING:
        return NOWHERE
    if name == "person_id":
        if call.where == OWN:
            return world[{"program": "coach", "nobody": "idle"}.get(call.person.name, call.person.name)]
        return world["idle" if call.person.name == "stranger" else "stranger"]
    if name in OF_THE_OFFICE:
        return world[OF_THE_OFFICE[name]]
    known = HAVE[call.apprentice].get(name)
    return world[known] if known else NOWHERE


# --- bodies, by the OpenAPI document ----------------------------------------------------------------------------------


@cache
def operations() -> dict[str, dict[str, Any]]:
    """Return what the document says of each call, by method and path."""
    paths = document().content["paths"]
    return {f"{method.upper()} {path}": each for path, methods in paths.items() for method, each in methods.items()}


def operation(route: Route) -> dict[str, Any]:
    """Return what the document says of a route, nothing of a page."""
    return operations().get(route.name, {})


def query_of(route: Route) -> list[tuple[str, dict[str, Any]]]:
    """Return what a call must ask in its address."""
    asked = (each for each in operation(route).get("parameters", ()) if isinstance(each, dict))
    return [(each["name"], each["schema"]) for each in asked if each.get("in") == "query" and each.get("required")]


def body_schema(route: Route) -> dict[str, Any]:
    """Return the shape of a call's JSON."""
    content = operation(route).get("requestBody", {}).get("content", {})
    shape: dict[str, Any] = content.get("application/json", {}).get("schema", {})
    return shape


def body_names(route: Route) -> set[str]:
    """Return the fields that the JSON of a call must have."""
    return names_in(body_schema(route)) if body_schema(route) else set()


def names_in(schema: dict[str, Any]) -> set[str]:
    """Return the fields that a shape must have, those of its parts among them."""
    shape = resolved(schema)
    inner = [shape["properties"][name] for name in shape.get("required", ())]
    inner += [shape["items"]] if "items" in shape else []
    return {*shape.get("required", ())}.union(*map(names_in, inner))


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a shape, the first one of several that are as good."""
    if "$ref" in schema:
        named: dict[str, Any] = document().content["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return resolved(named)
    return resolved(schema["oneOf"][0]) if "oneOf" in schema else schema


def valued(call: Call, world: World, name: str, schema: dict[str, Any]) -> Any:
    """Return something of this shape, ids as far as they can be those of the records that are asked about."""
    shape = resolved(schema)
    if "enum" in shape:
        return shape["enum"][0]
    kinds = shape.get("type", "string")
    match kinds if isinstance(kinds, str) else kinds[0]:
        case "object":
            wanted = {each: shape["properties"][each] for each in shape.get("required", ())}
            return {each: valued(call, world, each, inner) for each, inner in wanted.items()}
        case "array":
            few = max(shape.get("minItems", 0), 1)
            return [valued(call, world, name, shape["items"])] * few
        case "integer" | "number":
            return max(shape.get("minimum", 0), 1)
        case "boolean":
            return False
    return text_of(call, world, name, shape)


def text_of(call: Call, world: World, name: str, shape: dict[str, Any]) -> str:
    """Return a text of this shape."""
    match shape.get("format"):
        case "uuid":
            of_a_record = name in NAMES or name in OF_THE_OFFICE
            return str(
                record_named(call, world, name) if of_a_record else world["mia" if name == "apprentice" else "idle"]
            )
        case "date":
            return TODAY
        case "date-time":
            return f"{TODAY}T09:00:00Z"
    if name in SAMPLES:
        return SAMPLES[name]
    pattern = shape.get("pattern", "")
    return "0" * 64 if "{64}" in pattern else "see:enrolment" if pattern.startswith("^(see") else "x"


def request_of(call: Call, world: World) -> dict[str, Any]:
    """Return what is sent with a call: JSON, a file of lines, or the fields of a form."""
    if call.route.method == "GET":
        return {}
    if not call.route.of_the_api:
        return {"data": form_of(call, world)}
    content = operation(call.route).get("requestBody", {}).get("content", {})
    if "text/csv" in content:
        return {"data": b"name,works for,roles\nBo Li,centre,coach\n", "content_type": "text/csv"}
    shape = body_schema(call.route)
    return {"json": valued(call, world, "", shape)} if shape else {}


def form_of(call: Call, world: World) -> dict[str, str]:
    """Return the form of a page: what the API takes for the commands that the page can give, under dotted names."""
    fields: dict[str, str] = {}
    for command in sorted(call.route.commands, key=lambda kind: kind.__name__):
        for shape in map(body_schema, api_of().get(command, ())):
            if shape:
                fields |= dotted(plain(valued(call, world, "", shape)))
    return {**fields, "sure": "yes", "key": "1"}


def dotted(value: Any, path: str = "") -> dict[str, str]:
    """Return JSON as forms post it."""
    match value:
        case dict():
            below = ((f"{path}.{name}" if path else name, each) for name, each in value.items())
            return {name: text for place, each in below for name, text in dotted(each, place).items()}
        case list() if value and isinstance(value[0], dict):
            below = ((f"{path}.{number}", each) for number, each in enumerate(value))
            return {name: text for place, each in below for name, text in dotted(each, place).items()}
        case list():
            return {path: "\n".join(map(str, value))}
        case bool():
            return {path: "yes" if value else "no"}
    return {path: str(value)}


@cache
def api_of() -> dict[type[Command], list[Route]]:
    """Return the routes of the API by the one command that each gives."""
    found: dict[type[Command], list[Route]] = {}
    for route in every_route():
        if route.of_the_api and route.method != "GET" and len(route.commands) == 1:
            found.setdefault(next(iter(route.commands)), []).append(route)
    return found
