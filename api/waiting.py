"""Waiting: what waits for the caller to answer, decide or confirm, counted, narrowed and in order."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any, Literal, NamedTuple, get_args
from uuid import UUID

from flask import g, request

from api.claimed import Codes
from api.lists import NAMES, RECORDED
from api.services import SAFE, caller, services, today
from portfolio.application.loaders.components import components_of
from portfolio.application.read_session import ReadSession
from portfolio.domain.assessment.assessor import ForPart
from portfolio.domain.assessment.work import is_asked
from portfolio.domain.evidence.media import KIND_OF_FILE, FileKind
from portfolio.domain.form import FORM
from portfolio.domain.kernel import changed
from portfolio.domain.person import PERSON
from portfolio.domain.vocabulary import APPRENTICE
from projections.assessor_queue import (
    AGES,
    OpenAttempt,
    WaitingEvidence,
    Wanted,
    attempts,
    concerned,
    counted,
    number_of_evidence,
    of_each,
)
from projections.enrolment_list import ENROLMENT_LIST, EnrolmentCard

Waits = Literal["evidence", "attempt", "confirmation"]
KINDS: tuple[str, ...] = (*get_args(FileKind), "attempt", "confirmation")
CALLED = {"attempt": "attempt to decide", "confirmation": "decision to confirm"}
"""What people call kinds of work that are no files."""
NARROWED = (APPRENTICE, "kind", "outcome", "component", "age")
"""By what a queue is narrowed."""
HIDDEN = ("kind", "outcome", "component")
"""What of that is not shown of an apprentice before an interest is declared."""
SORTS = (*RECORDED, *NAMES)


class Piece(NamedTuple):
    """Work that is alike: of one kind, for the same outcomes and components; and how much has waited so many days."""

    kind: str | None
    outcomes: frozenset[str]
    components: frozenset[str]
    number: int
    older: tuple[int, ...]

    def waiting(self, age: int | None) -> int:
        """Return how much has waited so many days, all for None."""
        return self.number if age is None else self.older[AGES.index(age)]

    def values(self, name: str) -> Collection[Any]:
        """Return the values of a hidden filter under which it is counted."""
        if name == "kind":
            return (self.kind,) if self.kind else ()
        return self.outcomes if name == "outcome" else self.components

    def matches(self, query: Mapping[str, Any], *, but: str = "") -> bool:
        """Return whether the hidden filters let it through, ``but`` one of them."""
        return all(query[name] is None or query[name] in self.values(name) for name in HIDDEN if name != but)


Row = WaitingEvidence | OpenAttempt


@dataclass(frozen=True)
class Waiting:
    """What waits for the caller now, and how much of it a query lets through (``AssessorQueueIn`` loaded)."""

    query: dict[str, Any]

    @cached_property
    def session(self) -> ReadSession:
        """Return one look at the records."""
        return services().session()

    @cached_property
    def lacking(self) -> tuple[UUID, ...]:
        """Return the records that are shown without a fact, which may have ended a part or taken work back."""
        return tuple(sorted({fact.stream for fact in services().views.aside}))

    @cached_property
    def cards(self) -> dict[UUID, EnrolmentCard]:
        """Return the enrolments in which the caller assesses or confirms today."""
        found = concerned(services().reads, caller(), today())
        return {item: card for item, card in found.items() if item not in self.lacking}

    @cached_property
    def names(self) -> dict[UUID, str]:
        """Return the names of their apprentices."""
        return {card.enrolment.apprentice: card.name for card in self.cards.values()}

    @cached_property
    def declared(self) -> frozenset[UUID]:
        """Return the apprentices to whom the caller ever said what they are."""
        return frozenset(each.apprentice for each in self.session.state(PERSON, caller()).interests)

    @cached_property
    def asked(self) -> list[OpenAttempt]:
        """Return the open attempts that ask something of the caller, oldest first."""
        return [row for row in asked_of(open_attempts(), self.cards) if row.assessment_id not in self.lacking]

    @cached_property
    def codes(self) -> Codes:
        """Return what the codes of the apprentices' plans are of."""
        return Codes(self.cards)

    @cached_property
    def shown_to_caller(self) -> dict[Any, tuple[UUID, ...]]:
        """Return the enrolments of which more is shown than whose they are, by plan edition, route and form."""
        alike: dict[Any, list[UUID]] = {}
        for each, card in self.cards.items():
            if card.enrolment.apprentice in self.declared:
                alike.setdefault(self.codes.key(each), []).append(each)
        return {key: tuple(of) for key, of in alike.items()}

    def _chosen(self, enrolments: Iterable[UUID]) -> tuple[UUID, ...]:
        """Return those of these enrolments that are of the apprentice asked for."""
        whose = self.query["apprentice"]
        return tuple(each for each in enrolments if whose in (None, self.cards[each].enrolment.apprentice))

    def _pieces(self, key: Any, enrolments: tuple[UUID, ...]) -> list[tuple[str, Piece]]:
        """Return what waits of some alike enrolments, each with the claims of its versions."""
        wanted = Wanted(enrolments=enrolments, but=self.lacking)
        of = self.codes
        return [
            (
                each.claims,
                Piece(
                    KIND_OF_FILE.get(each.media_type),
                    of.outcomes(key, each.claims),
                    of.components(key, each.claims),
                    each.number,
                    each.older,
                ),
            )
            for each in counted(services().reads, wanted, services().now())
        ]

    @cached_property
    def pieces(self) -> dict[Any, list[tuple[str, Piece]]]:
        """Return the versions that wait of which more is shown than whose they are, alike ones together."""
        return {key: self._pieces(key, enrolments) for key, enrolments in self.shown_to_caller.items()}

    @cached_property
    def open_ones(self) -> list[tuple[OpenAttempt, Piece]]:
        """Return the attempts that ask something of the caller, each as a piece of work."""
        return [(row, self._of_attempt(row)) for row in self.asked]

    def _of_attempt(self, row: OpenAttempt) -> Piece:
        waited = services().now() - row.since
        older = tuple(int(waited >= timedelta(days=days)) for days in AGES)
        if self.cards[row.enrolment_id].enrolment.apprentice not in self.declared:
            return Piece(None, frozenset(), frozenset(), 1, older)
        component = self.session.state(FORM, row.form_id).component(row.component)
        codes = " ".join(component.codes) if component else ""
        outcomes = self.codes.outcomes(self.codes.key(row.enrolment_id), codes)
        return Piece(what_of(row), outcomes, frozenset({row.component}), 1, older)

    @cached_property
    def _attempts(self) -> list[OpenAttempt]:
        """Return the attempts that the filters let through, oldest first."""
        return [
            row
            for row, piece in self.open_ones
            if piece.waiting(self.query["age"]) and piece.matches(self.query) and self._chosen([row.enrolment_id])
        ]

    @cached_property
    def wanted(self) -> list[Wanted]:
        """Return which versions the filters let through, of whichever apprentice."""
        age, kind = self.query["age"], self.query["kind"]
        whole = Wanted(
            enrolments=tuple(self.cards),
            media_types=tuple(each for each, of in KIND_OF_FILE.items() if of == kind) if kind else None,
            until=services().now() - timedelta(days=age) if age else None,
            but=self.lacking,
        )
        if all(self.query[name] is None for name in HIDDEN):
            return [whole]
        if kind and not whole.media_types:
            return []
        by_codes = any(self.query[name] is not None for name in ("outcome", "component"))
        return [
            changed(whole, enrolments=enrolments, claims=self._claims(key) if by_codes else None)
            for key, enrolments in self.shown_to_caller.items()
            if not by_codes or self._claims(key)
        ]

    def _claims(self, key: Any) -> tuple[str, ...]:
        """Return the claims with which versions are of the outcome and the component asked for."""
        return tuple(sorted({claims for claims, piece in self.pieces[key] if piece.matches(self.query, but="kind")}))

    @cached_property
    def whole(self) -> dict[UUID, int]:
        """Return how many versions wait of each enrolment, whatever is asked for."""
        return of_each(services().reads, Wanted(enrolments=tuple(self.cards), but=self.lacking))

    @cached_property
    def numbers(self) -> Counter[UUID]:
        """Return how much of each enrolment the filters let through, of whichever apprentice."""
        found = Counter[UUID]()
        plain = all(self.query[name] is None for name in NARROWED if name != APPRENTICE)
        for each in [self.whole] if plain else [of_each(services().reads, wanted) for wanted in self.wanted]:
            found.update(each)
        for row, piece in self.open_ones:
            if piece.matches(self.query):
                found[row.enrolment_id] += piece.waiting(self.query["age"])
        return +found

    @cached_property
    def total(self) -> int:
        """Return how much waits that the filters let through."""
        return sum(self.numbers[each] for each in self._chosen(self.numbers))

    @cached_property
    def undeclared(self) -> Counter[UUID]:
        """Return how much waits of each apprentice to whom the caller has not said yet what they are."""
        found = Counter[UUID]()
        waiting = [*self.whole.items(), *((row.enrolment_id, 1) for row, _ in self.open_ones)]
        for enrolment_id, number in waiting:
            apprentice = self.cards[enrolment_id].enrolment.apprentice
            if apprentice not in self.declared:
                found[apprentice] += number
        return found

    def counts(self, name: str) -> Counter[Any]:
        """Return how much waits under each value of a filter, as the others let it through."""
        age, found = self.query["age"], Counter[Any]()
        if name == APPRENTICE:
            for each, number in self.numbers.items():
                found[self.cards[each].enrolment.apprentice] += number
            return found
        if name == "age":
            plain = all(self.query[each] is None for each in HIDDEN)
            hidden = self._of_undeclared() if plain else []
            matching = [piece for piece in self._narrow_pieces if piece.matches(self.query)]
            return Counter({days: sum(piece.waiting(days) for piece in (*matching, *hidden)) for days in AGES})
        for piece in self._narrow_pieces:
            if piece.matches(self.query, but=name):
                for value in piece.values(name):
                    found[value] += piece.waiting(age)
        return +found

    @cached_property
    def _narrow_pieces(self) -> list[Piece]:
        """Return the work of the apprentice asked for of which more is shown than whose it is."""
        versions = (
            self.pieces
            if self.query["apprentice"] is None
            else {key: self._pieces(key, self._chosen(of)) for key, of in self.shown_to_caller.items()}
        )
        open_ones = [piece for row, piece in self.open_ones if self._chosen([row.enrolment_id]) and piece.kind]
        return [*(piece for of in versions.values() for _, piece in of), *open_ones]

    def _of_undeclared(self) -> list[Piece]:
        """Return the work of the apprentice asked for of which no more is shown than whose it is."""
        shown = {each for of in self.shown_to_caller.values() for each in of}
        hidden = Wanted(enrolments=self._chosen(self.cards.keys() - shown), but=self.lacking)
        return [
            *(
                Piece(None, frozenset(), frozenset(), each.number, each.older)
                for each in counted(services().reads, hidden, services().now())
            ),
            *(piece for row, piece in self.open_ones if self._chosen([row.enrolment_id]) and not piece.kind),
        ]


