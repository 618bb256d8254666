"""Releases know each other: an older one neither reads nor writes what a newer one has begun to write (RECORD-4)."""

import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from tests.faults.postgres import wait_until
from tests.faults.service import COMMAND, PERSON, REST, Caller, Server, Unreachable

NEWER = [COMMAND[0], "-c", "import portfolio.domain.catalogue as c; c.NUMBER += 1; from infra.cli import main; main()"]
"""A release that says of itself that it knows more facts; in all else it is the present one."""
WORKERS = 2
ASKED = 10 * WORKERS
"""Times that something is asked where every process of a server has to be met."""


def refuses(caller: Caller) -> bool:
    """Tell whether no process of a server does anything any more, each for the reason that there is a newer release."""
    answers = [caller.ask("GET", "/v1/people") for _ in range(ASKED)]
    return all(answer.status == 503 and answer.body["type"] == "/problems/newer-release" for answer in answers)


@pytest.mark.slow
def test_an_older_release_refuses_a_newer_record_at_its_start(tmp_path: Path) -> None:
    older = Server(tmp_path)
    newer = older.beside(NEWER)
    newer.start()
    newer.caller.done("POST", "/v1/people", PERSON)
    newer.end(signal.SIGTERM)
    with pytest.raises(AssertionError, match="A newer release has written to this record: this one neither reads nor"):
        older.start()
    older.end(signal.SIGKILL)


def key_of(name: str) -> str:
    """Return the idempotency key under which somebody of this name is registered."""
    return name.replace(" ", "/")


class Registering:
    """Registers one person after the other with a server until it is refused, and keeps what it was answered."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self.answered: dict[str, str] = {}
        """The id that each was answered with, by name."""
        self.open = ""
        """Whose request was not carried out, or who knows."""

    def __call__(self, refused: Event) -> None:
        while not refused.is_set():
            name = self.open or f"Person {len(self.answered)}"
            try:
                answer = self._caller.ask("POST", "/v1/people", {**PERSON, "name": name}, key_of(name))
            except Unreachable:
                answer = None
            assert answer is None or answer.status in (200, 201, 503), answer
            if answer is None or answer.status == 503:
                self.open = name
                refused.wait(REST)
            else:
                self.answered[name], self.open = answer.body["id"], ""


@pytest.mark.slow
def test_in_a_rolling_upgrade_nothing_is_lost_the_old_worker_says_why_it_stops_and_the_new_one_serves(
    tmp_path: Path, database: str
) -> None:
    older = Server(tmp_path, database)
    newer = older.beside(NEWER)
    registering, stop = Registering(older.caller.another()), Event()
    older.start()
    try:
        with ThreadPoolExecutor(1) as writers:
            writing = writers.submit(registering, stop)
            try:
                wait_until(lambda: len(registering.answered) >= 20, "nobody is registered")
                newer.start()
                wait_until(lambda: refuses(older.caller), "the older release goes on")
            finally:
                stop.set()
            writing.result()
        ready = older.caller.ask("GET", "/readyz")
        assert (ready.status, "A newer release has written" in ready.body["wrong"]["release"]) == (503, True)
        assert older.caller.ask("GET", "/healthz").status == 200
        newer.catch_up()
        if registering.open:
            name = registering.open
            registering.answered[name] = newer.caller.done(
                "POST", "/v1/people", {**PERSON, "name": name}, key_of(name)
            )["id"]
        for name, person in registering.answered.items():
            assert newer.caller.done("GET", f"/v1/people/{person}")["name"] == name
        found = newer.caller.done("GET", "/v1/people?search=Person&limit=200")["items"]
        assert len(found) == min(len(registering.answered), 200)
    finally:
        for server in (older, newer):
            server.end(signal.SIGTERM)
