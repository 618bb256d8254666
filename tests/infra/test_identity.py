"""Keys nobody else can read, tokens nobody else can make, links that work once."""

import hashlib
import hmac
import json
import os
import sqlite3
from base64 import urlsafe_b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OKPKey

from infra.identity.keys import TOKEN_KEY as KEY
from infra.identity.keys import KeyFault, KeyFolder
from infra.identity.sessions import FILE, TABLE, LocalSessions
from infra.identity.tokens import LocalTokens, create_token_key
from portfolio.application.ports import Busy, Unauthenticated
from portfolio.domain.kernel import EPOCH
from tests.soak import times

PERSON = UUID("6a3c0e50-93a5-4d55-8ad4-3a39a7f0a1b2")
HOUR = timedelta(hours=1)
START = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@dataclass
class Watch:
    """A clock that stands still until it is set."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def keys(tmp_path: Path) -> KeyFolder:
    folder = KeyFolder(tmp_path / "keys")
    create_token_key(folder)
    return folder


@pytest.fixture
def watch() -> Watch:
    return Watch()


# keys


def test_a_secret_is_for_its_owner_alone(keys: KeyFolder) -> None:
    assert (keys.path / KEY).stat().st_mode & 0o777 == 0o400
    assert keys.path.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o440, 0o404, 0o420, 0o401])
def test_a_secret_that_others_may_use_is_refused(keys: KeyFolder, watch: Watch, mode: int) -> None:
    (keys.path / KEY).chmod(mode)
    with pytest.raises(KeyFault, match="run chmod 400"):
        LocalTokens(keys, watch)


@pytest.mark.parametrize("mode", [0o770, 0o702, 0o777])
def test_a_folder_of_secrets_that_others_may_change_is_refused(keys: KeyFolder, mode: int) -> None:
    keys.path.chmod(mode)
    with pytest.raises(KeyFault, match=r"Others may replace what is in the folder of secrets .*: run chmod 700"):
        keys.read(KEY)


def test_a_secret_of_somebody_else_is_refused(keys: KeyFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() == 0:
        os.chown(keys.path / KEY, 54321, -1)
        assert keys.read(KEY)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(KeyFault, match="belongs to another user"):
        keys.read(KEY)


def test_a_secret_is_never_replaced(keys: KeyFolder) -> None:
    before = keys.read(KEY)
    with pytest.raises(KeyFault, match="exists already"):
        create_token_key(keys)
    assert keys.read(KEY) == before


def test_a_missing_secret_says_where_it_lies_and_never_to_make_another(tmp_path: Path, watch: Watch) -> None:
    with pytest.raises(KeyFault, match="from the backup of the keys"):
        LocalTokens(KeyFolder(tmp_path), watch)


def test_a_secret_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / KEY).mkdir()
    with pytest.raises(KeyFault, match="cannot be read"):
        KeyFolder(tmp_path).read(KEY)


# tokens


def test_a_token_names_its_person_until_it_runs_out(keys: KeyFolder, watch: Watch) -> None:
    tokens = LocalTokens(keys, watch)
    token = tokens.issue(PERSON, HOUR)
    watch.now += HOUR + timedelta(seconds=29)  # clocks differ by half a minute at most
    assert tokens.person_of(token) == PERSON
    watch.now += timedelta(seconds=1)
    with pytest.raises(Unauthenticated, match="run out"):
        tokens.person_of(token)


def test_a_token_outlives_a_restart(keys: KeyFolder, watch: Watch) -> None:
    token = LocalTokens(keys, watch).issue(PERSON, HOUR)
    assert LocalTokens(keys, watch).person_of(token) == PERSON


def forged(keys: KeyFolder, header: dict[str, Any], claims: dict[str, Any], without: str = "") -> str:
    """Return a token signed with the deployment's key but different in this."""
    whole = {"iss": "portfolio", "aud": "portfolio-api", "sub": str(PERSON), "exp": int(START.timestamp()) + 60}
    content = {name: value for name, value in (whole | claims).items() if name != without}
    algorithm = header.get("alg", "Ed25519")
    return jwt.encode(
        {"alg": "Ed25519", "typ": "at+jwt"} | header, content, OKPKey.import_key(keys.read(KEY)), algorithms=[algorithm]
    )


