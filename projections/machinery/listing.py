"""Listings: items filed under words, found by one of them and read on from any place, by name or as recorded.

A listing is a view like any other. Its table holds one *card* for each item, and a row for each word that the item is
filed under, perhaps from a day to a day: under nothing (there it finds every item), under the first letters of each
word of its name, under what it can be filtered by, under who may see it. Each such row repeats what the item is sorted
by, so a page is read off one index from the place where the last one ended. The rarest word that was asked for is read;
whatever else was asked of an item is looked up by its key, row by row, and no card is read but those of the page.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache, partial
from typing import Any, Generic, Literal, NamedTuple, TypeVar
from uuid import UUID

import msgspec

from portfolio.domain.kernel import Entry, Fact, Value
from projections.machinery.database import Reads, Rows, View

V = TypeVar("V", bound=Value)

Order = Literal["name", "recorded"]
Place = tuple[str | int, UUID]
"""Where an item stands in an order: what it is sorted by, then its id."""

Way = tuple[str, ...]
"""Words under all of which an item is filed; none of them: every item."""

EVERYTHING = ""
"""The word under which every item of a listing is filed."""
CARD = "@"
PREFIX = 3
"""So many first letters of each word of a name find it by the index; more are compared with what those find."""
LONGEST_NAME = 60
"""Characters of a name that it is sorted by: the place of an item must fit into a cursor."""
MOST_WORDS = 20
COUNTED = 10_000
"""Up to here is counted how often words are used, to read the rarest one first; of equals those of a name, which lie
together where names are sorted."""
WORD = re.compile(r"[^\W_]+")
STROKED = str.maketrans(
    {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "þ": "th", "æ": "ae", "œ": "oe", "ŋ": "n"}
)
"""Letters whose mark is no accent of its own to Unicode, and how they are typed by who has no such key."""
KEPT_CARDS = 500
COLUMN: dict[Order, str] = {"name": "name", "recorded": "position"}


@lru_cache(4_000)
def folded(text: str) -> str:
    """Return the words of a text as they are searched and sorted: without accents, case and punctuation."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(STROKED)
    kept = (letter for letter in plain if unicodedata.category(letter)[0] != "M" and letter not in "'\u2019")
    return " ".join(WORD.findall("".join(kept))[:MOST_WORDS])


def sorted_as(name: str) -> str:
    """Return what a name is sorted by."""
    return folded(name)[:LONGEST_NAME]


class Filing(NamedTuple):
    """A word under which an item is filed, perhaps from a day on, perhaps until the day before another."""

    under: str
    since: date | None = None
    until: date | None = None


class Listed(NamedTuple):
    """How an item is listed: what it is sorted and searched by, what it is filed under, and whose it is.

    ``position`` is that of its first fact. ``label`` is what it is sorted by where that is not its name.
    """

    name: str
    position: int
    under: Iterable[Filing] = ()
    about: UUID | None = None
    label: str = ""


class Found(NamedTuple, Generic[V]):
    """An item of a page: its place in the order asked for, and what its card says."""

    place: Place
    item: UUID
    card: V


FilingRows = dict[tuple[str, int], tuple[str, int, date | None, date | None]]
"""The rows of one item without its card, by word and number: what it is sorted by, and from when until when."""
Card = Callable[[UUID], V | None]
"""Returns the card that there is of an item."""


