"""What a deployment is not started with: evidence in the clear, abroad, where it can be written over, or unscanned."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from infra.deployment import create
from infra.fit import NotFit, refuse_unfit, travels_in_the_clear
from infra.main import build
from infra.settings import Bucket, Settings


def settings(folder: Path, base_url: str, **more: Any) -> Settings:
    scanner = {"PORTFOLIO_SCANNER": "none", **more}
    return Settings.read({"PORTFOLIO_FOLDER": str(folder / "data"), "PORTFOLIO_BASE_URL": base_url, **scanner})


def vault(endpoint: str = "https://storage.example", unfit: str | None = None) -> Any:
    return SimpleNamespace(endpoint=endpoint, unfit=lambda: unfit)


@pytest.mark.parametrize(
    ("address", "leaves"),
    [
        ("http://portfolio.example", True),
        ("http://192.168.0.9:8080", True),
        ("http://[2001:db8::1]", True),
        ("http://localhost.example", True),
        ("https://portfolio.example", False),
        ("http://localhost:8080", False),
        ("http://demo.localhost", False),
        ("http://127.0.0.2:8080", False),
        ("http://[::1]:8080", False),
    ],
)
def test_only_this_very_machine_is_reached_without_tls(address: str, leaves: bool) -> None:
    assert travels_in_the_clear(address) == leaves


@pytest.mark.parametrize("mode", ["live", "demo"])
def test_a_live_deployment_is_not_served_in_the_clear(tmp_path: Path, mode: Any) -> None:
    here = settings(tmp_path, "http://portfolio.example")
    here.folder.mkdir(mode=0o700)
    create(here, mode, "Ann Lee")
    if mode == "live":
        with pytest.raises(NotFit, match=r"in the clear to http://portfolio\.example: put a proxy that ends TLS"):
            build(here)
    else:
        build(here).close()
    build(settings(tmp_path, "https://portfolio.example")).close()


def test_a_storage_that_will_not_do_is_refused_at_start(tmp_path: Path) -> None:
    there = cast(
        "Any", SimpleNamespace(base_url="https://portfolio.example", vault=Bucket("evidence", ""), scanner="none")
    )
    plain = vault("http://storage.example")
    with pytest.raises(NotFit, match=r"in the clear to http://storage\.example: name an https address"):
        refuse_unfit(there, plain, live=True)
    refuse_unfit(there, plain, live=False)
    with pytest.raises(NotFit, match="lies abroad"):
        refuse_unfit(there, vault(unfit="The bucket evidence lies abroad."), live=False)
    refuse_unfit(there, vault(), live=True)


@pytest.mark.parametrize(
    ("scanner", "sentence"),
    [
        ("", "Nobody has said what looks for malware"),
        ("clamd:scanner.example:3310", r"in the clear to scanner\.example:3310: run clamd on this machine"),
        ("clamd:192.0.2.7:3310", r"in the clear to 192\.0\.2\.7:3310"),
        ("none", ""),
        ("clamd:127.0.0.1:3310", ""),
        ("clamd:localhost:3310", ""),
        ("clamd:/run/clamav/clamd.ctl", ""),
    ],
)
def test_a_live_deployment_says_what_looks_for_malware_in_it_and_sends_nothing_away_in_the_clear(
    scanner: str, sentence: str
) -> None:
    there = cast(
        "Any", SimpleNamespace(base_url="https://portfolio.example", vault=None, scanner=scanner, shared_vault=True)
    )
    refuse_unfit(there, vault(), live=False)
    if sentence:
        with pytest.raises(NotFit, match=sentence):
            refuse_unfit(there, vault(), live=True)
    else:
        refuse_unfit(there, vault(), live=True)


def test_facts_for_many_machines_and_files_on_one_are_served_only_where_somebody_says_that_all_find_them(
    tmp_path: Path,
) -> None:
    database = {"PORTFOLIO_DATABASE_URL": "postgresql://db.example/portfolio"}
    here = settings(tmp_path, "https://portfolio.example", **database)
    with pytest.raises(NotFit, match=r"set PORTFOLIO_SHARED_VAULT to yes .* or keep files in a bucket"):
        refuse_unfit(here, vault(), live=False)
    for said in ({"PORTFOLIO_SHARED_VAULT": "yes"}, {"PORTFOLIO_VAULT": "s3://evidence"}):
        refuse_unfit(settings(tmp_path, "https://portfolio.example", **database, **said), vault(), live=True)
    refuse_unfit(settings(tmp_path, "https://portfolio.example"), vault(), live=True)


def test_it_is_not_started_without_that_word(tmp_path: Path, database: str) -> None:
    here = settings(tmp_path, "https://portfolio.example", PORTFOLIO_DATABASE_URL=database)
    here.folder.mkdir(mode=0o700)
    create(here, "demo", "Ann Lee")
    with pytest.raises(NotFit, match="PORTFOLIO_SHARED_VAULT"):
        build(here)