def test_a_token_of_the_right_make_is_taken(keys: KeyFolder, watch: Watch) -> None:
    assert LocalTokens(keys, watch).person_of(forged(keys, {}, {})) == PERSON


def test_a_token_is_taken_by_a_server_whose_clock_went_back(keys: KeyFolder, watch: Watch) -> None:
    token = LocalTokens(keys, watch).issue(PERSON, HOUR)
    watch.now -= timedelta(days=1)
    assert LocalTokens(keys, watch).person_of(token) == PERSON


@pytest.mark.parametrize(
    ("header", "claims", "without"),
    [
        ({"typ": "JWT"}, {}, ""),
        ({"jku": "https://evil.example/keys"}, {}, ""),
        ({"kid": "another"}, {}, ""),
        ({}, {"iss": "somebody"}, ""),
        ({}, {"aud": "portfolio-session"}, ""),
        ({}, {"exp": int(START.timestamp()) - 30}, ""),
        ({}, {"exp": "tomorrow"}, ""),
        ({}, {"nbf": int(START.timestamp()) + 31}, ""),
        ({}, {"sub": "jane@example.org"}, ""),
        ({}, {"sub": 5}, ""),
        *(({}, {}, name) for name in ("iss", "aud", "exp", "sub")),
    ],
)
def test_a_token_that_differs_in_one_thing_is_refused(
    keys: KeyFolder, watch: Watch, header: dict[str, Any], claims: dict[str, Any], without: str
) -> None:
    with pytest.raises(Unauthenticated):
        LocalTokens(keys, watch).person_of(forged(keys, header, claims, without))


def test_a_token_of_another_key_is_refused(keys: KeyFolder, watch: Watch, tmp_path: Path) -> None:
    other = KeyFolder(tmp_path / "other")
    create_token_key(other)
    with pytest.raises(Unauthenticated):
        LocalTokens(keys, watch).person_of(LocalTokens(other, watch).issue(PERSON, HOUR))


def by_hand(header: dict[str, Any] | str, sign: Callable[[bytes], bytes] = lambda _: b"") -> str:
    """Return a token that no library would make."""
    claims = {"iss": "portfolio", "aud": "portfolio-api", "sub": str(PERSON), "exp": int(START.timestamp()) + 60}
    parts = [header if isinstance(header, str) else json.dumps(header), json.dumps(claims)]
    signed = b".".join(urlsafe_b64encode(part.encode()).rstrip(b"=") for part in parts)
    return (signed + b"." + urlsafe_b64encode(sign(signed)).rstrip(b"=")).decode()


def test_no_signature_and_our_public_key_as_a_shared_secret_are_refused(keys: KeyFolder, watch: Watch) -> None:
    public = OKPKey.import_key(keys.read(KEY)).as_pem(private=False)
    for token in (
        by_hand({"alg": "none", "typ": "at+jwt"}),
        by_hand({"alg": "HS256", "typ": "at+jwt"}, lambda signed: hmac.digest(public, signed, "sha256")),
    ):
        with pytest.raises(Unauthenticated):
            LocalTokens(keys, watch).person_of(token)


def test_no_changed_character_passes(keys: KeyFolder, watch: Watch) -> None:
    tokens = LocalTokens(keys, watch)
    head, claims, signature = tokens.issue(PERSON, HOUR).split(".")
    for part in (f"{head}.{claims}.", f".{claims}.{signature}", f"{head}..{signature}", f"{head}.{claims}"):
        with pytest.raises(Unauthenticated):
            tokens.person_of(part)
    for index in range(len(claims)):
        changed = claims[:index] + ("A" if claims[index] != "A" else "B") + claims[index + 1 :]
        with pytest.raises(Unauthenticated):
            tokens.person_of(f"{head}.{changed}.{signature}")


def joined(parts: list[bytes]) -> str:
    return ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> LocalTokens:
    folder = KeyFolder(tmp_path_factory.mktemp("keys"))
    create_token_key(folder)
    return LocalTokens(folder, Watch())


