"""The state cache: right with one process and with several, bounded, and never the reason of a refusal."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.store.journal import EventJournal
from portfolio.application.handler import CommandHandler
from portfolio.application.ports import Busy, Idempotency, Vault
from portfolio.application.read_session import ReadSession
from portfolio.application.state_cache import StateCache
from portfolio.domain.competences import RecordCompetence
from portfolio.domain.kernel import Command, NotVisible, Rejected, State
from portfolio.domain.notices import ChooseNotices
from portfolio.domain.person import PERSON as PERSON_KIND
from portfolio.domain.person import EndRole, GrantRole, Person, RegisterPerson, RoleAlreadyHeld
from portfolio.domain.standing import ReinstatePerson, SuspendPerson
from portfolio.domain.vocabulary import SYSTEM
from tests.properties.memory import MemoryJournal
from tests.soak import times

PERSON = UUID(int=77)
ADMINISTRATOR = UUID(int=78)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[EventJournal]:
    journal = EventJournal.in_file(tmp_path / "facts.db", secret=b"secret")
    yield journal
    journal.close()


def process(journal: Any) -> CommandHandler:
    """Return a handler with a cache of its own, as each process has."""
    return CommandHandler(journal, cast(Vault, None), lambda: datetime.now(UTC), uuid4)


@pytest.fixture
def here(journal: EventJournal) -> CommandHandler:
    handler = process(journal)
    for person in (PERSON, ADMINISTRATOR):
        handler.execute(RegisterPerson(person_id=person, name="Somebody", works_for="centre"), SYSTEM)
    handler.execute(GrantRole(person_id=ADMINISTRATOR, role="administrator"), SYSTEM)
    return handler


class Counted(EventJournal):
    """A journal that remembers which streams were read."""

    name = "journal"
    reads: list[tuple[UUID, int]]

    def read(self, stream: UUID, until: int | None = None, after: int = 0) -> Any:
        self.reads.append((stream, after))
        return super().read(stream, until, after)


def test_a_stream_once_folded_is_not_read_again_for_the_next_command(tmp_path: Path) -> None:
    journal = Counted({"SQLITE_DBNAME": str(tmp_path / "facts.db")}, secret=b"secret")
    journal.reads = []
    try:
        here = process(journal)
        here.execute(RegisterPerson(person_id=PERSON, name="Somebody", works_for="centre"), SYSTEM)
        here.execute(GrantRole(person_id=PERSON, role="coach"), SYSTEM)
        here.execute(GrantRole(person_id=PERSON, role="employer"), SYSTEM)
        assert journal.reads.count((PERSON, 0)) == 1
    finally:
        journal.close()


def test_a_command_on_a_stream_that_another_process_moved_is_decided_anew(
    here: CommandHandler, journal: EventJournal
) -> None:
    process(journal).execute(GrantRole(person_id=PERSON, role="coach"), SYSTEM)
    here.execute(GrantRole(person_id=PERSON, role="employer"), SYSTEM)
    assert [entry.originator_version for entry in journal.read(PERSON)] == [1, 2, 3]


def test_nobody_is_refused_because_of_what_another_process_has_changed_since(
    here: CommandHandler, journal: EventJournal
) -> None:
    elsewhere = process(journal)
    here.execute(GrantRole(person_id=PERSON, role="coach"), SYSTEM)
    elsewhere.execute(EndRole(person_id=PERSON, role="coach"), ADMINISTRATOR)
    here.execute(GrantRole(person_id=PERSON, role="coach"), SYSTEM)
    with pytest.raises(RoleAlreadyHeld):
        here.execute(GrantRole(person_id=PERSON, role="coach"), SYSTEM)


def test_a_role_ended_by_another_process_permits_nothing_any_more(here: CommandHandler, journal: EventJournal) -> None:
    here.execute(GrantRole(person_id=PERSON, role="coach"), ADMINISTRATOR)
    elsewhere = process(journal)
    elsewhere.execute(GrantRole(person_id=PERSON, role="administrator"), SYSTEM)
    elsewhere.execute(EndRole(person_id=ADMINISTRATOR, role="administrator"), PERSON)
    with pytest.raises(NotVisible):
        here.execute(GrantRole(person_id=PERSON, role="employer"), ADMINISTRATOR)


class NothingKept(StateCache):
    """Forgets at once."""

    def put(self, name: Any, version: int, state: State, at: int = 0) -> None:
        """Keep nothing."""


PEOPLE = (PERSON, ADMINISTRATOR, UUID(int=79))
ACTS = st.one_of(
    st.builds(RegisterPerson, person_id=st.sampled_from(PEOPLE), name=st.just("Somebody"), works_for=st.just("centre")),
    st.builds(GrantRole, person_id=st.sampled_from(PEOPLE), role=st.sampled_from(("administrator", "coach"))),
    st.builds(EndRole, person_id=st.sampled_from(PEOPLE), role=st.sampled_from(("administrator", "coach"))),
    st.builds(SuspendPerson, person_id=st.sampled_from(PEOPLE), reason=st.just("A reason.")),
    st.builds(ReinstatePerson, person_id=st.sampled_from(PEOPLE), reason=st.just("A reason.")),
)

OWN_ACTS = st.builds(ChooseNotices, person_id=st.sampled_from(PEOPLE), mails=st.sampled_from(("daily", "none")))
DONE_BY = st.tuples(ACTS, st.sampled_from((*PEOPLE, SYSTEM))) | OWN_ACTS.map(lambda act: (act, act.person_id))


def outcome(handler: CommandHandler, command: Command, by: UUID) -> str | int:
    try:
        return handler.execute(command, by).version
    except Rejected as refusal:
        return type(refusal).__name__


@settings(max_examples=times(60), deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), DONE_BY), min_size=5, max_size=40))
def test_two_processes_that_keep_states_answer_as_one_that_keeps_none(
    acts: list[tuple[int, tuple[Command, UUID]]],
) -> None:
    shared, plain = MemoryJournal(), MemoryJournal()
    kept, none = (process(shared), process(shared)), replace(process(plain), cache=NothingKept())
    for person in (PERSON, ADMINISTRATOR):
        for begun in (
            RegisterPerson(person_id=person, name="Somebody", works_for="centre"),
            GrantRole(person_id=person, role="administrator"),
        ):
            assert outcome(kept[0], begun, SYSTEM) == outcome(none, begun, SYSTEM) != "NotVisible"
    for which, (command, by) in acts:
        assert outcome(kept[which], command, by) == outcome(none, command, by), command


def test_what_another_process_has_changed_since_is_not_taken_for_done(
    here: CommandHandler, journal: EventJournal
) -> None:
    here.execute(ChooseNotices(person_id=PERSON, mails="none"), PERSON)
    process(journal).execute(ChooseNotices(person_id=PERSON, mails="daily"), PERSON)
    here.execute(ChooseNotices(person_id=PERSON, mails="none"), PERSON)
    assert PERSON_KIND.fold(entry.fact for entry in journal.read(PERSON)).mails == "none"


def test_what_was_answered_before_is_kept_as_it_was_recorded(here: CommandHandler, journal: EventJournal) -> None:
    key = Idempotency(key="once", fingerprint=bytes(32))
    assert roles(journal, here.cache) == frozenset()
    first = process(journal).execute(GrantRole(person_id=PERSON, role="coach"), ADMINISTRATOR, idempotency=key)
    again = here.execute(GrantRole(person_id=PERSON, role="employer"), ADMINISTRATOR, idempotency=key)
    assert again == first
    assert roles(journal, here.cache) == {"coach"}


def test_a_refusal_reads_and_forgets_nothing_that_has_not_moved(tmp_path: Path) -> None:
    journal = Counted({"SQLITE_DBNAME": str(tmp_path / "facts.db")}, secret=b"secret")
    with closing(journal):
        journal.reads, here = [], process(journal)
        here.execute(RegisterPerson(person_id=PERSON, name="Somebody", works_for="centre"), SYSTEM)
        here.execute(GrantRole(person_id=PERSON, role="coach"), SYSTEM)
        journal.reads = []
        for _ in range(3):
            with pytest.raises(RoleAlreadyHeld):
                here.execute(GrantRole(person_id=PERSON, role="coach"), SYSTEM)
        here.execute(GrantRole(person_id=PERSON, role="employer"), SYSTEM)
        assert journal.reads == []


def test_processes_that_fight_over_one_stream_lose_and_repeat_nothing(
    here: CommandHandler, journal: EventJournal
) -> None:
    done: list[int] = []

    def work(handler: CommandHandler) -> None:
        for _ in range(20):
            command = RegisterPerson(person_id=uuid4(), name="Somebody", works_for="centre")
            handler.execute(command, SYSTEM)
            try:
                declared = _competence()
                handler.execute(declared, ADMINISTRATOR)
                done.append(1)
            except Busy:
                continue

    threads = [Thread(target=work, args=(process(journal),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    versions = [entry.originator_version for entry in journal.read(PERSON)]
    assert versions == list(range(1, len(done) + 2))
    assert [entry.position for entry in journal.since(0, 1000)] == list(range(1, journal.head() + 1))


def _competence() -> RecordCompetence:
    return RecordCompetence(person_id=PERSON, kind="training", occurred_on=datetime(2026, 11, 24, tzinfo=UTC).date())


def test_who_reads_sees_what_another_process_did_since_and_folds_only_that(tmp_path: Path) -> None:
    with closing(Counted({"SQLITE_DBNAME": str(tmp_path / "facts.db")}, secret=b"secret")) as journal:
        journal.reads, kept = [], StateCache()
        elsewhere = process(journal)
        elsewhere.execute(RegisterPerson(person_id=PERSON, name="Somebody", works_for="centre"), SYSTEM)
        assert roles(journal, kept) == set()
        elsewhere.execute(GrantRole(person_id=PERSON, role="coach"), SYSTEM)
        elsewhere.execute(GrantRole(person_id=PERSON, role="employer"), SYSTEM)
        journal.reads = []
        assert roles(journal, kept) == {"coach", "employer"}
        assert roles(journal, kept) == {"coach", "employer"}
        assert journal.reads == [(PERSON, 1)]


def roles(journal: EventJournal, kept: StateCache) -> frozenset[str]:
    return ReadSession(journal, cache=kept, catches_up=True).state(PERSON_KIND, PERSON).roles


@settings(max_examples=times(12), deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), DONE_BY), min_size=5, max_size=30))
def test_whoever_keeps_states_reads_what_is_on_record_whichever_process_wrote_it(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[int, tuple[Command, UUID]]]
) -> None:
    path = tmp_path_factory.mktemp("record") / "facts.db"
    with (
        closing(EventJournal.in_file(path, secret=b"secret")) as one,
        closing(EventJournal.in_file(path, secret=b"secret")) as other,
    ):
        processes = (process(one), process(other))
        outcome(processes[0], RegisterPerson(person_id=PERSON, name="Somebody", works_for="centre"), SYSTEM)
        outcome(processes[0], GrantRole(person_id=PERSON, role="administrator"), SYSTEM)
        for which, (command, by) in acts:
            outcome(processes[which], command, by)
            for each in processes:
                kept = ReadSession(each.journal, cache=each.cache, catches_up=True)
                plain = ReadSession(one)
                kept.read_ahead(PERSON_KIND, PEOPLE[:2])
                assert [kept.state(PERSON_KIND, person) for person in PEOPLE] == [
                    plain.state(PERSON_KIND, person) for person in PEOPLE
                ]
                assert [kept.version(person) for person in PEOPLE] == [plain.version(person) for person in PEOPLE]


def test_what_one_look_saw_of_a_record_stays_as_it_was_seen(here: CommandHandler, journal: EventJournal) -> None:
    kept = StateCache()
    roles(journal, kept)
    session = ReadSession(journal, cache=kept, catches_up=True)
    assert session.state(PERSON_KIND, PERSON).roles == set()
    here.execute(GrantRole(person_id=PERSON, role="coach"), SYSTEM)
    assert [entry.originator_version for entry in session.history(PERSON)] == [1]
    assert session.version(PERSON) == 1
    assert ReadSession(journal, journal.head() - 1, kept, catches_up=True).state(PERSON_KIND, PERSON).roles == set()
    assert roles(journal, kept) == {"coach"}


def test_the_cache_forgets_the_least_lately_used_and_never_goes_back() -> None:
    cache, state = StateCache(max_facts=7), cast(State, Person())
    names = [("person_id", UUID(int=number)) for number in (1, 2, 3)]
    cache.put(names[0], 5, state, 40)
    cache.put(names[0], 4, Person(name="older"), 50)
    cache.put(names[0], 5, state)
    assert cache.get(names[0]) == (5, state, 40)
    cache.put(names[1], 1, state)
    cache.get(names[0])
    cache.put(names[2], 2, state)
    assert [cache.get(name) is not None for name in names] == [True, False, True]


def test_the_cache_holds_states_of_so_many_facts_and_no_number_of_empty_ones() -> None:
    cache, state = StateCache(max_facts=10), cast(State, Person())
    names = [("person_id", UUID(int=number)) for number in range(30)]

    def cached() -> list[int]:
        return [number for number, name in enumerate(names) if cache.get(name)]

    for name in names:
        cache.put(name, 0, state)
    assert cached() == list(range(20, 30))
    cache.put(names[0], 6, state)
    assert cached() == [0, 26, 27, 28, 29]
    cache.put(names[0], 8, state)
    assert cached() == [0, 28, 29]
    cache.forget(names[0][1])
    cache.put(names[1], 8, state)
    assert cached() == [1, 28, 29]
    cache.put(names[2], 11, state)
    assert cached() == []
