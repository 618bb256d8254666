"""Narrowing: a list that its address searches and filters: how many there are, what is chosen, and its pages."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from flask import request, url_for

from api.fields import Cursor
from api.lists import ListIn, words_of
from api.pages.forms import query_of

ROWS = 25
"""Rows of a page."""


class Filter(NamedTuple):
    """A filter of a list: the name it is asked by, what people call it, its values and what they are called.

    A value that ``texts`` does not name is called what it is.
    """

    name: str
    label: str
    values: Sequence[str]
    texts: Mapping[str, str] = {}

    def called(self, value: str) -> str:
        """Return what people call a value."""
        return self.texts.get(value) or begun(value)


class Narrowed:
    """A list as the address of the page asks for it, in the schema ``asks`` of the API; blanks ask nothing."""

    def __init__(self, asks: type[ListIn], filters: Sequence[Filter], sort: str = "name") -> None:
        self.filters = filters
        self.asked = {name: value for name, value in request.args.items() if value.strip() and name not in BESIDE}
        place = {"cursor": request.args["place"]} if request.args.get("place") else {}
        self.query = query_of(asks, {"sort": sort, **self.asked, **place, "limit": str(ROWS)})

    def also(self, *but: str) -> list[str]:
        """Return the words under which is filed what the filters ask for, but those named."""
        return words_of(self.query, *(each.name for each in self.filters if each.name not in but))

    def options(self, counted: Callable[[Sequence[str], Sequence[str]], Mapping[str, int]]) -> list[dict[str, Any]]:
        """Return the filters as the form shows them; ``counted`` says how many of these words hold with those, too.

        A value that would find nothing is not offered, unless it is chosen.
        """
        return [self._options(each, counted) for each in self.filters]

    def _options(self, each: Filter, counted: Callable[..., Mapping[str, int]]) -> dict[str, Any]:
        numbers = counted([f"{each.name}={value}" for value in each.values], self.also(each.name))
        chosen = self.query[each.name]
        values = [
            (value, f"{each.called(value)} ({number})")
            for value in each.values
            if (number := numbers.get(f"{each.name}={value}", 0)) or value == chosen
        ]
        return {"name": each.name, "label": each.label, "values": values, "now": chosen}

    def chosen(self) -> list[dict[str, str]]:
        """Return what is chosen, each with the address of the list without it."""
        told = {each.name: f"{each.label}: {each.called(self.query[each.name] or '')}" for each in self.filters}
        told["search"] = f"Name: {self.query['search']}"
        return [
            {"text": text, "href": self.address(**{name: None})} for name, text in told.items() if self.query.get(name)
        ]

    def pages(self, page: Mapping[str, Any]) -> dict[str, str]:
        """Return where the list begins and goes on from a page of it, empty where it does not."""
        return {
            "first": self.address() if request.args.get("place") else "",
            "following": self.address(place=Cursor().write(page["next"])) if page["next"] else "",
        }

    def address(self, **other: str | None) -> str:
        """Return the address of the list as it is narrowed, or with something else asked."""
        asked = {name: value for name, value in {**self.asked, **other}.items() if value is not None}
        return url_for(cast(str, request.endpoint), **cast(dict[str, Any], asked))


BESIDE = ("after", "place", "cursor", "limit", "format")
"""What an address may say that narrows nothing."""


def begun(text: str) -> str:
    """Return a word as a list begins it."""
    return text[:1].upper() + text[1:]
