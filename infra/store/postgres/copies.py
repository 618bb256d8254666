"""Copies of the record: taken by ``pg_dump`` in one snapshot, read through, and loaded where there is none."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from infra.store.contents import TABLES, Contents, contents_of, summed
from infra.store.postgres.server import address, reach, shown
from infra.store.postgres.snapshot import snapshot
from infra.store.refusals import CopyDamaged, ProgramFailed

SCHEMA = "record"
COPIED = re.compile(rb"COPY record\.(\w+) \(([\w, \"]+)\) FROM stdin;\n")
ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
LETTERS = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


def copy(url: str, to: Path) -> Contents:
    """Write the record as it is at one moment to a new file and return what it held; raise ``CannotOpen``."""
    for left in to.parent.glob(f"{to.name}.*part"):
        left.unlink()
    part = to.with_name(f"{to.name}.{os.getpid()}.part")  # who was killed may have left a program that still writes
    try:
        with snapshot(url) as moment:
            (name,) = next(iter(moment.select("SELECT pg_export_snapshot()")))
            run(url, "pg_dump", "--format=custom", f"--schema={SCHEMA}", f"--snapshot={name}", f"--file={part}")
            held = contents_of(moment)
    except psycopg.Error as error:
        raise ProgramFailed("pg_dump", " ".join(str(error).split()), shown(url)) from error
    part.replace(to)
    return held


def contents(file: Path) -> Contents:
    """Return what a copy holds, which is read from end to end; raise ``CopyDamaged`` or ``ProgramFailed``."""
    command = [program("pg_restore"), "--data-only", "--file=-", str(file)]
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints) as reading,  # noqa: S603 - PostgreSQL's own program
    ):
        try:
            held = summed(tables_in(iter(reading.stdout or ())))
        except (ValueError, IndexError) as error:  # a row that is none
            reading.kill()
            raise CopyDamaged(file, "its rows cannot be read") from error
        reading.wait()
        complaints.seek(0)
        complaint = complaints.read().decode(errors="replace")
    if reading.returncode:
        raise CopyDamaged(file, " ".join(complaint.split()))
    return held


def tables_in(lines: Iterator[bytes]) -> Iterator[tuple[str, Iterable[Sequence[Any]]]]:
    """Yield each table that a script loads, by its name, with its rows."""
    for line in lines:
        if (copied := COPIED.fullmatch(line)) and (name := copied[1].decode()) in TABLES:
            yield name, rows_in(lines, name, copied[2].decode().replace('"', "").split(", "))


def rows_in(lines: Iterator[bytes], table: str, columns: Sequence[str]) -> Iterator[Sequence[Any]]:
    """Yield the rows up to the end of a table, their values in the order in which we list its columns."""
    kinds = [(TABLES[table][name], columns.index(name)) for name in TABLES[table]]
    for line in lines:
        if line == b"\\.\n":
            return
        values = line[:-1].split(b"\t")
        yield tuple(value_of(kind, values[place]) for kind, place in kinds)


def value_of(kind: type, text: bytes) -> Any:
    """Return a value of a script as a store gives it."""
    if kind is int:
        return int(text)
    if kind is UUID:
        return UUID(text.decode()).bytes
    if b"\\" in text:
        text = ESCAPED.sub(lambda escaped: LETTERS.get(escaped[1], escaped[1]), text)
    return bytes.fromhex(text[2:].decode()) if kind is bytes else text.decode()


def holds_nothing(url: str) -> bool:
    """Tell whether the database has no record yet; raise ``CannotOpen``."""
    with reach(url) as connection:
        return connection.execute("SELECT to_regnamespace(%s) IS NULL", (SCHEMA,)).fetchone() == (True,)


def put_back(url: str, file: Path) -> None:
    """Load a copy into a database without a record, all of it or nothing; raise ``ProgramFailed``."""
    try:
        run(url, "pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", str(file))
    except ProgramFailed:
        if holds_nothing(url):  # else that of somebody who was killed has done it meanwhile
            raise


def run(url: str, name: str, *arguments: str) -> None:
    """Run a program of PostgreSQL's on the database, its password kept off the command line."""
    parameters = conninfo_to_dict(address(url))
    secret = parameters.pop("password", None)
    environment = {**os.environ, **({"PGPASSWORD": str(secret)} if secret else {})}
    command = [program(name), f"--dbname={make_conninfo('', **parameters)}", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - PostgreSQL's own program
    if done.returncode:
        raise ProgramFailed(name, " ".join(done.stderr.split()), shown(url))


def program(name: str) -> str:
    """Return where a program of PostgreSQL's lies; raise ``ProgramFailed``."""
    path = shutil.which(name)
    if path is None:
        raise ProgramFailed(name, "it is not installed here: install the PostgreSQL client of the server's release")
    return path
