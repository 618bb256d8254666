"""Each advisory lock of the database is held for one thing: two things under one number would wait for each other."""

import re
from collections import defaultdict

from tests.architecture.source import ROOT, named

LOCK = re.compile(r"\b70201011\d\d\b")
APPENDING = "7020101100"
"""Under which facts are appended, and nobody appends while a migration or the mending of an index runs."""


def test_every_number_of_a_lock_stands_in_one_file() -> None:
    files = defaultdict(set)
    for path in sorted((ROOT / "infra").rglob("*.*")):
        if path.suffix in (".py", ".sql"):
            for number in LOCK.findall(path.read_text()):
                files[number].add(named(path))
    assert len(files) >= 8
    assert {number: where for number, where in files.items() if len(where) > 1} == {
        APPENDING: {"infra/store/postgres/append.sql", "infra/store/postgres/migrate.py"}
    }