@settings(max_examples=times(100), deadline=None)
@given(text=st.text() | st.lists(st.binary(max_size=60), min_size=3, max_size=3).map(joined))
def test_no_text_at_all_breaks_the_check(checked: LocalTokens, text: str) -> None:
    with pytest.raises(Unauthenticated):
        checked.person_of(text)


@pytest.mark.parametrize("header", ["[]", "null", "5", '"x"', "{}", '{"alg":[]}', '{"alg":"Ed25519","crit":["x"]}'])
def test_no_header_at_all_breaks_the_check(checked: LocalTokens, header: str) -> None:
    with pytest.raises(Unauthenticated):
        checked.person_of(by_hand(header))


# links and sessions


def opened(keys: KeyFolder, clock: Callable[[], datetime]) -> LocalSessions:
    return LocalSessions(keys, "http://localhost", clock)


def code_of(link: str) -> str:
    return link.partition("/sign-in#code=")[2]


def test_a_link_opens_one_session_also_after_a_restart(keys: KeyFolder, watch: Watch) -> None:
    code = code_of(opened(keys, watch).issue_link(PERSON))
    secret = opened(keys, watch).open(code)
    assert opened(keys, watch).person_of(secret) == PERSON
    with pytest.raises(Unauthenticated, match="has been used"):
        opened(keys, watch).open(code)


def test_of_many_who_press_at_once_one_gets_in(keys: KeyFolder, watch: Watch) -> None:
    code = code_of(opened(keys, watch).issue_link(PERSON))

    def press(_: int) -> int:
        try:
            opened(keys, watch).open(code)
        except Unauthenticated:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(press, range(32))) == 1


def test_a_link_runs_out(keys: KeyFolder, watch: Watch) -> None:
    sessions = opened(keys, watch)
    short, long = code_of(sessions.issue_link(PERSON)), code_of(sessions.issue_link(PERSON, timedelta(hours=24)))
    watch.now += timedelta(minutes=15)
    with pytest.raises(Unauthenticated):
        sessions.open(short)
    assert sessions.open(long)


def test_sessions_of_an_earlier_release_go_on_until_nobody_uses_them(keys: KeyFolder, watch: Watch) -> None:
    secret, end = "of an earlier release", int((START + timedelta(hours=12)).timestamp())
    with closing(sqlite3.connect(keys.path / FILE)) as earlier, earlier:
        earlier.execute(TABLE)
        row = (hashlib.sha256(secret.encode()).digest(), "session", PERSON.bytes, end)
        earlier.execute("INSERT INTO secret (hash, purpose, person, expires) VALUES (?, ?, ?, ?)", row)
    watch.now += timedelta(hours=1)
    assert opened(keys, watch).person_of(secret) == PERSON
    watch.now += timedelta(hours=1, minutes=59)
    assert opened(keys, watch).person_of(secret) == PERSON
    watch.now += timedelta(hours=2)
    with pytest.raises(Unauthenticated, match="Nothing was asked for 120 minutes"):
        opened(keys, watch).person_of(secret)


