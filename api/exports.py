"""Exports: a list or a trail as a whole, as CSV or JSON lines: the same rows to the same people, page after page."""

import csv
import io
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import msgspec
from flask import Response, stream_with_context

from api.asked import lacking
from api.blueprint import Blueprint
from api.schemas import LONGEST_PAGE, PageOut

MARK = "\ufeff"
"""With it in front spreadsheets read UTF-8."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""With one of these at its beginning a spreadsheet computes a text, whatever it was meant to be."""

TYPES = {"csv": "text/csv", "jsonl": "application/jsonl"}

View = Callable[..., Any]


def exports(blueprint: Blueprint, schema: type[PageOut]) -> Callable[[View], View]:
    """Answer a list in this shape, or all that is left of it from the cursor on as a file where ``format`` asks that.

    Each further page is asked for as the first was, so nobody is told more than they would be by the pages. What it
    lacks stands on its last lines.
    """

    def decorated(view: View) -> View:
        @wraps(view)
        def answer(query: dict[str, Any], **named: Any) -> Any:
            if query["format"] == "json":
                return view(query, **named)
            whole = {**query, "limit": LONGEST_PAGE}
            first = view(whole, **named)  # a refusal is answered as one
            rows = _rows(view, schema, whole, first, named)
            name = f"{view.__name__.removeprefix('list_').removeprefix('get_').replace('_', '-')}.{query['format']}"
            lines = _csv(rows, schema) if query["format"] == "csv" else _json_lines(rows)
            result = Response(stream_with_context(lines), content_type=f"{TYPES[query['format']]}; charset=utf-8")
            result.headers.set("Content-Disposition", "attachment", filename=name)
            return result

        content = {kind: {"schema": {"type": "string"}} for kind in TYPES.values()}
        return blueprint.response(200, schema)(blueprint.doc(responses={200: {"content": content}})(answer))  # type: ignore[no-any-return]

    return decorated


def _rows(
    view: View, schema: type[PageOut], query: dict[str, Any], page: dict[str, Any], named: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    shape = schema()
    while True:
        yield from shape.dump(page)["items"]
        if page["next"] is None:
            return
        page = view({**query, "cursor": page["next"], "after": None}, **named)


def _json_lines(rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    for row in rows:
        yield msgspec.json.encode(row) + b"\n"
    if sentences := lacking():
        yield msgspec.json.encode({"lacks": sentences}) + b"\n"


def _csv(rows: Iterator[dict[str, Any]], schema: type[PageOut]) -> Iterator[str]:
    columns = columns_of(schema)
    yield MARK + _line(columns)
    for row in rows:
        yield _line([cell(row.get(column)) for column in columns])
    for sentence in lacking():
        yield _line([sentence])


def columns_of(schema: type[PageOut]) -> list[str]:
    """Return the names of a row's fields, in their order."""
    items: Any = schema().fields["items"]
    return [field.data_key or name for name, field in items.inner.schema.fields.items()]


def cell(value: Any) -> str:
    """Return a field as the text of a cell that no spreadsheet computes; what is no single value is written as JSON."""
    match value:
        case None:
            return ""
        case str():
            return f"'{value}" if value.startswith(FORMULA) else value
        case [*parts] if all(isinstance(part, str) for part in parts):
            return cell(", ".join(parts))
        case _:
            return msgspec.json.encode(value).decode()


def _line(cells: list[str]) -> str:
    line = io.StringIO(newline="")
    csv.writer(line).writerow(cells)
    return line.getvalue()
