"""An import through HTTP whose server is killed twice in the middle is completed by one more press (IMPORT-2)."""

import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from threading import Event
from uuid import UUID

import pytest

from portfolio.domain.imports import ImportBegun
from portfolio.domain.person import PersonRegistered, RoleGranted
from tests.faults.postgres import wait_until
from tests.faults.service import Caller, Server, Unreachable
from tests.soak import times

PEOPLE = times(100)
ID = UUID(int=4711)
PATH = f"/v1/imports?import_id={ID}"
FILE = "name,works for,roles\n" + "".join(f"Guiomar {n},centre,coach|centre assessor\n" for n in range(PEOPLE))
FACTS = 3 * PEOPLE
"""Each line is a person and two roles."""


def press(caller: Caller, enough: Event) -> None:
    """Send the file to a server that does not live to answer, again if it takes long."""
    while not enough.is_set():
        with suppress(Unreachable):
            caller.ask("POST", PATH, FILE.encode())


@pytest.mark.slow
def test_a_server_that_is_killed_in_the_middle_twice_completes_the_import_and_doubles_nothing(tmp_path: Path) -> None:
    server = Server(tmp_path)
    with closing(server.settings.store.open_journal(b"", read_only=True)) as journal, ThreadPoolExecutor(2) as presses:
        before = journal.head()
        for third in (1, 2):
            server.start()
            pressing = presses.submit(press, server.caller.another(), enough := Event())
            try:
                wait_until(
                    lambda third=third: journal.head() > before + third * FACTS // 3,  # type: ignore[misc]  # bound in the loop
                    "the import does not come so far",
                )
            finally:
                enough.set()
                server.end(signal.SIGKILL)
            pressing.result()
            assert journal.head() < before + FACTS
        server.start()
        try:
            at_once = [presses.submit(server.caller.another().done, "POST", PATH, FILE.encode()) for _ in range(2)]
            for body in (*(each.result() for each in at_once), server.caller.done("GET", f"/v1/imports/{ID}")):
                assert (body["complete"], body["last_line"], body["reached"]) == (True, PEOPLE + 1, PEOPLE + 1)
                assert body["left_out"] == body["refused"] == []
            head = journal.head()
            server.caller.done("POST", PATH, FILE.encode())
            assert journal.head() == head
        finally:
            server.end(signal.SIGTERM)
        facts = [entry.fact for entry in journal.since(before, head)]
        kinds = Counter(type(fact) for fact in facts)
        names = Counter(fact.name for fact in facts if isinstance(fact, PersonRegistered))
        assert names == {f"Guiomar {number}": 1 for number in range(PEOPLE)}
        assert (kinds[RoleGranted], kinds[ImportBegun]) == (2 * PEOPLE, 1)
        assert "Guiomar" not in server.log()
        assert list(server.faults()) == []
