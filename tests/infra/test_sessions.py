"""Links that work once, the sessions they open, and what else is kept of signing in: alike in either store."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from infra.identity.sessions import SESSION, Sessions
from infra.store.postgres.sign_in import SharedSignIn
from infra.store.sqlite.sign_in import SqliteSignIn
from portfolio.application.ports import Unauthenticated
from portfolio.application.sign_in import Kept, SignInStore
from tests.infra.doors import HOUR, START, Door, code_of, signed_in
from tests.postgres import Databases


@pytest.fixture(scope="module")
def shared(databases: Databases) -> Iterator[str]:
    with databases.borrow() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgres"])
def door(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Door]:
    database = request.getfixturevalue("shared") if request.param == "postgres" else ""
    with ExitStack() as opened:

        def start(now: Callable[[], datetime]) -> SignInStore:
            made = SharedSignIn(database, now) if database else SqliteSignIn(tmp_path, now)
            return opened.enter_context(closing(made))

        yield Door(start)


@pytest.fixture
def mia() -> UUID:
    return uuid4()


def test_a_link_opens_one_session_also_after_a_restart(door: Door, mia: UUID) -> None:
    code = code_of(door.sessions().issue_link(mia))
    secret = door.sessions().open(code)
    assert door.sessions().person_of(secret) == mia
    with pytest.raises(Unauthenticated, match="has been used"):
        door.sessions().open(code)


def test_of_many_who_press_at_once_one_gets_in(door: Door, mia: UUID) -> None:
    desks = [door.sessions() for _ in range(3)]
    code = code_of(desks[0].issue_link(mia))

    def press(number: int) -> int:
        try:
            desks[number % len(desks)].open(code)
        except Unauthenticated:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(press, range(24))) == 1


def test_who_pressed_is_in_although_the_answer_of_the_store_was_lost_and_it_was_asked_once_more(
    door: Door, mia: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = door.store()
    sessions, whole = Sessions(store, "http://localhost", lambda: door.now), store.open
    code = code_of(sessions.issue_link(mia))

    def twice(link: bytes, secret: bytes, expires: datetime, *, browser: str) -> Kept | None:
        whole(link, secret, expires, browser=browser)
        return whole(link, secret, expires, browser=browser)

    monkeypatch.setattr(store, "open", twice)
    assert sessions.person_of(sessions.open(code)) == mia
    with pytest.raises(Unauthenticated):
        sessions.open(code)


def test_a_link_runs_out(door: Door, mia: UUID) -> None:
    sessions = door.sessions()
    short, long = code_of(sessions.issue_link(mia)), code_of(sessions.issue_link(mia, timedelta(hours=24)))
    door.now += timedelta(minutes=15)
    with pytest.raises(Unauthenticated):
        sessions.open(short)
    assert sessions.open(long)


def test_a_link_that_is_bound_to_another_secret_opens_nothing_without_it(door: Door, mia: UUID) -> None:
    sessions = door.sessions()
    code = code_of(sessions.issue_link(mia, bound_to="the cookie"))
    for other in ("", "another cookie"):
        with pytest.raises(Unauthenticated):
            sessions.open(code, bound_to=other)
    assert sessions.person_of(sessions.open(code, bound_to="the cookie")) == mia


def test_a_session_runs_out_after_half_a_day(door: Door, mia: UUID) -> None:
    sessions = door.sessions(idle=timedelta(days=1))
    secret = signed_in(sessions, mia)
    door.now += timedelta(hours=12) - timedelta(seconds=1)
    assert sessions.person_of(secret) == mia
    door.now += timedelta(seconds=1)
    with pytest.raises(Unauthenticated, match="You are signed out"):
        sessions.person_of(secret)


def test_a_limit_that_was_made_shorter_holds_for_sessions_that_are_open(door: Door, mia: UUID) -> None:
    secret = signed_in(door.sessions(idle=timedelta(days=1)), mia)
    door.now += timedelta(hours=4)
    shorter = door.sessions(idle=timedelta(days=1), longest=timedelta(hours=4))
    assert shorter.open_of(mia) == []
    with pytest.raises(Unauthenticated):
        shorter.person_of(secret)


def test_a_session_that_nobody_uses_ends_and_one_in_use_goes_on(door: Door, mia: UUID) -> None:
    sessions = door.sessions(idle=timedelta(minutes=30))
    desk, phone = signed_in(sessions, mia), signed_in(sessions, mia)
    for _ in range(3):
        door.now += timedelta(minutes=20)
        assert door.sessions(idle=timedelta(minutes=30)).person_of(desk) == mia
    with pytest.raises(Unauthenticated, match="Nothing was asked for 30 minutes"):
        sessions.person_of(phone)
    assert len(sessions.open_of(mia)) == 1


def test_who_signs_out_everywhere_is_out_of_sessions_and_links(door: Door, mia: UUID) -> None:
    sessions = door.sessions()
    secret, code = signed_in(sessions, mia), code_of(sessions.issue_link(mia))
    door.out[mia] = door.now
    assert sessions.open_of(mia) == []
    for ask in (lambda: sessions.person_of(secret), lambda: sessions.open(code)):
        with pytest.raises(Unauthenticated, match="signed out everywhere"):
            ask()
    assert sessions.person_of(signed_in(sessions, mia)) == mia


def test_a_closed_session_stays_closed_and_others_go_on(door: Door, mia: UUID) -> None:
    sessions = door.sessions()
    one, two = (signed_in(sessions, mia) for _ in range(2))
    sessions.close(one)
    sessions.close(one)
    sessions.close("nonsense")
    with pytest.raises(Unauthenticated):
        door.sessions().person_of(one)
    assert sessions.person_of(two) == mia


def test_somebody_sees_where_they_are_signed_in_and_ends_one_of_theirs_from_another(door: Door, mia: UUID) -> None:
    here, there = door.sessions(), door.sessions()
    phone = signed_in(there, mia, browser="Safari on an iPhone")
    door.now += timedelta(minutes=5)
    desk = signed_in(here, mia, browser="Firefox on Windows")
    assert [kept.browser for kept in there.open_of(mia)] == ["Firefox on Windows", "Safari on an iPhone"]
    at_desk, at_phone = here.open_of(mia)
    assert (at_phone.opened, at_phone.seen) == (START, START)
    assert not here.end(uuid4(), at_phone.id), "it is nobody else's to end"
    assert here.end(mia, at_phone.id)
    assert not here.end(mia, at_phone.id)
    with pytest.raises(Unauthenticated):
        there.person_of(phone)
    assert there.open_of(mia) == [at_desk]
    assert there.person_of(desk) == mia


def test_sessions_end_with_who_vouched_for_them(door: Door, mia: UUID) -> None:
    sessions = door.sessions()
    provider, one, other = (uuid4().hex for _ in range(3))
    first, second = (sessions.begin(mia, f"{provider} {session}", "Edge on Windows") for session in (one, other))
    own = signed_in(sessions, mia)
    for nobodys in ("", "%", provider[:5], f"{provider} {one}"):
        assert sessions.end_from(nobodys) == []
    assert [(kept.person, kept.browser) for kept in sessions.end_from(one)] == [(mia, "Edge on Windows")]
    with pytest.raises(Unauthenticated):
        sessions.person_of(first)
    assert sessions.person_of(second) == mia
    assert len(sessions.end_from(provider)) == 1
    assert [kept.origin for kept in sessions.open_of(mia)] == [""]
    assert sessions.person_of(own) == mia


def test_a_session_knows_how_far_the_log_was_shown_before_it_on_whatever_machine(door: Door, mia: UUID) -> None:
    sessions = door.sessions()
    desk = signed_in(sessions, mia)
    assert [sessions.shown_before(desk, position) for position in (5, 9)] == [None, None]
    phone = signed_in(sessions, mia)
    assert [sessions.shown_before(phone, position) for position in (12, 14)] == [9, 9]
    assert sessions.shown_before(desk, 14) is None
    door.now += timedelta(days=40)
    again = door.sessions()
    assert again.shown_before(signed_in(again, mia), 3) == 14
    assert again.shown_before(signed_in(again, mia), 20) == 14
    assert sessions.shown_before(signed_in(sessions, uuid4()), 20) is None
    assert sessions.shown_before("nonsense", 20) is None


@pytest.mark.parametrize("secret", ["", "x", "\x00", "\udcff", "é" * 1000])
def test_no_text_at_all_opens_or_breaks_anything(door: Door, mia: UUID, secret: str) -> None:
    sessions = door.sessions()
    sessions.issue_link(mia)
    for ask in (sessions.open, sessions.person_of):
        with pytest.raises(Unauthenticated):
            ask(secret)
    assert sessions.end_from(secret) == []


def test_a_link_is_no_session_and_a_session_no_link(door: Door, mia: UUID) -> None:
    sessions = door.sessions()
    code = code_of(sessions.issue_link(mia))
    with pytest.raises(Unauthenticated):
        sessions.person_of(code)
    assert sessions.open_of(mia) == []
    secret = sessions.open(code)
    with pytest.raises(Unauthenticated):
        sessions.open(secret)


def test_the_ends_of_sessions_to_which_nobody_came_back_are_noted_once_as_another_is_opened(
    door: Door, mia: UUID
) -> None:
    sessions = door.sessions()
    used, left = (sessions.begin(mia) for _ in range(2))
    while door.now < START + SESSION - timedelta(minutes=10):
        door.now += timedelta(minutes=10)
        sessions.person_of(used)
    door.now = START + SESSION
    with pytest.raises(Unauthenticated):
        sessions.person_of(used)
    for _ in range(2):
        sessions.begin(uuid4())
    whys = {details["session"]: details["why"] for _, person, details in door.log.lines if person == mia}
    assert whys == {sessions.id_of(used): "longest time", sessions.id_of(left): "not used"}
    assert len(door.log.lines) == len({str(line) for line in door.log.lines})


def test_each_end_of_a_session_is_noted_once_with_why(door: Door, mia: UUID) -> None:
    sessions = door.sessions(idle=timedelta(minutes=30))
    secrets = [signed_in(sessions, mia) for _ in range(3)] + [sessions.begin(mia, mia.hex)]
    ids = [sessions.id_of(secret) for secret in secrets]
    assert {kept.id for kept in sessions.open_of(mia)} == set(ids)
    assert door.log.lines == []
    for _ in range(2):
        sessions.close(secrets[0])
        sessions.end(mia, ids[1])
        sessions.end_from(mia.hex)
    door.now += timedelta(minutes=30)
    for _ in range(2):
        with pytest.raises(Unauthenticated, match="Nothing was asked for 30 minutes"):
            sessions.person_of(secrets[2])
    last = signed_in(sessions, mia)
    door.out[mia] = door.now
    for _ in range(2):
        with pytest.raises(Unauthenticated, match="signed out everywhere"):
            sessions.person_of(last)
    whys = ("signed out", "signed out from another session", "signed out by who vouched", "not used")
    ends = [*zip((ids[0], ids[1], ids[3], ids[2]), whys, strict=True), (sessions.id_of(last), "signed out everywhere")]
    assert door.log.lines == [("session-ended", mia, {"session": session, "why": why}) for session, why in ends]


# addresses, and what counts once


def test_an_address_is_found_by_its_hash_is_replaced_and_goes(door: Door, mia: UUID) -> None:
    store, joan, digests = door.store(), uuid4(), [uuid4().hex for _ in range(2)]
    assert (store.address_of(mia), store.person_at(digests[0])) == (None, None)
    store.set_address(mia, "mia@example.org", digests[0])
    store.set_address(mia, "Mia.Ward@example.org", digests[1])
    other = door.store()
    assert other.address_of(mia) == "Mia.Ward@example.org"
    assert [other.person_at(digest) for digest in digests] == [None, mia]
    store.set_address(joan, "Mia.Ward@example.org", digests[1])
    assert (other.person_at(digests[1]), other.address_of(mia)) == (joan, None)
    for _ in range(2):
        store.forget_address(joan)
    assert (other.address_of(joan), other.person_at(digests[1])) == (None, None)


def test_what_counts_once_counts_once_on_all_machines_until_it_runs_out(door: Door) -> None:
    here, there, kind = door.store(), door.store(), uuid4().hex
    until = door.now + HOUR
    assert here.once(kind, "a", until)
    assert not there.once(kind, "a", until)
    assert there.once(kind, "b", until)
    assert there.once("another", kind, until)
    door.now = until
    assert here.once(kind, "a", until + HOUR)
    assert not there.once(kind, "a", until + HOUR)


def test_of_many_at_once_one_is_the_first(door: Door) -> None:
    stores, kind, until = [door.store() for _ in range(3)], uuid4().hex, door.now + HOUR
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda number: stores[number % 3].once(kind, "a", until), range(24))) == 1