def what_of(row: Row) -> Waits:
    """Return what it is that waits."""
    if isinstance(row, WaitingEvidence):
        return "evidence"
    return "confirmation" if row.decider else "attempt"


def asked_of(rows: Iterable[OpenAttempt], cards: dict[UUID, EnrolmentCard]) -> list[OpenAttempt]:
    """Return those of these open attempts that ask something of the caller."""
    session, there = services().session(), [row for row in rows if row.enrolment_id in cards]
    limited = (cards[row.enrolment_id].enrolment.forms_of_parts() for row in there)
    components = components_of(session, frozenset[UUID]({row.form_id for row in there}).union(*limited))
    return [
        row
        for row in there
        if is_asked(
            row,
            row.decider,
            ForPart(
                by=caller(),
                at=services().now(),
                today=today(),
                person=session.state(PERSON, caller()),
                enrolment=cards[row.enrolment_id].enrolment,
                form=session.state(FORM, row.form_id),
                components=components,
            ),
        )
    ]


def open_attempts() -> list[OpenAttempt]:
    """Return the open attempts in which the caller may be asked for something; asked once in a request that reads."""
    known: list[OpenAttempt] | None = g.get("open_attempts")
    if known is None:
        known = attempts(services().reads, caller(), today())
        if request.method in SAFE:
            g.open_attempts = known
    return known


def number_waiting() -> int:
    """Return how much waits for the caller, of whomever: what the header of every page says."""
    rows = open_attempts()
    cards = ENROLMENT_LIST.cards(services().reads, sorted({row.enrolment_id for row in rows}))
    return number_of_evidence(services().reads, caller(), today()) + len(asked_of(rows, cards))
