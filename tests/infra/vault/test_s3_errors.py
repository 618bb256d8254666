"""What S3 may answer, by its class, over the wire: who comes again, who makes room, and what an operator reads."""

from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from uuid import uuid4

import pytest
from botocore.config import Config

from infra.vault import s3_errors
from infra.vault.s3 import S3Vault
from infra.vault.s3_errors import BUSY_CODES, FULL_CODES, OPERATORS
from infra.vault.s3_setup import NotTried, Setup, SetupFailed, probe, verify
from portfolio.application.ports import Busy, StorageFull, StorageMisconfigured
from portfolio.domain.kernel import NOBODY
from tests.infra.vault import files
from tests.infra.vault.buckets import SITE, client, session_of
from tests.infra.vault.conftest import digest_of


class Wire:
    """A server that gives every request the same answer, as S3 writes it."""

    def __init__(self) -> None:
        self.status, self.code = 200, ""
        wire = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                said = f"<Error><Code>{wire.code}</Code><Message>said the wire</Message></Error>" if wire.code else ""
                body = said.encode() if self.command != "HEAD" else b""
                self.send_response(wire.status)
                self.send_header("Content-Type", "application/xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_HEAD = do_PUT = do_DELETE = answer  # noqa: N815 - as the library calls them

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    wire = Wire()
    yield wire
    wire.server.shutdown()
    wire.server.server_close()


@pytest.fixture
def vault(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Vault]:
    """A vault at the wire, that asks once."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", wire.address)
    with ExitStack() as stack:
        patient = client(stack, session_of("key", "secret", "eu-west-2"))
        once = session_of("key", "secret", "eu-west-2").client(
            "s3", config=patient.meta.config.merge(Config(retries={"mode": "standard", "total_max_attempts": 1}))
        )
        stack.callback(once.close)
        yield S3Vault(once, "evidence")


CASES: list[tuple[int, str, type[Exception], str]] = [
    *((503, code, Busy, "overloaded") for code in sorted(BUSY_CODES)),
    *((403, code, StorageFull, "no room left") for code in sorted(FULL_CODES)),
    *((403, code, StorageMisconfigured, sentence) for code, sentence in sorted(OPERATORS.items()) if code.isalpha()),
    (429, "", Busy, "overloaded"),
    (500, "", Busy, "overloaded"),
    (502, "Surprise", Busy, "overloaded"),
    (507, "", StorageFull, "no room left"),
    (501, "", StorageMisconfigured, s3_errors.UNKNOWN_PART),
    (400, "KMS.DisabledException", StorageMisconfigured, s3_errors.ENCRYPTION),
    (400, "KMS.NotFoundException", StorageMisconfigured, s3_errors.ENCRYPTION),
    (400, "SomethingNew", StorageMisconfigured, "refuses what the service must do (SomethingNew)"),
    (409, "InvalidBucketState", StorageMisconfigured, "refuses what the service must do (InvalidBucketState)"),
]


@pytest.mark.parametrize(("status", "code", "refused", "sentence"), CASES)
def test_every_answer_has_its_class_and_none_is_a_fault_of_ours(
    wire: Wire, vault: S3Vault, status: int, code: str, refused: type[Exception], sentence: str
) -> None:
    wire.status, wire.code = status, code
    calls = (
        lambda: vault.seal(uuid4(), size=39, sha256=digest_of(files.TEXT), media_type="text/plain"),
        lambda: next(vault.read(uuid4())),
        lambda: vault.blocks(uuid4()),
        lambda: list(vault.objects()),
    )
    for call in calls:
        with pytest.raises(refused) as told:
            call()
        assert type(told.value) is refused
        if refused is not StorageMisconfigured:
            assert sentence in str(told.value)
    wire.status, wire.code = 200, ""
    noted = vault.check()
    if refused is StorageMisconfigured:  # the operator reads what the caller is not told
        assert sentence in (noted or "")
        assert sentence not in str(told.value)
    else:
        assert noted is None


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("RequestTimeTooSkewed", s3_errors.CLOCK),
        ("ExpiredToken", s3_errors.EXPIRED),
        ("NotImplemented", s3_errors.UNKNOWN_PART),
    ],
)
def test_setup_says_what_is_to_be_mended(
    wire: Wire, vault: S3Vault, monkeypatch: pytest.MonkeyPatch, code: str, sentence: str
) -> None:
    wire.status, wire.code = 200, ""
    asked = vault._client.get_bucket_versioning

    def head_only(**_: str) -> object:
        wire.status, wire.code = 403, code
        return asked(Bucket="evidence")

    monkeypatch.setattr(vault._client, "get_bucket_versioning", head_only)
    with pytest.raises(SetupFailed) as failed:
        verify(vault._client, Setup("evidence", "", SITE))
    assert f"{code}: said the wire): {sentence}." in str(failed.value)


def test_a_storage_without_conditional_writes_is_named_and_one_that_is_away_is_no_such_storage(
    wire: Wire, vault: S3Vault
) -> None:
    setup = Setup("evidence", "", SITE)
    for wire.status, wire.code in ((501, "NotImplemented"), (200, "")):
        assert "lacks something that the service needs, such as conditional writes" in str(probe(vault._client, setup))
    wire.status, wire.code = 412, "PreconditionFailed"
    assert probe(vault._client, setup) is None
    wire.status, wire.code = 403, "AccessDenied"
    with pytest.raises(NotTried, match="this role may not write there"):
        probe(vault._client, setup)
    wire.status, wire.code = 403, "ExpiredToken"
    with pytest.raises(SetupFailed, match="have expired"):
        probe(vault._client, setup)


def test_without_credentials_nothing_is_offered_and_the_operator_reads_why(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", wire.address)
    with ExitStack() as stack:
        vault = S3Vault(client(stack, None), "evidence")
        with pytest.raises(StorageMisconfigured):
            vault.offer(uuid4(), 39, digest_of(files.TEXT), NOBODY)
        assert s3_errors.NO_CREDENTIALS in (vault.check() or "")
