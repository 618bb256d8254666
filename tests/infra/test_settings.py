"""Settings are right, or every fault is named at once."""

import sys
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from infra.mail.settings import MailServer
from infra.settings import EVERY_ADDRESS, KNOWN, NO_DRIVER, Bucket, Settings, SettingsFaulty
from infra.store.postgres.store import PostgresStore
from infra.store.sqlite.store import SqliteStore

DATABASE_URL = "postgresql://portfolio:secret@db.example/portfolio"


def faults(**variables: str) -> list[str]:
    with pytest.raises(SettingsFaulty) as refused:
        Settings.read({f"PORTFOLIO_{name}": value for name, value in variables.items()})
    assert all(fault in str(refused.value) for fault in refused.value.faults)
    return refused.value.faults


def test_without_any_setting_the_defaults_hold() -> None:
    settings = Settings.read({"PATH": "/bin", "HOME": "/"})
    assert settings == Settings(
        folder=Path("data").absolute(),
        keys=Path("data-keys").absolute(),
        host="127.0.0.1",
        port=8080,
        base_url="http://127.0.0.1:8080",
        store=SqliteStore(Path("data").absolute()),
    )


def test_every_setting_is_taken_from_its_variable(tmp_path: Path) -> None:
    given = {
        "PORTFOLIO_FOLDER": str(tmp_path / "a"),
        "PORTFOLIO_KEYS": str(tmp_path / "b"),
        "PORTFOLIO_HOST": "localhost",
        "PORTFOLIO_PORT": "9000",
        "PORTFOLIO_BASE_URL": "https://portfolio.example/",
        "PORTFOLIO_VAULT": "s3://evidence/college/2026/",
        "PORTFOLIO_DATABASE_URL": DATABASE_URL,
        "PORTFOLIO_SHARED_VAULT": "yes",
        "PORTFOLIO_WORKERS": "4",
        "PORTFOLIO_RESERVE_MB": "2000",
        "PORTFOLIO_RATES": "seals=5/minute",
        "PORTFOLIO_PROXIES": "127.0.0.1 2001:db8::/32",
        "PORTFOLIO_IDLE_MINUTES": "30",
        "PORTFOLIO_SESSION_HOURS": "8",
        "PORTFOLIO_SECURITY_LOG_DAYS": "30",
        "PORTFOLIO_ENROLMENT_GB": "20",
        "PORTFOLIO_DRAFTS": "40",
        "PORTFOLIO_SCANNER": "clamd:/run/clamav/clamd.ctl",
        "PORTFOLIO_WEBHOOK_NETWORKS": "10.4.0.0/16 fd00:4::/32",
        "PORTFOLIO_CORS_ORIGINS": "https://staff.example:8443 https://learning.example",
        "PORTFOLIO_NAME": "North College",
        "PORTFOLIO_COLOUR": "#7A0019",
        "PORTFOLIO_MAIL_SERVER": "starttls:mail.example:587",
        "PORTFOLIO_MAIL_FROM": "portfolio@college.example",
        "PORTFOLIO_MAIL_USER": "portfolio",
        "PORTFOLIO_MAIL_PASSWORD": "secret",
    }
    assert given.keys() == KNOWN.keys()
    assert Settings.read(given) == Settings(
        folder=tmp_path / "a",
        keys=tmp_path / "b",
        host="localhost",
        port=9000,
        base_url="https://portfolio.example",
        vault=Bucket(name="evidence", prefix="college/2026"),
        store=PostgresStore(DATABASE_URL),
        shared_vault=True,
        workers=4,
        reserve_mb=2000,
        rates="seals=5/minute",
        proxies=(ip_network("127.0.0.1"), ip_network("2001:db8::/32")),
        idle_minutes=30,
        session_hours=8,
        security_log_days=30,
        enrolment_gb=20,
        drafts=40,
        scanner="clamd:/run/clamav/clamd.ctl",
        webhook_networks=(ip_network("10.4.0.0/16"), ip_network("fd00:4::/32")),
        origins=frozenset({"https://learning.example", "https://staff.example:8443"}),
        name="North College",
        colour="#7A0019",
        mail=MailServer("mail.example", 587, True, "portfolio@college.example", "portfolio", "secret"),
    )


@pytest.mark.parametrize("vault", [None, Bucket(name="evidence", prefix=""), Bucket(name="evidence", prefix="a/b")])
@pytest.mark.parametrize("store", [{}, {"PORTFOLIO_DATABASE_URL": DATABASE_URL, "PORTFOLIO_WORKERS": "2"}])
def test_the_same_settings_can_be_given_to_another_program(vault: Bucket | None, store: dict[str, str]) -> None:
    settings = replace(
        Settings.read({"PORTFOLIO_PORT": "9000", **store}),
        vault=vault,
        reserve_mb=7,
        rates="seals=5/hour",
        proxies=(ip_network("192.0.2.7"),),
        idle_minutes=15,
        session_hours=3,
        security_log_days=4,
        shared_vault=True,
        enrolment_gb=5,
        drafts=6,
    )
    assert Settings.read(settings.environment()) == settings


