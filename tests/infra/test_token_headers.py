"""No token chooses the key or the way by which it is checked."""

import hmac
import json
import shutil
from base64 import urlsafe_b64encode
from contextlib import closing
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey

from infra.identity.keys import KeyFolder
from infra.identity.tokens import create_token_key
from infra.main import build, open_record
from infra.overall import deployment_of
from infra.settings import Settings
from tests.deployments import administrator_of
from tests.infra.test_rotation import (
    FIRST,
    SECOND,
    header,
    rotated,
    signed,
    status,
    token,
)


def by_hand(settings: Settings, head: dict[str, Any], secret: bytes | None) -> str:
    """Return a token that no library would make."""
    claims = {"iss": "portfolio", "aud": "portfolio-api", "sub": str(administrator_of(settings)), "exp": 4_000_000_000}
    parts = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (head, claims)]
    signature = b"" if secret is None else hmac.digest(secret, b".".join(parts), "sha256")
    return b".".join([*parts, urlsafe_b64encode(signature).rstrip(b"=")]).decode()


def test_no_token_is_taken_under_a_key_that_is_not_the_one_it_names(on_sqlite: Settings, tmp_path: Path) -> None:
    rotated(on_sqlite)
    kid = header(token(on_sqlite))["kid"]
    with open_record(on_sqlite, read_only=True) as record:
        checks = deployment_of(record.journal).checks
    public = OKPKey.import_key((on_sqlite.keys / SECOND).read_bytes()).as_pem(private=False)
    create_token_key(KeyFolder(tmp_path / "others"))
    shutil.copy(tmp_path / "others" / FIRST, on_sqlite.keys / "others.pem")
    tokens = {
        "the old key under the new one's name": signed(on_sqlite, FIRST, {"kid": kid}),
        "the new key under no name": signed(on_sqlite, SECOND, {}),
        "the old key under its check value": signed(on_sqlite, FIRST, {"kid": checks[FIRST][:16]}),
        "the new key under its whole check value": signed(on_sqlite, SECOND, {"kid": checks[SECOND]}),
        "a file of the folder": signed(on_sqlite, FIRST, {"kid": FIRST}),
        "a file elsewhere": signed(on_sqlite, FIRST, {"kid": "../../../dev/null"}),
        "no name at all": signed(on_sqlite, FIRST, {"kid": ""}),
        "another address": signed(on_sqlite, SECOND, {"kid": kid, "jku": "https://evil.example/keys"}),
        "a key of its own": signed(on_sqlite, "others.pem", {"kid": kid, "jwk": {"kty": "OKP", "crv": "Ed25519"}}),
        "a key that is not ours": signed(on_sqlite, "others.pem", {"kid": kid}),
        "no signature": by_hand(on_sqlite, {"alg": "none", "typ": "at+jwt", "kid": kid}, None),
        "our public key": by_hand(on_sqlite, {"alg": "HS256", "typ": "at+jwt", "kid": kid}, public),
        "an empty secret": by_hand(on_sqlite, {"alg": "HS256", "typ": "at+jwt", "kid": "/dev/null"}, b""),
        "names that are none": by_hand(on_sqlite, {"alg": "Ed25519", "typ": "at+jwt", "kid": [kid]}, b""),
        "nothing as a name": by_hand(on_sqlite, {"alg": "Ed25519", "typ": "at+jwt", "kid": None}, b""),
    }
    with closing(build(on_sqlite)) as worker:
        for each in (signed(on_sqlite, FIRST, {}), signed(on_sqlite, SECOND, {"kid": kid})):
            assert status(worker, each) == 200, "what the tries differ from"
        taken = {name: status(worker, each) for name, each in tokens.items()}
    assert set(taken.values()) == {401}, taken
