"""Keys nobody else can read, tokens nobody else can make, each for one person."""

import hmac
import json
import os
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OKPKey

from infra.identity.keys import TOKEN_KEY as KEY
from infra.identity.keys import KeyFault, KeyFolder
from infra.identity.tokens import LocalTokens, create_token_key
from portfolio.application.ports import Unauthenticated
from portfolio.application.programs import SignedIn
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
    assert tokens.bearer_of(token) == PERSON
    watch.now += timedelta(seconds=1)
    with pytest.raises(Unauthenticated, match="run out"):
        tokens.bearer_of(token)


def test_a_token_outlives_a_restart(keys: KeyFolder, watch: Watch) -> None:
    token = LocalTokens(keys, watch).issue(PERSON, HOUR)
    assert LocalTokens(keys, watch).bearer_of(token) == PERSON


def forged(keys: KeyFolder, header: dict[str, Any], claims: dict[str, Any], without: str = "") -> str:
    """Return a token signed with the deployment's key but different in this."""
    whole = {"iss": "portfolio", "aud": "portfolio-api", "sub": str(PERSON), "exp": int(START.timestamp()) + 60}
    content = {name: value for name, value in (whole | claims).items() if name != without}
    algorithm = header.get("alg", "Ed25519")
    return jwt.encode(
        {"alg": "Ed25519", "typ": "at+jwt"} | header, content, OKPKey.import_key(keys.read(KEY)), algorithms=[algorithm]
    )


def test_a_token_of_the_right_make_is_taken(keys: KeyFolder, watch: Watch) -> None:
    assert LocalTokens(keys, watch).bearer_of(forged(keys, {}, {})) == PERSON


def test_a_token_is_taken_by_a_server_whose_clock_went_back(keys: KeyFolder, watch: Watch) -> None:
    token = LocalTokens(keys, watch).issue(PERSON, HOUR)
    watch.now -= timedelta(days=1)
    assert LocalTokens(keys, watch).bearer_of(token) == PERSON


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
        LocalTokens(keys, watch).bearer_of(forged(keys, header, claims, without))


def test_a_token_of_another_key_is_refused(keys: KeyFolder, watch: Watch, tmp_path: Path) -> None:
    other = KeyFolder(tmp_path / "other")
    create_token_key(other)
    with pytest.raises(Unauthenticated):
        LocalTokens(keys, watch).bearer_of(LocalTokens(other, watch).issue(PERSON, HOUR))


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
            LocalTokens(keys, watch).bearer_of(token)


def test_no_changed_character_passes(keys: KeyFolder, watch: Watch) -> None:
    tokens = LocalTokens(keys, watch)
    head, claims, signature = tokens.issue(PERSON, HOUR).split(".")
    for part in (f"{head}.{claims}.", f".{claims}.{signature}", f"{head}..{signature}", f"{head}.{claims}"):
        with pytest.raises(Unauthenticated):
            tokens.bearer_of(part)
    for index in range(len(claims)):
        changed = claims[:index] + ("A" if claims[index] != "A" else "B") + claims[index + 1 :]
        with pytest.raises(Unauthenticated):
            tokens.bearer_of(f"{head}.{changed}.{signature}")


def joined(parts: list[bytes]) -> str:
    return ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


@pytest.fixture(scope="module")
def checked_keys(tmp_path_factory: pytest.TempPathFactory) -> KeyFolder:
    folder = KeyFolder(tmp_path_factory.mktemp("keys"))
    create_token_key(folder)
    return folder


@pytest.fixture(scope="module")
def checked(checked_keys: KeyFolder) -> LocalTokens:
    return LocalTokens(checked_keys, Watch())


@settings(max_examples=times(100), deadline=None)
@given(text=st.text() | st.lists(st.binary(max_size=60), min_size=3, max_size=3).map(joined))
def test_no_text_at_all_breaks_the_check(checked: LocalTokens, text: str) -> None:
    with pytest.raises(Unauthenticated):
        checked.bearer_of(text)


@pytest.mark.parametrize("header", ["[]", "null", "5", '"x"', "{}", '{"alg":[]}', '{"alg":"Ed25519","crit":["x"]}'])
def test_no_header_at_all_breaks_the_check(checked: LocalTokens, header: str) -> None:
    with pytest.raises(Unauthenticated):
        checked.bearer_of(by_hand(header))


def test_a_token_of_an_earlier_release_holds_until_its_person_signs_out(keys: KeyFolder, watch: Watch) -> None:
    ended: dict[UUID, datetime] = {}
    tokens = LocalTokens(keys, watch, lambda person: ended.get(person, EPOCH))
    assert tokens.bearer_of(forged(keys, {}, {})) == PERSON
    ended[PERSON] = START
    with pytest.raises(Unauthenticated, match="ended when you were signed out everywhere"):
        tokens.bearer_of(forged(keys, {}, {}))
    assert tokens.bearer_of(tokens.issue(PERSON, HOUR)) == PERSON


MINUTES = st.timedeltas(timedelta(minutes=-10), timedelta(minutes=40))


@settings(max_examples=times(20), deadline=None)
@given(st.lists(MINUTES | st.just("sign out"), min_size=3, max_size=20))
def test_a_token_that_was_checked_before_is_judged_as_for_the_first_time(
    checked_keys: KeyFolder, acts: list[timedelta | str]
) -> None:
    watch, ended = Watch(), dict[UUID, datetime]()

    def judge() -> LocalTokens:
        return LocalTokens(checked_keys, watch, lambda person: ended.get(person, EPOCH))

    tokens = judge()
    program = SignedIn(program_id=UUID(int=5), credential="a key", rows=frozenset({"see:plan"}))
    held = [tokens.issue(PERSON, HOUR), tokens.issue(UUID(int=6), HOUR), tokens.issue_to_program(program, HOUR)]
    for act in acts:
        if isinstance(act, timedelta):
            watch.now += act
        else:
            ended[PERSON] = watch.now
            held.append(tokens.issue(PERSON, HOUR))
        assert [said(tokens, token) for token in held] == [said(judge(), token) for token in held]


def said(tokens: LocalTokens, token: str) -> object:
    try:
        return tokens.bearer_of(token)
    except Unauthenticated as refusal:
        return str(refusal)