def test_a_typing_error_is_answered_with_the_nearest_name() -> None:
    assert faults(FOLDRE="x") == ["PORTFOLIO_FOLDRE is not a setting: did you mean PORTFOLIO_FOLDER?"]
    assert faults(MAPPER_TOPIC="x") == [f"PORTFOLIO_MAPPER_TOPIC is not a setting: there are {', '.join(KNOWN)}."]


def test_every_fault_is_named_at_once() -> None:
    named = faults(PROT="1", PORT="eighty", BASE_URL="portfolio.example", FOLDER="x", KEYS="x/keys", HOST="")
    assert [fault.split()[0] for fault in named] == [
        "PORTFOLIO_PROT",
        "PORTFOLIO_HOST",
        "PORTFOLIO_KEYS",
        "PORTFOLIO_PORT",
        "PORTFOLIO_BASE_URL",
    ]


@pytest.mark.parametrize(
    ("address", "bucket"),
    [
        ("s3://evidence", Bucket("evidence", "")),
        ("s3://evidence/", Bucket("evidence", "")),
        ("s3://evidence/live", Bucket("evidence", "live")),
    ],
)
def test_files_may_lie_in_a_bucket(address: str, bucket: Bucket) -> None:
    assert Settings.read({"PORTFOLIO_VAULT": address}).vault == bucket


@pytest.mark.parametrize(
    "address",
    [
        "evidence",
        "https://evidence/x",
        "s3://",
        "s3:///x",
        "s3://Evidence/x",
        "s3://a.b/x",
        "s3://evidence//x",
        "s3://evidence/../x",
        f"s3://{'e' * 55}",
    ],
)
def test_a_vault_that_is_no_place_in_s3_is_refused_in_a_sentence(address: str) -> None:
    (fault,) = faults(VAULT=address)
    assert fault.startswith(f"PORTFOLIO_VAULT ({address}) is not a place in S3: give s3://bucket/prefix")


@pytest.mark.parametrize("port", ["0", "65536", "-1", "80.5", "\N{SUPERSCRIPT TWO}", "1" * 5000, " 80"])
def test_a_port_is_a_number_that_exists(port: str) -> None:
    (fault,) = faults(PORT=port)
    assert "give a number from 1 to 65535" in fault


@pytest.mark.parametrize(
    "address",
    [
        "ftp://a",
        "http://",
        "http:///b",
        "https://a?x",
        "https://a?",
        "https://a#x",
        "https://u@a",
        "http://a:x",
        "http://[",
        "//a",
        "HTTPS://a",
        "https://a\\b",
        "https://a b",
        "https://a/b\n",
    ],
)
def test_a_base_url_is_the_address_of_a_site(address: str) -> None:
    (fault,) = faults(BASE_URL=address)
    assert "is not an address such as" in fault


@pytest.mark.parametrize(
    ("address", "base_url", "path"),
    [
        ("https://college.example", "https://college.example", ""),
        ("https://college.example/", "https://college.example", ""),
        ("https://college.example/portfolio", "https://college.example/portfolio", "/portfolio"),
        ("https://college.example:8443/portfolio/", "https://college.example:8443/portfolio", "/portfolio"),
        ("https://college.example/a/b-c_d.e~f/..g", "https://college.example/a/b-c_d.e~f/..g", "/a/b-c_d.e~f/..g"),
    ],
)
def test_a_base_url_may_have_a_path(address: str, base_url: str, path: str) -> None:
    settings = Settings.read({"PORTFOLIO_BASE_URL": address})
    assert (settings.base_url, settings.path) == (base_url, path)
    assert Settings.read(settings.environment()) == settings
    assert settings.site == f"https://{urlsplit(address).netloc}"


@pytest.mark.parametrize(
    "path",
    [
        "/..",
        "/.",
        "/../b",
        "/b/..",
        "/b/../c",
        "/./b",
        "//",
        "//b",
        "/b//c",
        "/b//",
        "/b?",
        "/b?c=d",
        "/b#",
        "/b#c",
        "/b c",
        "/b%2Fc",
        "/b;c",
        "/é",
        "/b\\c",
        "/b@c",
        "/b:c",
        '/b"c',
        "/b<c",
        "/b\tc",
        "/b\x00c",
    ],
)
def test_a_path_of_anything_but_plain_names_is_refused_in_a_sentence(path: str) -> None:
    (fault,) = faults(BASE_URL=f"https://a{path}")
    assert fault.startswith(f"PORTFOLIO_BASE_URL (https://a{path}) is not an address such as")
    assert "plain names with one slash before each" in fault


@pytest.mark.parametrize("host", EVERY_ADDRESS)
def test_listening_everywhere_needs_the_address_people_use(host: str) -> None:
    (fault,) = faults(HOST=host)
    assert "say in PORTFOLIO_BASE_URL" in fault


