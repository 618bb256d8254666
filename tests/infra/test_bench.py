import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

import msgspec
import psycopg
import pytest
from flask import Flask

from infra.bench.check import check
from infra.bench.college import College
from infra.bench.command import ours
from infra.bench.facts import NOTE
from infra.bench.http import http
from infra.bench.large_file import write_large_file
from infra.bench.lists import service as reading
from infra.bench.log import long_log
from infra.bench.measure import ChildFailed, Operation, Row, Worker, ceiling_row, rate, ratio_row, rounds
from infra.bench.memory import watched
from infra.bench.pages import pages
from infra.bench.peers.conventional import service as conventional
from infra.bench.peers.conventional.fill import fill
from infra.bench.peers.script import Script
from infra.bench.project import caught_up, emptied
from infra.bench.report import line
from infra.bench.seen import seen
from infra.bench.service import serving
from infra.bench.stores import Bench, Store
from infra.bench.stores_postgres import scratch_database
from infra.bench.stores_sqlite import scratch_folder
from infra.bench.upload import upload
from infra.cli import cli
from infra.cli.running import run
from infra.demo.client import Refused
from infra.store.journal import EventJournal
from infra.store.postgres.migrate import NotAllowed
from portfolio.domain.kernel import Entry
from projections.audit_trail import AUDIT_TRAIL
from projections.machinery.owner import OWNER
from projections.machinery.runner import Projector
from projections.readiness import READINESS
from projections.views import VIEWS
from tests.infra.store.given import wait_until
from tests.postgres import Databases
from tests.soak import times

Scratch = Callable[[], AbstractContextManager[Store]]


@pytest.fixture(params=["sqlite", "postgres"])
def scratch(request: pytest.FixtureRequest) -> Scratch:
    """Make scratch stores of each kind in turn."""
    if request.param == "sqlite":
        return scratch_folder
    return partial(scratch_database, request.getfixturevalue("pg_server"))


@contextmanager
def one_by_one() -> Iterator[Worker]:
    def operation() -> int:
        return 1

    yield lambda: operation


@contextmanager
def failing() -> Iterator[Worker]:
    def worker() -> Operation:
        raise OSError("no room")

    yield worker


# --- measuring --------------------------------------------------------------------------------------------------------


def test_a_row_says_whether_its_goal_is_met() -> None:
    rates = {"portfolio": 30.0, "raw": 20.0, "another": 10.0}
    met, short = ratio_row("appends", rates, goal=1.5), ratio_row("appends", rates, goal=1.6)
    assert line(met) == "appends: 1.5 (goal 1.5 met) – peers: raw 1; another 0.5"
    assert line(short) == "appends: 1.5 (short of 1.6) – peers: raw 1; another 0.5"
    assert line(ratio_row("appends", rates, goal=None)) == "appends: 1.5 (no goal) – peers: raw 1; another 0.5"


def test_a_cost_is_to_stay_below_its_goal() -> None:
    assert line(ceiling_row("seconds", 9.5, goal=10.0)) == "seconds: 9.5 (goal 10 met)"
    assert line(ceiling_row("seconds", 10.5, goal=10.0)) == "seconds: 10.5 (short of 10)"


def test_candidates_take_turns_and_medians_are_compared() -> None:
    turns: list[str] = []
    figures = iter([5.0, 1.0, 3.0, 2.0, 4.0, 9.0])

    def turn(name: str) -> float:
        turns.append(name)
        return next(figures)

    medians = rounds({"ours": partial(turn, "ours"), "raw": partial(turn, "raw")}, 3)
    assert turns == ["ours", "raw"] * 3
    assert medians == {"ours": 4.0, "raw": 2.0}


def test_what_a_thread_raises_ends_the_round() -> None:
    with pytest.raises(OSError, match="no room"):
        rate(failing, threads=4, seconds=0.01)


@pytest.mark.slow
def test_the_rates_of_all_processes_are_added_up() -> None:
    assert rate(one_by_one, threads=2, seconds=0.01, processes=2) > 0


@pytest.mark.slow
def test_a_process_that_fails_ends_the_round(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ChildFailed):
        rate(failing, threads=2, seconds=0.01, processes=2)
    assert "OSError: no room" in capfd.readouterr().err


# --- scratch stores ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("failure", [KeyboardInterrupt, OSError])
def test_a_scratch_database_is_dropped_whatever_happens(pg_server: str, failure: type[BaseException]) -> None:
    made = []

    def fail() -> None:
        with scratch_database(pg_server) as store, closing(store.journal()):
            made.extend(scratch_databases(pg_server))
            raise failure

    with pytest.raises(failure):
        fail()
    assert len(made) == 1
    assert scratch_databases(pg_server) == []


