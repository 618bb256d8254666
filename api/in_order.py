"""In order: what waits for the caller, page by page, and what stands beside one piece of it."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any
from uuid import UUID

from api.fields import HIGHEST_POSITION
from api.lists import NAMES
from api.services import caller, services
from api.shapes import fields_of
from api.waiting import CALLED, KINDS, NARROWED, Row, Waiting, what_of
from portfolio.application.indexes import APPEALS_OF_ENROLMENT, ATTEMPTS_OF_ENROLMENT, ENROLMENTS_OF_PERSON
from portfolio.application.loaders.assessment import for_assessor
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.work import Work, work_of
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.evidence.media import KIND_OF_FILE
from portfolio.domain.form import code_order
from portfolio.domain.kernel import changed
from portfolio.domain.vocabulary import APPRENTICE
from projections.assessor_queue import (
    OpenAttempt,
    WaitingEvidence,
    Wanted,
    evidence,
    number_between,
)
from projections.machinery.listing import sorted_as

Spot = tuple[str, int]
"""Where a row stands in the order: its apprentice's name where that counts, and its position."""


class Queue(Waiting):
    """What waits for the caller now, in the order that a query asks for."""

    def rows_beyond(self, after: Spot | None, limit: int) -> list[Row]:
        """Return up to ``limit`` rows beyond a place, in the order asked for."""
        return self._beyond(after, limit, backwards=self.query["sort"].startswith("-"))

    def _beyond(self, after: Spot | None, limit: int, *, backwards: bool) -> list[Row]:
        there = self._chosen(self.numbers)
        if self.query["sort"] not in NAMES:
            return self._in_turn(there, after[1] if after else None, limit, backwards=backwards)
        by_name: dict[str, set[UUID]] = {}
        for each in there:
            by_name.setdefault(self.spot_name(each), set()).add(each)
        names = [
            name
            for name in sorted(by_name, reverse=backwards)
            if after is None or (name <= after[0] if backwards else name >= after[0])
        ]
        found = list[Row]()
        if after and names[:1] == [after[0]]:
            found += self._in_turn(by_name[names.pop(0)], after[1], limit, backwards=backwards)
        whole, room = set[UUID](), limit - len(found)
        while names and (number := sum(self.numbers[each] for each in by_name[names[0]])) <= room:
            whole, room = whole | by_name[names.pop(0)], room - number
        rows = self._in_turn(whole, None, limit, backwards=backwards) if whole else []
        found += sorted(rows, key=lambda row: self.spot_name(row.enrolment_id), reverse=backwards)
        if names and room > 0:
            found += self._in_turn(by_name[names[0]], None, room, backwards=backwards)
        return found

    def _in_turn(self, of: Iterable[UUID], after: int | None, limit: int, *, backwards: bool) -> list[Row]:
        """Return up to ``limit`` rows of these enrolments beyond a position."""
        start = (HIGHEST_POSITION if backwards else 0) if after is None else after
        there = frozenset(of)
        found: list[Row] = [
            row
            for row in self._attempts
            if row.enrolment_id in there and (row.position < start if backwards else row.position > start)
        ]
        for wanted in self.wanted:
            found += evidence(
                services().reads, self._only(wanted, there), after=start, backwards=backwards, limit=limit
            )
        return sorted(found, key=lambda row: row.position, reverse=backwards)[:limit]

    def before(self, spot: Spot) -> int:
        """Return how many rows stand before a place in the order asked for."""
        name, position = spot
        backwards = self.query["sort"].startswith("-")
        start, end = (position, HIGHEST_POSITION) if backwards else (0, position)
        there, earlier = frozenset(self._chosen(self.numbers)), 0
        if self.query["sort"] in NAMES:
            names = {each: self.spot_name(each) for each in there}
            earlier = sum(
                self.numbers[each] for each in there if (names[each] > name if backwards else names[each] < name)
            )
            there = frozenset(each for each in there if names[each] == name)
        open_ones = [row for row in self._attempts if row.enrolment_id in there and start < row.position < end]
        return (
            earlier
            + len(open_ones)
            + sum(number_between(services().reads, self._only(wanted, there), start, end) for wanted in self.wanted)
        )

    def just_before(self, spot: Spot) -> Row | None:
        """Return the row that stands before a place in the order asked for."""
        return next(iter(self._beyond(spot, 1, backwards=not self.query["sort"].startswith("-"))), None)

    def from_here(self, spot: Spot) -> tuple[bool, Row | None]:
        """Return whether a row stands at a place, and the one that comes after the place in the order asked for."""
        name, position = spot
        just_before = position + (1 if self.query["sort"].startswith("-") else -1)
        rows = self.rows_beyond((name, just_before), 2)
        holds = bool(rows) and self.spot(rows[0]) == spot
        return holds, next(iter(rows[holds:]), None)

    def _only(self, wanted: Wanted, there: frozenset[UUID]) -> Wanted:
        return changed(wanted, enrolments=tuple(each for each in wanted.enrolments if each in there))

    def spot_name(self, enrolment_id: UUID) -> str:
        """Return the name that a row of an enrolment is sorted by."""
        return sorted_as(self.cards[enrolment_id].name) if self.query["sort"] in NAMES else ""

    def spot(self, row: Row) -> Spot:
        """Return where a row stands."""
        return self.spot_name(row.enrolment_id), row.position

    def page_asked_for(self) -> dict[str, Any]:
        """Return the page asked for, in the shape ``AssessorQueueOut``."""
        cursor, limit = self.query["cursor"], self.query["limit"]
        rows = self.rows_beyond(cursor[1:] if cursor else None, limit + 1)
        shown, more = rows[:limit], len(rows) > limit
        self._look_up([row for row in shown if not isinstance(row, WaitingEvidence)])
        return {
            "items": [each for row in shown if (each := self.shown(row)) is not None],
            "next": (self.query["sort"], *self.spot(shown[-1])) if more else None,
            "total": self.total,
            "counts": [
                {"filter": name, "value": str(value), "name": self.called(name, value), "count": number}
                for name, choices in self.choices.items()
                for value, number in choices
            ],
        }

    def _look_up(self, open_ones: list[OpenAttempt]) -> None:
        """Ask at once for these attempts and what their records are linked with: a page may have many of them."""
        enrolments = {row.enrolment_id for row in open_ones}
        apprentices = {self.cards[each].enrolment.apprentice for each in enrolments}
        self.session.read_ahead(ASSESSMENT, {row.assessment_id for row in open_ones})
        self.session.read_ahead(ENROLMENT, enrolments)
        self.session.look_up((APPEALS_OF_ENROLMENT, ATTEMPTS_OF_ENROLMENT), enrolments)
        self.session.look_up((ENROLMENTS_OF_PERSON,), apprentices)

    def _asked_now(self, assessment_id: UUID) -> Work | None:
        """Return what an attempt asks of the caller, as its record says it now."""
        known = for_assessor(self.session, assessment_id, caller(), services().now())
        return work_of(self.session.state(ASSESSMENT, assessment_id), known)

    @cached_property
    def choices(self) -> dict[str, list[tuple[Any, int]]]:
        """Return the values of each filter in order, with how much waits under each; a chosen one is among them."""
        return {name: self._choices(name) for name in NARROWED}

    def _choices(self, name: str) -> list[tuple[Any, int]]:
        counts, chosen = self.counts(name), self.query[name]
        values = {*counts, *([] if chosen is None else [chosen])}
        if name == APPRENTICE:
            values &= self.names.keys()
        order: dict[str, Any] = {"age": int, "kind": KINDS.index, "outcome": code_order, "component": code_order}
        by = order.get(name, lambda value: sorted_as(self.called(name, value)))
        return [(value, counts[value]) for value in sorted(values, key=by)]

    def called(self, name: str, value: Any) -> str:
        """Return what people call a value of a filter."""
        match name:
            case "apprentice":
                return self.names.get(value, "")
            case "age":
                return f"{value // 7} {'week' if value == 7 else 'weeks'} or more"
            case "kind":
                return CALLED.get(value, str(value))
            case _:
                return self.codes.titles.get((name, value), str(value))

    def shown(self, row: Row) -> dict[str, Any] | None:
        """Return a row in the shape ``WaitingOut``, None where nothing is asked of the caller any more."""
        card = self.cards[row.enrolment_id]
        declared = card.enrolment.apprentice in self.declared
        about = {
            "waits": what_of(row),
            "position": row.position,
            "since": row.since,
            "enrolment_id": row.enrolment_id,
            "apprentice": card.enrolment.apprentice,
            "name": card.name,
            "declared": declared,
        }
        if not declared:
            return about
        if isinstance(row, WaitingEvidence):
            return {**fields_of(row), **about, "kind": KIND_OF_FILE.get(row.media_type)}
        work = self._asked_now(row.assessment_id)
        decision = {"decision_id": work.confirms.decision_id} if work and work.confirms else {}
        return {**fields_of(row), **fields_of(work), **decision, **about} if work else None
