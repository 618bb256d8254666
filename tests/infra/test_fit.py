"""What a deployment is not started with: evidence in the clear, abroad, or where it can be written over."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from infra.deployment import create
from infra.main import NotFit, build, refuse_unfit, travels_in_the_clear
from infra.settings import Bucket, Settings


def settings(folder: Path, base_url: str, **more: Any) -> Settings:
    return Settings.read({"PORTFOLIO_FOLDER": str(folder / "data"), "PORTFOLIO_BASE_URL": base_url, **more})


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
    there = cast("Any", SimpleNamespace(base_url="https://portfolio.example", vault=Bucket("evidence", "")))
    plain = vault("http://storage.example")
    with pytest.raises(NotFit, match=r"in the clear to http://storage\.example: name an https address"):
        refuse_unfit(there, plain, live=True)
    refuse_unfit(there, plain, live=False)
    with pytest.raises(NotFit, match="lies abroad"):
        refuse_unfit(there, vault(unfit="The bucket evidence lies abroad."), live=False)
    refuse_unfit(there, vault(), live=True)