@pytest.mark.slow
def test_who_may_make_no_database_reads_one_sentence(databases: Databases) -> None:
    with psycopg.connect(databases.server, autocommit=True) as connection:
        connection.execute("CREATE ROLE bench_guest LOGIN")
        try:
            with (
                pytest.raises(NotAllowed, match="permission denied"),
                scratch_database(psycopg.conninfo.make_conninfo(databases.server, user="bench_guest")),
            ):
                pass
        finally:
            connection.execute("DROP ROLE bench_guest")


def scratch_databases(server: str) -> list[str]:
    with psycopg.connect(server) as connection:
        names = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'portfolio\\_bench%'")
        return [name for (name,) in names]


# --- peers do the same work -------------------------------------------------------------------------------------------


def test_the_loop_by_hand_fills_the_same_tables(scratch: Scratch) -> None:
    with scratch() as store, long_log(store, 300) as journal:
        emptied(store)
        with closing(store.views()) as views:
            caught_up(Projector(journal, views, (READINESS, AUDIT_TRAIL)))
            owners, pictures, trail = (list(views.rows(view)) for view in (OWNER, READINESS, AUDIT_TRAIL))
        emptied(store)
        with closing(store.peers.loop()) as loop:
            Script().run(loop)
        with closing(store.views()) as views:
            assert list(views.rows(OWNER)) == owners
            assert list(views.rows(READINESS)) == pictures
            assert list(views.rows(AUDIT_TRAIL)) == trail
            assert views.position(AUDIT_TRAIL.table) == journal.head() == len(trail) + 2  # a plan and a form


def test_a_measured_stream_has_twenty_facts_before_its_first_command(scratch: Scratch) -> None:
    with scratch() as store, ours(store, 32, cold=False) as worker, store.journal() as journal:
        worker()
        versions = [entry.originator_version for entry in journal.since(2) if entry.originator_version > 19]
        assert versions == [20] * 10