@dataclass(frozen=True)
class Listing(Generic[V]):
    """One list: its cards, how facts change them, and how a card is filed.

    ``changes(entry, owner, card)`` yields the new cards that follow from a fact, by item; ``listed(item, card)`` is
    None for a card that only helps to make others.
    """

    name: str
    version: int
    card: type[V]
    facts: tuple[type[Fact], ...]
    changes: Callable[[Entry, UUID | None, Card[V]], Iterable[tuple[UUID, V]]]
    listed: Callable[[UUID, V], Listed | None]

    @cached_property
    def view(self) -> View:
        """Return the view that keeps it."""
        return View(
            self.name,
            self.version,
            {"filed": str, "item": UUID, "number": int},
            {
                "name": str,
                "position": int,
                "since": date,
                "until": date,
                "words": str,
                "about": UUID,
                "card": self.card,
            },
            self._fold,
            self.facts,
            indexes=(
                ("filed", "name", "item", "since", "until"),
                ("filed", "position", "item", "since", "until"),
                ("filed", "item", "since", "until"),
            ),
        )

    def _fold(self, rows: Rows, entry: Entry, owner: UUID | None) -> None:
        """File every item anew that the fact changes."""

        def card(item: UUID) -> V | None:
            row = rows.get(CARD, item, 0)
            return row["card"] if row else None

        for item, after in self.changes(entry, owner, card):
            old, (listed, new) = self._filed(item, card(item))[1], self._filed(item, after)
            for under, number in old.keys() - new.keys():
                rows.delete(under, item, number)
            for (under, number), (name, position, since, until) in new.items():
                if old.get((under, number)) != new[under, number]:
                    rows.put(
                        under,
                        item,
                        number,
                        name=name,
                        position=position,
                        since=since,
                        until=until,
                        words=None,
                        about=None,
                        card=None,
                    )
            rows.put(
                CARD,
                item,
                0,
                name=None,
                position=None,
                since=None,
                until=None,
                words=folded(listed.name) if listed else None,
                about=listed.about if listed else None,
                card=after,
            )

    @cached_property
    def _last(self) -> dict[UUID, tuple[V, Listed | None, FilingRows]]:
        """Return how cards that were made last are filed: the next fact is often about one of them."""
        return {}

    def _filed(self, item: UUID, card: V | None) -> tuple[Listed | None, FilingRows]:
        """Return how a card is listed, and its rows."""
        if card is None:
            return None, {}
        last = self._last.get(item)
        if last is None or last[0] is not card:
            listed = self.listed(item, card)
            if len(self._last) >= KEPT_CARDS:
                self._last.clear()
            last = self._last[item] = (card, listed, dict(_rows(listed)) if listed else {})
        return last[1:]

    def cards(self, reads: Reads, items: Sequence[UUID]) -> dict[UUID, V]:
        """Return the cards of these items, of those that there are."""
        names = {f"i{number}": item for number, item in enumerate(items)}
        among = ", ".join(f":{name}" for name in names)
        sql = f"SELECT item, card FROM {self.view.table} WHERE filed = '{CARD}' AND number = 0 AND item IN ({among})"  # noqa: S608 - names of parameters only
        return {item: self._decoded(card) for item, card in (reads.query(sql, **names) if names else ())}

    def find(
        self,
        reads: Reads,
        today: date,
        *,
        ways: Sequence[Way] = ((),),
        also: Sequence[str] = (),
        without: str = "",
        search: str = "",
        order: Order = "name",
        backwards: bool = False,
        after: Place | None = None,
        limit: int,
    ) -> list[Found[V]]:
        """Return up to ``limit`` items after a place that one of these ways finds, filed ``also`` under all of those.

        ``without``: a word that must not find them. ``search``: words of which each begins one of the name.
        """
        searched = folded(search).split()
        longer = [word for word in searched if len(word) > PREFIX]
        names = [f"name={word[:PREFIX]}" for word in searched]
        asked: dict[str, Any] = {
            **{f"like{number}": f"% {word}%" for number, word in enumerate(longer)},
            **({"key": after[0], "item": after[1]} if after else {}),
            **({"without": without} if without else {}),
            "today": today,
            "limit": limit,
        }
        often = lru_cache(None)(partial(self._often, reads))
        found: dict[Place, bytes] = {}
        for way in ways:
            words = [*dict.fromkeys((*names, *way, *also))] or [EVERYTHING]
            read, *rest = sorted(words, key=often) if words[1:] else words
            sql = self._question(order, backwards, after is None, len(rest), len(longer), bool(without))
            named = {f"also{number}": word for number, word in enumerate(rest)}
            found |= {(key, item): card for key, item, card in reads.query(sql, **asked, **named, under=read)}
        places = sorted(found, reverse=backwards)[:limit]
        return [Found(place, place[1], self._decoded(found[place])) for place in places]

    def counted(
        self,
        reads: Reads,
        today: date,
        words: Iterable[str],
        *,
        ways: Sequence[Way] = ((),),
        also: Sequence[str] = (),
        search: str = "",
    ) -> dict[str, int]:
        """Return how many items one of these ways finds under each word, of those filed ``also`` under all of those."""
        searched = folded(search).split()
        asked = {
            **{f"word{number}": word for number, word in enumerate(words)},
            **{f"like{number}": f"% {word}%" for number, word in enumerate(searched)},
            **{f"also{number}": word for number, word in enumerate(also)},
        }
        by_way = []
        for number, way in enumerate(ways):
            named = {f"way{number}_{place}": word for place, word in enumerate(way)}
            asked |= named
            by_way.append(" AND ".join(f"{self._filed_under(word)} = 1" for word in named) or "1 = 1")
        if not by_way:
            return {}
        conditions = [
            f"f.filed IN ({', '.join(f':{name}' for name in asked if name.startswith('word'))})",
            held("f"),
            *(f"{self._filed_under(name)} = 1" for name in asked if name.startswith("also")),
            *(f"(SELECT ' ' || c.words {self._card}) LIKE :{name}" for name in asked if name.startswith("like")),
            f"(({') OR ('.join(by_way)}))",
        ]
        sql = f"SELECT f.filed, count(*) FROM {self.view.table} AS f WHERE {' AND '.join(conditions)} GROUP BY f.filed"  # noqa: S608 - names only
        return {word: int(number) for word, number in reads.query(sql, today=today, **asked)}

    def values(self, reads: Reads, today: date, name: str, most: int) -> list[str]:
        """Return up to so many values under which items are filed by this name, those of most items first."""
        sql = (
            f"SELECT f.filed FROM {self.view.table} AS f WHERE f.filed >= :first AND f.filed < :beyond AND {held('f')} "  # noqa: S608 - names only
            "GROUP BY f.filed ORDER BY count(*) DESC, f.filed LIMIT :most"
        )
        first = f"{name}="
        found = reads.query(sql, first=first, beyond=f"{name}{chr(ord('=') + 1)}", today=today, most=most)
        return [word.removeprefix(first) for (word,) in found]

    def _often(self, reads: Reads, word: str) -> int:
        """Return how many items are filed under a word; those that are ``COUNTED`` and more are all the same."""
        sql = f"SELECT count(*) FROM (SELECT 1 FROM {self.view.table} WHERE filed = :word LIMIT {COUNTED}) AS counted"  # noqa: S608 - the view's name
        return int(reads.query(sql, word=word)[0][0])

    def _question(self, order: Order, backwards: bool, start: bool, also: int, like: int, without: bool) -> str:
        """Return the question for a page of one word; ``also`` and ``like``: how many more words must find the item.

        Each condition is a question of its own about one row: no server then joins whole lists for a page.
        """
        key = f"f.{COLUMN[order]}"
        beyond, way = ("<", " DESC") if backwards else (">", "")
        conditions = [
            "f.filed = :under",
            held("f"),
            *([] if start else [f"({key}, f.item) {beyond} (:key, :item)"]),
            *(f"{self._filed_under(f'also{number}')} = 1" for number in range(also)),
            *([f"{self._filed_under('without')} IS NULL"] if without else []),
            *(f"(SELECT ' ' || c.words {self._card}) LIKE :like{number}" for number in range(like)),
        ]
        return (
            f"SELECT {key}, f.item, (SELECT c.card {self._card}) FROM {self.view.table} AS f "  # noqa: S608 - names only
            f"WHERE {' AND '.join(conditions)} ORDER BY {key}{way}, f.item{way} LIMIT :limit"
        )

    def _filed_under(self, word: str) -> str:
        """Return the question whether an item ``f`` is filed today under the word of this parameter."""
        table = self.view.table
        return f"(SELECT 1 FROM {table} AS a WHERE a.filed = :{word} AND a.item = f.item AND {held('a')} LIMIT 1)"  # noqa: S608 - names only

    @property
    def _card(self) -> str:
        """Return where the card of an item ``f`` is."""
        return f"FROM {self.view.table} AS c WHERE c.filed = '{CARD}' AND c.item = f.item AND c.number = 0"

    def _decoded(self, card: bytes) -> V:
        return msgspec.json.decode(card, type=self.card)


