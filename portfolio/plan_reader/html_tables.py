"""HTML tables: their rows and cells as pieces of the file, with spanning cells put where they belong."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from portfolio.plan_reader.markup import Span

TABLE = re.compile(r"<table\b[^<>]*>", re.IGNORECASE)
"""Where an HTML table begins."""

MOST_CELLS = 50
"""A row of more cells is of no plan."""

_TOKEN = re.compile(r"<(?P<close>/?)(?P<name>table|tr|t[dh]|caption)\b(?P<attributes>[^<>]*)>", re.IGNORECASE)
_COLUMNS = re.compile(r"\bcolspan\s*=\s*[\"']?\s*([0-9]{1,4})", re.IGNORECASE)
_ROWS = re.compile(r"\browspan\s*=\s*[\"']?\s*([0-9]{1,4})", re.IGNORECASE)


class TableFaulty(Exception):
    """The rows and cells of a table cannot be told apart: ``offset`` is where, ``reason`` why."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(reason)
        self.offset = offset
        self.reason = reason


@dataclass(frozen=True)
class _Cell:
    """One cell as written: what is in it, and over how many columns and rows it reaches."""

    span: Span
    columns: int
    rows: int


def read_table(text: str, opening: re.Match[str]) -> tuple[list[Span], int]:
    """Return where the rows of a table stand, and where it ends; raise ``TableFaulty`` if that cannot be told."""
    rows: list[Span] = []
    for token in _TOKEN.finditer(text, opening.end()):
        name, closes = token["name"].lower(), bool(token["close"])
        if name == "table":
            if not closes:
                raise TableFaulty(token.start(), "an HTML table stands inside another, and cells cannot be told apart.")
            return [*rows[:-1], (rows[-1][0], token.start())] if rows else [], token.end()
        if name in ("tr", "caption") and not closes:
            rows[-1:] = [(rows[-1][0], token.start())] if rows else []
            rows.append((token.start(), token.start()))
    raise TableFaulty(opening.start(), "an HTML table begins here and does not end.")


def cells(text: str, rows: list[Span]) -> Iterator[tuple[Span, ...]]:
    """Yield the cells of each row; columns that a cell from above or beside reaches over are empty."""
    reaching: dict[int, int] = {}
    for row in rows:
        spans: list[Span] = []
        for cell in _cells_of(text, row):
            while reaching.get(len(spans), 0):
                reaching[len(spans)] -= 1
                spans.append((cell.span[0], cell.span[0]))
            for column in range(cell.columns):
                if cell.rows > 1:
                    reaching[len(spans)] = cell.rows - 1
                spans.append(cell.span if column == 0 else (cell.span[1], cell.span[1]))
            if len(spans) > MOST_CELLS:
                break
        while spans and reaching.get(len(spans), 0):
            reaching[len(spans)] -= 1
            spans.append((row[1], row[1]))
        yield tuple(spans)


def _cells_of(text: str, row: Span) -> Iterator[_Cell]:
    tokens = [token for token in _TOKEN.finditer(text, *row) if token["name"].lower() != "tr" or token["close"]]
    for number, token in enumerate(tokens):
        if token["close"] or token["name"].lower() == "tr":
            continue
        end = tokens[number + 1].start() if number + 1 < len(tokens) else row[1]
        columns, rows = (pattern.search(token["attributes"]) for pattern in (_COLUMNS, _ROWS))
        yield _Cell((token.end(), end), int(columns[1]) if columns else 1, int(rows[1]) if rows else 1)