def test_the_service_that_somebody_would_build_instead_claims_once_and_says_so(
    scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scratch() as store, store.journal() as journal:
        college = College(journal, 2, administrator=uuid4())
        app, (mia, other) = built_instead(store, college, monkeypatch), college.apprentices
        client = app.test_client()
        signed_in = {"Authorization": f"Bearer {conventional.token(KEY, mia.person)}"}
        claim = partial(client.post, f"/evidence/{mia.items[0]}/claims", headers=signed_in | {"Idempotency-Key": "1"})
        statuses = [claim(json={"version": 1, "codes": [code]}).status_code for code in ("S1", "S1", "K99")]
        assert statuses == [201, 201, 409]
        theirs = f"/evidence/{other.items[0]}/claims"
        assert client.post(theirs, headers=signed_in | {"Idempotency-Key": "2"}, json=CLAIM).status_code == 404
        told = client.get(f"/enrolments/{mia.enrolment}/readiness", headers=signed_in).get_json()["codes"]
        assert [row["items"] for row in told if row["code"] == "S1"] == [[str(mia.items[0])]]
        assert client.get(f"/enrolments/{other.enrolment}/readiness", headers=signed_in).status_code == 404
        app.extensions["database"].dispose()


def test_its_pages_show_the_same_work_as_ours(scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    with scratch() as store, store.journal() as journal, closing(store.views()) as views:
        college = College(journal, 2, administrator=uuid4())
        mia = college.apprentices[0]
        projector = Projector(journal, views, VIEWS)
        projector.rebuild()
        app = built_instead(store, college, monkeypatch)
        ours, theirs = reading(journal, projector), app.test_client(use_cookies=False)
        shown = {
            (mia.person, f"/enrolments/{mia.enrolment}"): ["Desk log 27", "K12"],
            (mia.assessor, f"/evidence/{mia.waiting[1]}?page=3&queue=sort%3Drecorded"): [NOTE.strip(), "of 4 in your"],
            (mia.assessor, "/queue"): ["Desk log 27", "4 pieces of work", "Mia 0"],
        }
        for (person, path), texts in shown.items():
            page = ours.get(path, headers={"Authorization": f"Bearer {person}"}).text
            other = theirs.get(path, headers={"Cookie": conventional.cookie(KEY, person)}).text
            assert [text in page and text in other for text in texts] == [True] * len(texts), path
            assert theirs.get(path).status_code == 401
        member = {"Authorization": f"Bearer {college.case.member}"}
        assert "It was left out." in ours.get(f"/appeals/{college.case.appeal}", headers=member).text
        app.extensions["database"].dispose()


def built_instead(store: Store, college: College, monkeypatch: pytest.MonkeyPatch) -> Flask:
    fill(store.peers.address, college)
    monkeypatch.setenv(conventional.ADDRESS, store.peers.address)
    monkeypatch.setenv(conventional.KEY, KEY)
    return conventional.application()


# --- what must not fail to be noticed ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_fact_that_readers_do_not_get_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = EventJournal.since

    def leaky(journal: EventJournal, position: int, limit: int = 1000) -> Sequence[Entry]:
        return [entry for entry in whole(journal, position, limit) if entry.position != 7]

    monkeypatch.setattr(EventJournal, "since", leaky)
    reader, rebuild = seen(Bench("SQLite", "sqlite3", scratch_folder, seconds=0.2, rounds=1, facts=0))
    assert (reader.figure, reader.met) == (1.0, False)
    assert rebuild.figure >= 1.0


@pytest.mark.slow
def test_neither_a_reader_nor_a_rebuild_misses_a_fact(scratch: Scratch) -> None:
    kind = "SQLite" if scratch is scratch_folder else "PostgreSQL"
    rows = seen(Bench(kind, "any", scratch, seconds=times(1), rounds=1, facts=0))
    assert [row.met for row in rows] == [True, True]


CLAIM, KEY = {"version": 1, "codes": ["S1"]}, "k" * 32
GROWING = "import sys; sys.stdin.readline(); much = b'x' * 40_000_000; print(len(much)); sys.stdin.readline()"


def test_a_process_that_grows_is_seen_to_grow() -> None:
    child = [sys.executable, "-c", GROWING]
    with subprocess.Popen(child, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as process:  # noqa: S603 - our own script
        assert process.stdin
        assert process.stdout
        with watched(os.getpid()) as grown:
            process.stdin.write("\n")
            process.stdout.readline()
            wait_until(lambda: grown.before.get(process.pid, 0) > 30_000)
        process.stdin.write("\n")
    assert grown.before[process.pid] < 60_000
    assert 30 < grown.most() < 60


@pytest.mark.slow
@pytest.mark.parametrize("measure", [upload, check])
def test_a_real_server_of_its_own_takes_the_file_and_all_its_processes_are_watched(
    measure: Callable[[Bench], list[Row]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTFOLIO_DATABASE_URL", "postgresql://somebody@127.0.0.1:1/elsewhere")
    rows = measure(Bench("SQLite", "sqlite3", scratch_folder, seconds=0.2, rounds=1, facts=0, megabytes=6))
    ratios = [row for row in rows if row.peers]
    assert [row.figure > 0 for row in ratios] == [True] * (1 if measure is upload else 2)
    assert all(row.met for row in rows if "memory" in row.row and row.goal)
    children = [row.figure for row in rows if "child" in row.row]
    assert all(5 < figure < 100 for figure in children), "a child that was not seen"
    assert len(children) == len(ratios)


def test_a_file_that_is_not_sealed_is_no_figure(tmp_path: Path) -> None:
    picture = write_large_file(tmp_path / "large.png", 1_000)
    with serving(tmp_path) as service, pytest.raises(Refused, match="declared as image/png but is TXT"):
        service.finish(service.bring(picture, "image/png"))


# --- the command line -------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", ["append", "command", "project", "latency", "rebuild", "seen", "growth"])
@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_bench_prints_a_list_of_rows(name: str, store: str, pg_server: str, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--database", pg_server] if store == "postgres" else []
    assert run(cli, ["bench", name, "--seconds=0.01", "--rounds=1", "--facts=500", "--json", *where]) == 0
    rows = msgspec.json.decode(capsys.readouterr().out)
    assert rows
    assert all(list(row) == ["row", "figure", "goal", "met", "peers"] for row in rows)
    assert all((row["goal"] is None) == (row["met"] is None) for row in rows)
    assert scratch_databases(pg_server) == []


@pytest.mark.slow
def test_the_bench_of_http_measures_both_services(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.bench.http.CLIENTS", (8,))
    monkeypatch.setattr("infra.bench.http.WARM_UP_SECONDS", 0.01)
    rows = http(Bench("SQLite", "sqlite3", scratch_folder, seconds=0.1, rounds=1, facts=0))
    assert len(rows) == 8 * 5 + 4 + 2
    assert all(row.figure > 0 and all(figure > 0 for figure in row.peers.values()) for row in rows)


@pytest.mark.slow
def test_the_days_pages_are_measured_with_what_is_on_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, few in (("APPRENTICES", 20), ("EACH", 4), ("OPEN", 5), ("OTHERS", 1)):
        monkeypatch.setattr(f"infra.bench.waiting.{name}", few)
    rows = pages(Bench("SQLite", "sqlite3", scratch_folder, seconds=0.1, rounds=1, facts=0))
    assert [row.figure > 0 for row in rows] == [True] * 10


def test_bench_wants_the_address_of_a_server(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cli, ["bench", "append", "--database", "mysql://machine/x"]) == 2
    assert "--database" in capsys.readouterr().err
