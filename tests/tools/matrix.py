"""The matrix of docs/security.md: every route of the service, in groups of those that ask the same of the table."""

from collections import defaultdict
from typing import NamedTuple, get_args

from portfolio.domain.catalogue import AGGREGATE_OF
from portfolio.domain.permissions import MAY, READS, SEES
from portfolio.domain.rows import Rule
from portfolio.domain.vocabulary import THE_SYSTEM, Role
from tests.architecture.source import ROOT
from tests.matrix.calls import Route, every_route

BEGINS, ENDS = "<!-- The matrix, made by `make docs`. -->\n", "<!-- The end of the matrix. -->\n"

ROLES = frozenset(get_args(Role))


class Group(NamedTuple):
    """What several routes ask alike: of which kind of record, and which words let in and forbid."""

    record: str
    any_of: frozenset[str]
    none_of: frozenset[str]


def security_markdown() -> str:
    """Return docs/security.md with the matrix as the code has it; the rest of it is written by hand."""
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGINS)
    return "".join([before, BEGINS, "\n", *matrix(), "\n", ENDS, rest.partition(ENDS)[2]])


def matrix() -> list[str]:
    """Return the lines of the matrix."""
    rows, calls, pages = defaultdict[Group, set[str]](set), defaultdict[Group, int](int), defaultdict[Group, int](int)
    for route in every_route():
        for group, row in asked_by(route):
            rows[group].add(row.name.partition(":")[2].replace("-", " "))
            (calls if route.of_the_api else pages)[group] += 1
    order = [*SEES, ""]
    head = "| Of | What is asked | Calls | Pages | A role that is enough | What one is to it that is enough | Never |\n"
    lines = [head, "| --- | --- | --- | --- | --- | --- | --- |\n"]
    for group in sorted(rows, key=lambda group: (order.index(group.record), sorted(rows[group]))):
        roles, relations = group.any_of & ROLES, group.any_of - ROLES - {THE_SYSTEM}
        asked = [group.record or "–", ", ".join(sorted(rows[group])), str(calls[group]), str(pages[group])]
        lines.append(f"| {' | '.join([*asked, said(roles), said(relations), said(group.none_of)])} |\n")
    return lines


def asked_by(route: Route) -> list[tuple[Group, Rule]]:
    """Return what a route asks: the rows of the commands that it gives, else its questions, else to see its records."""
    if route.method != "GET" and route.commands:
        given = sorted(route.commands, key=lambda kind: kind.__name__)
        return [(group_of(AGGREGATE_OF[kind], MAY[kind]), MAY[kind]) for kind in given]
    record = route.sees[-1] if route.sees else ""
    if route.asks:
        return [(group_of(record, READS[each]), READS[each]) for each in route.asks]
    return [(group_of(each, SEES[each]), SEES[each]) for each in route.sees or route.beside]


def group_of(record: str, rule: Rule) -> Group:
    """Return the group of a row."""
    return Group(record, rule.any_of, rule.none_of)


def said(words: frozenset[str]) -> str:
    """Return words in order, a dash for none."""
    return ", ".join(sorted(words)) or "–"
