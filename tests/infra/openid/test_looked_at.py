"""What `portfolio doctor` says of providers, and what a start does."""

from collections.abc import Iterator
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any, cast

import pytest

from infra.doctor import asked
from infra.identity.keys import INDEX_KEY, KeyFolder
from infra.identity.openid.configured import FILE, ProvidersFaulty
from infra.openid import looked_at, open_providers
from infra.settings import Settings
from tests.infra.openid.forged import Forger, forger
from tests.infra.openid.given import now
from tests.mails import certificates

FULL = {"end_session_endpoint": "https://login.college.example/end", "backchannel_logout_supported": True}


@pytest.fixture(scope="module")
def there() -> Iterator[Forger]:
    with forger() as there:
        yield there


@pytest.fixture
def settings(tmp_path: Path, there: Forger) -> Settings:
    settings = Settings.read({"PORTFOLIO_FOLDER": str(tmp_path / "data")})
    KeyFolder(settings.keys).create(INDEX_KEY, bytes(32))
    named = f'[college]\nname = "College"\nissuer = "{there.issuer}"\nclient_id = "us"\nclient_secret = "very secret"\n'
    (settings.keys / FILE).write_text(named)
    (settings.keys / FILE).chmod(0o600)
    return settings


@pytest.mark.parametrize(
    ("metadata", "granted", "told", "wrong"),
    [
        (FULL, {"error": "invalid_grant"}, "", False),
        (FULL, {"error": "invalid_client"}, "does not know us by the client_id and client_secret of [college]", True),
        ({**FULL, "issuer": "https://another.example"}, {}, "Nobody can sign in with College ([college])", True),
        (
            {**FULL, "code_challenge_methods_supported": None},
            {"error": "invalid_grant"},
            "does not say that it checks PKCE",
            False,
        ),
        ({**FULL, "end_session_endpoint": None}, {"error": "invalid_grant"}, "stays signed in with College", False),
        ({**FULL, "backchannel_logout_supported": None}, {"error": "invalid_grant"}, "may stay signed in here", False),
    ],
)
def test_the_doctor_asks_each_provider(
    settings: Settings, there: Forger, metadata: dict[str, Any], granted: dict[str, str], told: str, wrong: bool
) -> None:
    there.metadata, there.granted = metadata, granted
    said = [*looked_at(settings, now)]
    assert [is_wrong for _, is_wrong in said] == ([wrong] if told else [])
    assert all(told in sentence and "very secret" not in sentence for sentence, _ in said)


@pytest.mark.parametrize(
    ("role", "metadata", "told"),
    [
        ("coach", {}, ""),
        ("coach", {"claims_supported": ["sub", "groups"], "scopes_supported": ["openid", "groups"]}, ""),
        ("coach", {"claims_supported": ["sub"]}, "College does not list groups, the claim of [college.roles]"),
        ("coach", {"scopes_supported": ["openid"]}, "College does not list the scope groups of [college.roles]"),
        ("administrator", {}, "Whoever looks after College makes administrators here"),
    ],
)
def test_the_doctor_looks_whether_a_provider_speaks_of_roles(
    settings: Settings, there: Forger, role: str, metadata: dict[str, Any], told: str
) -> None:
    there.metadata, there.granted = {**FULL, **metadata}, {"error": "invalid_grant"}
    with (settings.keys / FILE).open("a") as file:
        file.write(f'[college.roles]\nclaim = "groups"\nscope = "groups"\ngiven = {{ {role} = ["IT"] }}\n')
    said = [*looked_at(settings, now)]
    assert [is_wrong for _, is_wrong in said] == [False] * bool(told)
    assert all(told in sentence for sentence, _ in said)


def test_a_provider_with_a_certificate_of_an_own_authority_is_trusted_once_that_is_named(
    settings: Settings, there: Forger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, chain, key = certificates(tmp_path, "localhost")
    shown = SSLContext(PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(chain, key)
    with forger(shown) as encrypted:
        encrypted.metadata, encrypted.granted = FULL, {"error": "invalid_grant"}
        file = settings.keys / FILE
        file.write_text(file.read_text().replace(there.issuer, encrypted.issuer))
        ((told, wrong),) = looked_at(settings, now)
        assert "no certificate that is trusted here for its name" in told
        assert "SSL_CERT_FILE" in told
        assert wrong
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        assert [*looked_at(settings, now)] == []
    assert [*asked(settings)] == ["College"]
    file.write_text("[college]\n")
    assert [*asked(settings)] == []


def test_without_providers_there_is_nothing_to_say_and_nothing_is_offered(settings: Settings) -> None:
    (settings.keys / FILE).unlink()
    assert [*looked_at(settings, now)] == []
    assert open_providers(settings, cast(Any, None), cast(Any, None), now).offered == ()


def test_a_service_starts_with_providers_that_do_not_answer_and_not_with_a_faulty_file(settings: Settings) -> None:
    file = settings.keys / FILE
    file.write_text(file.read_text().replace("http://127.0.0.1", "https://login.college.invalid"))
    sign_in: Any = type("SignIn", (), {"once": None})
    handler: Any = type("Handler", (), {"journal": None})
    assert open_providers(settings, handler, sign_in, now).offered == [("college", "College")]
    file.write_text("[college]\n")
    with pytest.raises(ProvidersFaulty):
        open_providers(settings, handler, sign_in, now)
