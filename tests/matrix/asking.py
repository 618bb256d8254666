"""Asking: a call is sent to a service that writes nothing, and its answer is held against the rows of the table."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from api.errors import refusals, status_of
from portfolio.application.handler import CommandHandler
from portfolio.application.ports import Receipt
from portfolio.domain.catalogue import AGGREGATE_OF
from portfolio.domain.evidence.commands import ServeEvidence
from portfolio.domain.interests import ConfirmCorrection, DeclareInterest
from portfolio.domain.kernel import Command, Rejected, StaleVersion
from portfolio.domain.notices import ChooseNotices
from portfolio.domain.permissions import MAY, READS, SEES
from portfolio.domain.rows import Rule
from portfolio.domain.standing import SignOut
from tests.api.programs import signed_in
from tests.api.world import World
from tests.matrix.calls import NOTHING, OWN, Call, about, address, request_of
from tests.matrix.cast import NOBODY, PROGRAM, PROGRAM_ROWS
from tests.matrix.rows import (
    ALLOWED,
    FORBIDDEN,
    NOT_SIGNED_IN,
    NOT_THERE,
    OUT_OF_SCOPE,
    PART_ENDED,
    SHUT_OUT,
    UNDECLARED,
    Asked,
    Row,
    of_a_command,
    of_a_question,
)


def rows_of(table: dict[Any, Rule]) -> dict[Any, Row]:
    """Return the rows of a table as data."""
    return {key: Row(rule.any_of, rule.none_of, rule.name) for key, rule in table.items()}


SEEN, ASKED, DONE = rows_of(SEES), rows_of(READS), rows_of(MAY)

ITS_OWN = {"pages.thumbnail": Row(frozenset({"the apprentice"}))}
"""Routes that ask more than a row says, and what: a list shows small pictures to nobody but whose work it is."""

PARTLY = {"pages.papers": {"people"}, "assessments.get_stored_context": {"stored contexts"}}
"""Questions that a route asks of some only: of whoever takes a paper in, of whoever acts in no appeal."""

BEFORE_DECLARING = {"enrolments.get_outline"}
"""What is shown to whoever has not said yet what they are to the apprentice."""

OF_ONESELF = {DeclareInterest, ChooseNotices, SignOut}
"""Commands that a page gives for whoever is at it."""

ENDS_A_SESSION = "sign_in.leave"
"""The route that whoever is suspended uses too."""

NEVER = frozenset({10**15})
"""The version that no record has."""

BY_THE_TABLE = (NOT_THERE, FORBIDDEN, SHUT_OUT, UNDECLARED, PART_ENDED, NOT_SIGNED_IN, OUT_OF_SCOPE)
INSIDE = "nothing inside"
"""Said to whoever sees the record, of a part of it that is not there: its 404 has a name of its own."""


@dataclass
class Given:
    """A command that a request gave, and as what it was refused."""

    kind: type[Command]
    refusal: str = ""


@dataclass(frozen=True)
class Judging(CommandHandler):
    """A handler that finds every record changed since: whoever the table lets in is told so, and nothing is written.

    ``changed[0]`` is false where there is no record; then nobody is to get anything done.
    """

    given: list[Given] = field(default_factory=list)
    changed: list[bool] = field(default_factory=lambda: [True])

    def execute(self, command: Command, by: UUID, **options: Any) -> Receipt:
        """Judge a command; only a first look, which reading a file records, is recorded."""
        if isinstance(command, ServeEvidence):
            return super().execute(command, by, **options)
        given = Given(type(command))
        self.given.append(given)
        if self.changed[0]:
            options["if_match"] = NEVER
        try:
            return super().execute(command, by, **options)
        except Rejected as refusal:
            given.refusal = refusal.code
            raise


@dataclass
class Answer:
    """What came back: the status, the name of a refusal and what it says, and the commands given on the way."""

    status: int
    code: str
    given: list[Given]
    problem: dict[str, Any]

    @property
    def said(self) -> str:
        """Return it in the words of the rows."""
        if self.code in BY_THE_TABLE:
            return self.code
        if self.status == 404 and self.code:
            return INSIDE
        return f"{self.status} {self.code}" if self.status in (401, 403, 404) or self.status >= 500 else ALLOWED


class Asker:
    """Sends calls to a world in which the cast is."""

    def __init__(self, world: World) -> None:
        first = world.handler
        self.handler = Judging(first.journal, first.vault, first.now, first.new_id, originals=first.originals)
        world.services = replace(world.services, handler=self.handler)
        self.world, self.app = world, world.app
        issued = {name: world.tokens.issue(world[name], timedelta(hours=1)) for name in world.ids}
        self.tokens = {**issued, PROGRAM.name: signed_in(world).bearer}

    def ask(self, call: Call) -> Answer:
        """Send a call."""
        self.handler.given.clear()
        self.handler.changed[0] = call.where != NOTHING
        headers = {"Accept": "application/problem+json"}
        if call.person is not NOBODY:
            headers["Authorization"] = f"Bearer {self.tokens[call.person.name]}"
        path, sent = address(call, self.world), request_of(call, self.world)
        with self.app.test_client().open(path, method=call.route.method, headers=headers, **sent) as answer:
            problem = answer.get_json() if answer.mimetype == "application/problem+json" else {}
            code = problem.get("type", "").rpartition("/")[2]
            return Answer(answer.status_code, code, [*self.handler.given], problem)


# --- what the rows say ------------------------------------------------------------------------------------------------


def asked_of(call: Call, command: type[Command] | None = None) -> Asked:
    """Return what who asks is towards what they ask."""
    of_apprentices, _ = about(call.route)
    of = call.apprentice if of_apprentices and call.where != NOTHING else ""
    own, named = call.where == OWN, {*call.route.arguments}
    return Asked(
        call.person,
        of="mia" if command is ConfirmCorrection else of,  # whom its body names
        itself=own if "person_id" in named else command in OF_ONESELF and not call.route.of_the_api,
        owns=own and call.person.name in ("coach", "program") and "program_id" in named,
        there=call.where != NOTHING,
        given=frozenset(PROGRAM_ROWS) if call.person is PROGRAM else None,
    )


def of_the_row(call: Call, command: type[Command]) -> str:
    """Return how the row of a command answers."""
    return of_a_command(asked_of(call, command), command.__name__, AGGREGATE_OF[command], DONE[command], SEEN)


def right_answers(call: Call) -> set[str]:
    """Return what whoever asks something, or sends a form that is not well filled in, may be answered.

    More than one answer is right only where a page asks several things, in whatever order; none of them lets anybody
    in whom a row keeps out.
    """
    route, asked = call.route, asked_of(call)
    questions = [ASKED[each] for each in route.asks if each not in PARTLY.get(route.endpoint, ())]
    more = [ITS_OWN[route.endpoint]] if route.endpoint in ITS_OWN else []
    right = of_a_question(asked, route.sees, [*questions, *more], route.asks, SEEN)
    if right == UNDECLARED and route.endpoint in BEFORE_DECLARING:
        right = ALLOWED
    of_commands = {of_the_row(call, each) for each in route.commands}
    answers = {right} | ({INSIDE} if right == ALLOWED else set())
    if right == ALLOWED and route.of_the_api:
        answers |= of_commands  # a first look at what is read is a command, where it is a look at all
    if right == NOT_THERE and not all(each.lets_in(asked.words("")) for each in questions):
        answers.add(FORBIDDEN)  # a question that is about no record comes first
    if right == NOT_THERE and not asked.there and all(SEEN[each].lets_in(asked.words(each)) for each in route.sees):
        answers |= {INSIDE} | (of_commands or {ALLOWED} if route.method != "GET" else set())  # the form is read first
    if asked.given is not None and not all(SEEN[each].given(asked) for each in route.beside):
        answers.add(OUT_OF_SCOPE)
    return answers if route.of_the_api else answers | on_a_page(call, right, of_commands)


def on_a_page(call: Call, right: str, of_commands: set[str]) -> set[str]:
    """Return what a page may answer beside what its questions say: it may ask first whether its form is for them."""
    route, answers = call.route, set[str]()
    one_of_two = len(route.commands) <= 2  # by where the record stands
    if right != ALLOWED or route.method != "GET" or one_of_two or ALLOWED not in of_commands:
        answers |= of_commands - {ALLOWED}
    if right == ALLOWED and not route.commands:
        answers |= {FORBIDDEN, SHUT_OUT} if call.person.standing == "suspended" else {FORBIDDEN}
    if right == FORBIDDEN and of_a_question(asked_of(call), route.sees, (), route.asks, SEEN) == UNDECLARED:
        answers.add(UNDECLARED)
    if answers & {SHUT_OUT, UNDECLARED}:
        answers.add(FORBIDDEN)
    parts = {*route.arguments} - {f"{each}_id" for each in route.sees}
    if right == ALLOWED and (route.act or route.beside or parts):
        answers.add(NOT_THERE)  # what it is about is named by a part of the address, or by what that asks
    if not route.sees and NOT_THERE in of_commands:
        answers.add(FORBIDDEN)
    return answers


def fault_of(call: Call, answer: Answer) -> str:
    """Return how an answer differs from what the rows say, nothing if it does not."""
    if call.person is NOBODY:
        return "" if (answer.status, answer.code, answer.given) == (401, NOT_SIGNED_IN, []) else f"{answer.said}"
    if call.person is PROGRAM and not call.route.of_the_api:
        return "" if (answer.code, answer.given) == ("page-for-people", []) else answer.said
    if answer.status >= 500 or call.route.endpoint == ENDS_A_SESSION:
        return "" if answer.status < 400 else answer.said
    if answer.code == NOT_THERE and {*answer.problem} != {"type", "title", "status", "detail"}:
        return f"it tells more than that nothing is there: {answer.problem}"
    if answer.given:
        return next(filter(None, (fault_of_given(call, answer, each) for each in answer.given)), "")
    if call.route.of_the_api and call.route.method != "GET" and len(call.route.commands) == 1:
        (command,) = call.route.commands
        right = {of_the_row(call, command)}
        return "" if answer.code in right else f"{answer.status} {answer.problem}, the row says {right}"
    right = right_answers(call)
    return "" if answer.said in right else f"{answer.status} {answer.said}, the rows say {sorted(right)}"


def fault_of_given(call: Call, answer: Answer, given: Given) -> str:
    """Return how the answer to a command differs from what its row says."""
    right, name = of_the_row(call, given.kind), given.kind.__name__
    if right == ALLOWED:
        as_told = bool(given.refusal) if call.where == NOTHING else given.refusal == StaleVersion.code
        return "" if as_told else f"{name}: {given.refusal or 'done'}, its row lets them in"
    if given.refusal != right:
        return f"{name}: {given.refusal or 'done'}, its row says {right}"
    status = status_of(refusals()[right])
    shown_again = right == PART_ENDED and answer.status == 404 and not call.route.of_the_api
    return "" if answer.status == status or shown_again else f"{name}: {answer.status} for {right}"