def held(row: str) -> str:
    """Return the condition that a filing holds today."""
    return f"({row}.since IS NULL OR {row}.since <= :today) AND ({row}.until IS NULL OR {row}.until > :today)"


def _rows(listed: Listed) -> Iterator[tuple[tuple[str, int], tuple[str, int, date | None, date | None]]]:
    """Yield the rows of an item without its card: (word, number), and what says where it stands and on which days."""
    words = folded(listed.name).split()
    name = listed.label or sorted_as(listed.name)
    periods: dict[str, list[Filing]] = {EVERYTHING: [Filing(EVERYTHING)]}
    for start in (f"name={word[:length]}" for word in words for length in range(1, PREFIX + 1)):
        periods[start] = [Filing(start)]
    for filing in listed.under:
        periods.setdefault(filing.under, []).append(filing)
    for word, filings in periods.items():
        for number, (since, until) in enumerate(_joined(filings)):
            yield (word, number), (name, listed.position, since, until)


def _joined(filings: Sequence[Filing]) -> list[tuple[date | None, date | None]]:
    """Return the days of filings under one word, so that no day lies in two of the periods."""
    if len(filings) == 1 and filings[0].since is None:
        return [filings[0][1:]]
    joined: list[tuple[date | None, date | None]] = []
    for _, since, until in sorted(filings, key=lambda filing: filing.since or date.min):
        if since is not None and until is not None and until <= since:
            continue
        if joined and (joined[-1][1] is None or (since or date.min) <= joined[-1][1]):
            first, last = joined[-1]
            joined[-1] = (first, None if last is None or until is None else max(last, until))
        else:
            joined.append((since, until))
    return joined
