"""Who follows the changes is told each once, in order and whole, however often the service is killed under them."""

import signal
from pathlib import Path
from threading import Event, Thread
from time import sleep

import pytest

from infra.main import open_record
from projections.changes import CHANGES
from tests.faults.postgres import wait_until
from tests.faults.service import PERSON, REST, Caller, Server, Unreachable
from tests.faults.writing import Writer

KILLS = 2
BETWEEN = 8
"""Events that are told from one kill to the next."""


def follow(caller: Caller, told: list[int], stop: Event) -> None:
    """Ask for what comes after the last answer, until told to stop and nothing comes any more."""
    after = ""
    while True:
        try:
            answer = caller.ask("GET", f"/v1/changes?wait=1&limit=5{after}")
        except Unreachable:
            sleep(REST)
            continue
        if answer.status >= 400:
            sleep(REST)
            continue
        told += [int(event["position"]) for event in answer.body["items"]]
        after = f"&after={answer.body['next']}"
        if stop.is_set() and not answer.body["items"]:
            return


@pytest.mark.slow
def test_nothing_is_left_out_and_nothing_told_twice_through_kills(tmp_path: Path) -> None:
    server, told, stop, over = Server(tmp_path), list[int](), Event(), Event()
    server.start()
    try:
        shared = server.caller.done("POST", "/v1/people", PERSON)["id"]
        writer, follower = Writer("writer", server.caller.another()), server.caller.another()
        threads = [
            Thread(target=writer.write, args=(shared, stop), daemon=True),
            Thread(target=follow, args=(follower, told, over), daemon=True),
        ]
        for thread in threads:
            thread.start()
        for _ in range(KILLS):
            before = len(told)
            wait_until(lambda before=before: len(told) >= before + BETWEEN, "nothing is told")  # type: ignore[misc]  # bound in the loop
            server.end(signal.SIGKILL)
            server.start()
        stop.set()
        threads[0].join()
        server.catch_up()
        over.set()
        threads[1].join()
    finally:
        stop.set()
        over.set()
        server.end(signal.SIGKILL)
    with open_record(server.settings, read_only=True) as record:
        facts = record.journal.since(0, limit=1_000_000)
    assert told == [fact.position for fact in facts if fact.tag in CHANGES.tags]
    assert follower.wrong == []