@pytest.mark.parametrize("host", ["a/", "a/b", "u@a", "[", ":"])
def test_a_host_is_the_name_or_number_of_a_machine(host: str) -> None:
    (fault,) = faults(HOST=host)
    assert "is not the name or number of a machine" in fault


def test_an_ipv6_host_makes_an_address() -> None:
    assert Settings.read({"PORTFOLIO_HOST": "::1"}).base_url == "http://[::1]:8080"


@pytest.mark.parametrize("keys", ["data", "data/keys", "data/../data/keys", "link/keys"])
def test_keys_never_lie_inside_the_data(tmp_path: Path, keys: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "data")
    (fault,) = faults(FOLDER=str(tmp_path / "data"), KEYS=str(tmp_path / keys))
    assert "lies inside PORTFOLIO_FOLDER" in fault


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://db.example/portfolio",
        "postgres://portfolio:secret@db.example:5433/portfolio?sslmode=verify-full",
        "postgresql://postgres@/portfolio?host=/run/postgresql",
        "postgresql://one.example,two.example:5433/portfolio",
        "postgresql:///?dbname=portfolio&host=one.example,two.example",
        "postgresql://?service=portfolio",
        "service=portfolio",
        "host=db.example dbname=portfolio",
    ],
)
def test_facts_may_lie_in_a_database(address: str) -> None:
    assert Settings.read({"PORTFOLIO_DATABASE_URL": address}).store == PostgresStore(address)


def test_a_database_without_its_driver_is_named_beside_other_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)  # as if it was not installed
    assert faults(DATABASE_URL=DATABASE_URL, PORT="x") == [
        "PORTFOLIO_PORT (x) is not a port: give a number from 1 to 65535.",
        NO_DRIVER,
    ]


@pytest.mark.parametrize("address", ["db.example", "mysql://db/x", "postgresql://db.example", "postgresql://db:x/y"])
def test_what_is_no_database_is_refused_without_showing_it(address: str) -> None:
    (fault,) = faults(DATABASE_URL=address)
    assert fault.startswith("PORTFOLIO_DATABASE_URL is not the address of a PostgreSQL database")
    assert "mysql" not in fault


def test_a_password_is_not_shown_with_the_settings() -> None:
    assert "secret" not in repr(Settings.read({"PORTFOLIO_DATABASE_URL": "postgresql://p:secret@db.example/portfolio"}))


@pytest.mark.parametrize("number", ["0", "3661", "-5", "soon", "٣"])
@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("IDLE_MINUTES", "minutes: give one from 1 to 720."),
        ("SESSION_HOURS", "hours: give one from 1 to 24."),
        ("SECURITY_LOG_DAYS", "days: give one from 1 to 3660."),
    ],
)
def test_a_time_is_a_number_of_its_unit(name: str, wanted: str, number: str) -> None:
    assert faults(**{name: number}) == [f"PORTFOLIO_{name} ({number}) is not a number of {wanted}"]


@pytest.mark.parametrize("name", ["ENROLMENT_GB", "DRAFTS"])
@pytest.mark.parametrize("number", ["0", "-1", "many", "1000000", "٣"])
def test_a_quota_is_a_number(name: str, number: str) -> None:
    assert faults(**{name: number}) == [f"PORTFOLIO_{name} ({number}) is not a number: give one from 1 to 999999."]


def test_a_vault_is_shared_or_not() -> None:
    assert faults(SHARED_VAULT="perhaps") == ["PORTFOLIO_SHARED_VAULT (perhaps) is neither yes nor no."]


def test_proxies_are_given_by_address() -> None:
    assert faults(PROXIES="127.0.0.1 nginx") == [
        "PORTFOLIO_PROXIES (nginx) is not an address, such as 192.0.2.7, or a network of them."
    ]


def test_rates_are_given_like_the_usual_ones() -> None:
    (fault,) = faults(RATES="seals=often")
    assert fault.startswith("PORTFOLIO_RATES (seals=often) is not like sign-in=10/minute uploads=")


@pytest.mark.parametrize("reserve", ["-1", "half", "1e3", "٣", "1000000000"])
def test_a_reserve_is_a_number_of_megabytes(reserve: str) -> None:
    assert faults(RESERVE_MB=reserve) == [
        f"PORTFOLIO_RESERVE_MB ({reserve}) is not a number of megabytes, such as 500."
    ]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(SettingsFaulty) as caught:
        Settings.read({"PORTFOLIO_FOLDER": str(file), "PORTFOLIO_KEYS": str(file)})
    assert [fault.partition(" is a file: name a folder")[0] for fault in caught.value.faults][-2:] == [
        f"PORTFOLIO_FOLDER ({file})",
        f"PORTFOLIO_KEYS ({file})",
    ]


def test_several_processes_need_a_database() -> None:
    assert faults(WORKERS="2") == [
        "PORTFOLIO_WORKERS needs PORTFOLIO_DATABASE_URL: facts in the folder belong to one process."
    ]
    assert faults(WORKERS="0") == ["PORTFOLIO_WORKERS (0) is not a number of processes: give one from 1 to 100."]
