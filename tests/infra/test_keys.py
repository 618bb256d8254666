"""Keys are made once, with their deployment; whatever is not one of them is refused by its name (RECORD-2)."""

import logging
import secrets
from pathlib import Path
from uuid import uuid4

import pytest

import infra.main
from infra.deployment import create
from infra.identity.keys import INDEX_KEY, KEYS, TOKEN_KEY, UPLOAD_KEY, KeyFault, KeyFolder, KeyMissing
from infra.identity.tokens import create_token_key
from infra.key_checks import fits
from infra.main import NoDeployment, build, open_record
from infra.settings import Settings
from infra.store.journal import EventJournal
from portfolio.domain.deployment import DEPLOYMENT_ID, KeyChecksRecorded
from tests.deployments import new_deployment
from tests.golden_stores import copy_store
from tests.infra.test_golden_stores import LEFT


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Give those of a deployment, on each store in turn."""
    return new_deployment(request, tmp_path)


def replace(settings: Settings, name: str, content: bytes) -> None:
    """Put something else in the place of a key."""
    (settings.keys / name).unlink()
    (settings.keys / name).write_bytes(content)
    (settings.keys / name).chmod(0o400)


def why_not_opened(settings: Settings) -> str:
    with pytest.raises(KeyFault) as caught, open_record(settings, read_only=True):
        pass
    return str(caught.value)


def head(settings: Settings) -> int:
    with open_record(settings, read_only=True) as record:
        return record.journal.head()


@pytest.mark.parametrize("name", KEYS)
def test_a_key_that_is_lost_is_never_made_again(settings: Settings, name: str) -> None:
    before, kept = head(settings), (settings.keys / name).read_bytes()
    (settings.keys / name).unlink()
    assert f"There is no {settings.keys / name}" in why_not_opened(settings)
    assert "put it back from the backup of the keys" in why_not_opened(settings)
    with pytest.raises(KeyMissing, match="put it back from the backup of the keys"):
        create(settings, "demo", "Ann Lee")
    assert not (settings.keys / name).exists()
    replacement = settings.keys / name
    replacement.write_bytes(kept)
    replacement.chmod(0o400)
    assert head(settings) == before


def test_a_deployment_whose_keys_are_all_gone_is_not_begun_again(settings: Settings, tmp_path: Path) -> None:
    settings.keys.rename(tmp_path / "elsewhere")
    with pytest.raises(KeyMissing):
        create(settings, "demo", "Ann Lee")
    assert not settings.keys.exists()


@pytest.mark.parametrize("name", [INDEX_KEY, UPLOAD_KEY])
@pytest.mark.parametrize(("content", "why"), [(b"", "is empty"), (b"x" * 31, "has 31 bytes instead of 32")])
def test_a_key_that_is_empty_or_cut_is_refused_by_its_name(
    settings: Settings, name: str, content: bytes, why: str
) -> None:
    replace(settings, name, content)
    assert f"{settings.keys / name} {why}" in why_not_opened(settings)


def test_a_token_key_that_is_cut_is_refused_by_its_name(settings: Settings) -> None:
    replace(settings, TOKEN_KEY, (settings.keys / TOKEN_KEY).read_bytes()[:40])
    assert f"{settings.keys / TOKEN_KEY} is not the one of this deployment" in why_not_opened(settings)


@pytest.mark.parametrize("name", [INDEX_KEY, UPLOAD_KEY])
def test_a_key_of_another_deployment_is_refused_by_its_name(settings: Settings, name: str) -> None:
    replace(settings, name, secrets.token_bytes(32))
    assert f"{settings.keys / name} is not the one of this deployment: put it back" in why_not_opened(settings)


def test_a_token_key_of_another_deployment_is_refused_by_its_name(settings: Settings, tmp_path: Path) -> None:
    create_token_key(KeyFolder(tmp_path / "others"))
    replace(settings, TOKEN_KEY, (tmp_path / "others" / TOKEN_KEY).read_bytes())
    assert "token-key.pem is not the one of this deployment" in why_not_opened(settings)


def test_where_nothing_is_recorded_yet_no_key_is_missed(settings: Settings, tmp_path: Path) -> None:
    elsewhere = Settings.read({"PORTFOLIO_FOLDER": str(tmp_path / "empty")})
    elsewhere.folder.mkdir()
    with pytest.raises(NoDeployment, match="portfolio init"), open_record(elsewhere):
        pass


def test_a_beginning_that_was_interrupted_before_anything_was_recorded_is_finished(tmp_path: Path) -> None:
    settings = Settings.read({"PORTFOLIO_FOLDER": str(tmp_path / "data")})
    settings.folder.mkdir()
    (settings.folder / "facts.db").touch()
    KeyFolder(settings.keys).create(UPLOAD_KEY, secrets.token_bytes(32))
    create(settings, "live", "Ann Lee")
    assert head(settings) == 5


def test_a_key_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    keys = KeyFolder(tmp_path)
    keys.create(UPLOAD_KEY, b"x" * 32)
    with pytest.raises(KeyFault, match="exists already"):
        keys.create(UPLOAD_KEY, b"y" * 32)
    assert [path.name for path in tmp_path.iterdir()] == [UPLOAD_KEY]
    assert (keys.read(UPLOAD_KEY), keys.path.joinpath(UPLOAD_KEY).stat().st_mode & 0o777) == (b"x" * 32, 0o400)


# --- a deployment that is older than check values ---------------------------------------------------------------------


@pytest.fixture
def older(tmp_path: Path, bare: pytest.MonkeyPatch) -> Settings:
    """Give those of a deployment as the first release left it."""
    bare.setattr(infra.main, "now", lambda: LEFT)
    return Settings.read(copy_store("0.1.0", "sqlite", tmp_path))


def test_the_first_start_of_an_older_deployment_records_check_values_and_says_so(
    older: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "portfolio.keys"):
        build(older).close()
        build(older).close()
    assert [line.message for line in caplog.records if line.name == "portfolio.keys"] == [
        "The keys are from before this release: from now on each is known again by a recorded value."
    ]
    with open_record(older, read_only=True) as record:
        recorded = record.journal.read(DEPLOYMENT_ID)[-1].fact
        assert isinstance(recorded, KeyChecksRecorded)
        assert set(recorded.checks) == set(KEYS)
    replace(older, UPLOAD_KEY, secrets.token_bytes(32))
    assert "upload-key is not the one" in why_not_opened(older)


def test_an_older_deployment_under_another_index_key_is_not_started(older: Settings) -> None:
    before = head(older)
    replace(older, INDEX_KEY, secrets.token_bytes(32))
    with pytest.raises(KeyFault, match="index-key is not the one under which the numbers of learners"):
        build(older)
    assert head(older) == before


def test_a_record_without_unique_keys_fits_every_index_key(tmp_path: Path) -> None:
    journal = EventJournal.in_file(tmp_path / f"{uuid4()}.db", secret=b"any")
    assert fits(journal)
    journal.close()
