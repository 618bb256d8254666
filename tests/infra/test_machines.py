"""Machines that serve one deployment compare by what they go, and say in what they differ, and at which machine."""

import hashlib
import hmac
from pathlib import Path

import psycopg
import pytest

from infra.identity.keys import KeyFolder
from infra.machines import Machines, found
from infra.settings import Settings

PROVIDERS = b"""
[college]
name = "College"
issuer = "https://login.college.example"
client_id = "portfolio"
client_secret = "of these tests"
"""


def keyed(kind: str, value: bytes) -> str:
    return hmac.digest(b"index", kind.encode() + value, hashlib.sha256).hex()


class Town:
    """Machines over one database, each with a folder and keys of its own."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.common = {"PORTFOLIO_DATABASE_URL": database, "PORTFOLIO_BASE_URL": "https://portfolio.example"}

    def settings(self, port: int, *, providers: bytes = b"", **settings: str) -> Settings:
        """Return those of the machine at a port."""
        own = {"PORTFOLIO_FOLDER": str(self.folder / str(port)), "PORTFOLIO_PORT": str(port)}
        read = Settings.read({**self.common, **own, **settings})
        if providers:
            KeyFolder(read.keys).create("providers.toml", providers)
        return read


@pytest.fixture
def town(tmp_path: Path, database: str) -> Town:
    return Town(tmp_path, database)


def test_machines_that_go_by_the_same_agree_whatever_they_have_for_themselves(town: Town) -> None:
    here, there = (town.settings(port, providers=PROVIDERS + comment) for port, comment in ((8080, b""), (8081, b"#")))
    there = Settings.read({**there.environment(), "PORTFOLIO_WORKERS": "3", "PORTFOLIO_SCANNER": "clamd:/run/clamd"})
    one, other = Machines(here, keyed), Machines(there, keyed)
    one.look()
    assert (one.fault(), other.fault()) == (None, None)
    assert [*found(here, keyed)] == []


@pytest.mark.parametrize(
    ("other", "named"),
    [
        ({"PORTFOLIO_BASE_URL": "https://other.example"}, "PORTFOLIO_BASE_URL is not the same here"),
        ({"PORTFOLIO_VAULT": "s3://bucket/here"}, "PORTFOLIO_VAULT is not the same here"),
        ({"providers": PROVIDERS}, "providers.toml is not the same here"),
        (
            {"PORTFOLIO_MAIL_SERVER": "tls:mail.example:465", "PORTFOLIO_MAIL_FROM": "a@college.example"},
            "PORTFOLIO_MAIL_FROM, PORTFOLIO_MAIL_SERVER are not the same here",
        ),
    ],
    ids=["address", "files", "providers", "mails"],
)
def test_what_differs_is_named_at_both_and_by_the_doctor(town: Town, other: dict[str, str], named: str) -> None:
    here, there = town.settings(8080), town.settings(8081, **other)  # type: ignore[arg-type]  # one of them is bytes
    assert [*found(here, keyed)] == []
    one, two = Machines(here, keyed), Machines(there, keyed)
    one.look()
    for machine, port in ((one, 8081), (two, 8080)):
        told = machine.fault() or ""
        assert told.startswith(named)
        assert f":{port}, which serves this deployment too" in told
    assert [*found(here, keyed)] == [one.fault()]


def test_a_machine_that_has_ended_is_compared_with_no_longer_and_no_setting_is_noted(town: Town) -> None:
    Machines(town.settings(8081, PORTFOLIO_NAME="Anytown"), keyed)
    one = Machines(town.settings(8080), keyed)
    assert one.fault() is not None
    with psycopg.connect(town.common["PORTFOLIO_DATABASE_URL"], autocommit=True) as connection:
        assert "Anytown" not in str(connection.execute("SELECT * FROM record.machines").fetchall())
        connection.execute("UPDATE record.machines SET seen = seen - interval '2 minutes'")
    one.look()
    assert one.fault() is None
    assert [*found(town.settings(8082), keyed)] == []