def test_that_a_session_is_used_keeps_nobody_waiting_who_holds_the_file(keys: KeyFolder, watch: Watch) -> None:
    sessions = LocalSessions(keys, "http://localhost", watch, patience_seconds=0)
    secret = sessions.open(code_of(sessions.issue_link(PERSON)))
    watch.now += timedelta(minutes=5)
    with closing(sqlite3.connect(keys.path / FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert sessions.person_of(secret) == PERSON
        with pytest.raises(Unauthenticated):
            sessions.open("a guess")


def test_a_token_of_an_earlier_release_holds_until_its_person_signs_out(keys: KeyFolder, watch: Watch) -> None:
    ended: dict[UUID, datetime] = {}
    tokens = LocalTokens(keys, watch, lambda person: ended.get(person, EPOCH))
    assert tokens.person_of(forged(keys, {}, {})) == PERSON
    ended[PERSON] = START
    with pytest.raises(Unauthenticated, match="ended when you were signed out everywhere"):
        tokens.person_of(forged(keys, {}, {}))
    assert tokens.person_of(tokens.issue(PERSON, HOUR)) == PERSON


def test_a_session_runs_out_after_half_a_day(keys: KeyFolder, watch: Watch) -> None:
    sessions = LocalSessions(keys, "http://localhost", watch, idle=timedelta(days=1))
    secret = sessions.open(code_of(sessions.issue_link(PERSON)))
    watch.now += timedelta(hours=12) - timedelta(seconds=1)
    assert sessions.person_of(secret) == PERSON
    watch.now += timedelta(seconds=1)
    with pytest.raises(Unauthenticated):
        sessions.person_of(secret)


def test_a_closed_session_stays_closed_and_others_go_on(keys: KeyFolder, watch: Watch) -> None:
    sessions = opened(keys, watch)
    one, two = (sessions.open(code_of(sessions.issue_link(PERSON))) for _ in range(2))
    sessions.close(one)
    sessions.close(one)
    sessions.close("nonsense")
    with pytest.raises(Unauthenticated):
        sessions.person_of(one)
    assert sessions.person_of(two) == PERSON


def test_a_session_knows_how_far_the_log_was_shown_before_it_on_whatever_machine(keys: KeyFolder, watch: Watch) -> None:
    sessions = opened(keys, watch)

    def signed_in(person: UUID = PERSON) -> str:
        return sessions.open(code_of(sessions.issue_link(person)))

    desk = signed_in()
    assert [sessions.shown_before(desk, position) for position in (5, 9)] == [None, None]
    phone = signed_in()
    assert [sessions.shown_before(phone, position) for position in (12, 14)] == [9, 9]
    assert sessions.shown_before(desk, 14) is None
    watch.now += timedelta(days=40)
    again = opened(keys, watch)
    later = again.open(code_of(again.issue_link(PERSON)))
    assert again.shown_before(later, 3) == 14
    assert again.shown_before(again.open(code_of(again.issue_link(PERSON))), 20) == 14
    assert sessions.shown_before(signed_in(uuid4()), 20) is None
    assert sessions.shown_before("nonsense", 20) is None


@pytest.mark.parametrize("secret", ["", "x", "\x00", "\udcff", "é" * 1000])
def test_no_text_at_all_opens_or_breaks_anything(keys: KeyFolder, watch: Watch, secret: str) -> None:
    sessions = opened(keys, watch)
    sessions.issue_link(PERSON)
    for ask in (sessions.open, sessions.person_of):
        with pytest.raises(Unauthenticated):
            ask(secret)


def test_a_link_is_no_session_and_a_session_no_link(keys: KeyFolder, watch: Watch) -> None:
    sessions = opened(keys, watch)
    code = code_of(sessions.issue_link(PERSON))
    with pytest.raises(Unauthenticated):
        sessions.person_of(code)
    secret = sessions.open(code)
    with pytest.raises(Unauthenticated):
        sessions.open(secret)


def test_the_file_holds_no_secret_in_clear_and_no_trace_of_what_ran_out(keys: KeyFolder, watch: Watch) -> None:
    sessions = opened(keys, watch)
    code = code_of(sessions.issue_link(PERSON))
    secret = sessions.open(code)
    stored = (keys.path / FILE).read_bytes()
    assert code.encode() not in stored
    assert secret.encode() not in stored
    assert (keys.path / FILE).stat().st_mode & 0o777 == 0o600
    watch.now += timedelta(days=1)
    sessions.issue_link(PERSON)
    with sqlite3.connect(keys.path / FILE) as connection:
        assert connection.execute("SELECT count(*) FROM secret").fetchone() == (1,)
    connection.close()


def test_a_locked_file_is_busy_and_loses_no_link(keys: KeyFolder, watch: Watch) -> None:
    sessions = LocalSessions(keys, "http://localhost", watch, patience_seconds=0)
    code = code_of(sessions.issue_link(PERSON))
    blocker = sqlite3.connect(keys.path / FILE, isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Busy):
        sessions.open(code)
    blocker.close()
    assert sessions.open(code)
