"""What an operator may set: ``PORTFOLIO_*`` environment variables, read once into one frozen value."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from api import brand
from infra.errors import OperatorError
from infra.feed.networks import NAME as WEBHOOK_NETWORKS
from infra.feed.networks import faults_of_networks, networks_of
from infra.mail.settings import MAIL, MailServer, faults_of_mail, mail_server
from infra.origins import CORS, faults_of_origins, origins_of
from infra.origins import NAME as CORS_ORIGINS
from infra.rates import DEFAULTS, rates_of
from infra.sign_in_settings import faults_of_sign_in
from infra.store.sqlite.store import SqliteStore
from infra.store.store import Store

PREFIX = "PORTFOLIO_"

KNOWN = {
    "PORTFOLIO_FOLDER": "data",
    "PORTFOLIO_KEYS": "",  # beside the folder
    "PORTFOLIO_HOST": "127.0.0.1",
    "PORTFOLIO_PORT": "8080",
    "PORTFOLIO_BASE_URL": "",  # http, host and port
    "PORTFOLIO_VAULT": "",  # in the folder
    "PORTFOLIO_DATABASE_URL": "",  # in the folder
    "PORTFOLIO_SHARED_VAULT": "no",
    "PORTFOLIO_WORKERS": "1",
    "PORTFOLIO_RESERVE_MB": "500",
    "PORTFOLIO_RATES": "",  # those of infra.rates
    "PORTFOLIO_PROXIES": "",  # nobody
    "PORTFOLIO_IDLE_MINUTES": "120",
    "PORTFOLIO_SESSION_HOURS": "12",
    "PORTFOLIO_SECURITY_LOG_DAYS": "90",
    "PORTFOLIO_ENROLMENT_GB": "50",
    "PORTFOLIO_DRAFTS": "100",
    "PORTFOLIO_NAME": brand.NAME,
    "PORTFOLIO_COLOUR": brand.COLOUR,
    "PORTFOLIO_SCANNER": "",  # nobody has said; a live deployment must
    **MAIL,
    **CORS,
    WEBHOOK_NETWORKS: "",  # none
}
"""Every setting and its default."""

Network = IPv4Network | IPv6Network

BUCKET_URL = re.compile(r"s3://([a-z0-9][a-z0-9-]{1,52}[a-z0-9])(?:/((?:[\w-]+/)*[\w-]*))?", re.ASCII)
"""A bucket, whose name leaves room for ``-incoming``, and perhaps a prefix in it."""

CLAMD = re.compile(r"clamd:(/[^\0]+|[\w.-]+:([0-9]{1,5}))", re.ASCII)
"""A malware scanner: the path of its socket, or its machine and port."""

BASE_URL = re.compile(r"(https?://[^/?#@\\\s]+)((?:/(?!\.{1,2}(?:/|$))[\w.~-]+)*)/?", re.ASCII)
"""A site, and perhaps a path of plain names on it, with or without a slash at its end."""

SERVERS_LOCK = "run pip install --require-hashes -r requirements-servers.lock, a file of this release"
"""What brings the drivers of PostgreSQL and S3."""

NO_DRIVER = (
    f"PORTFOLIO_DATABASE_URL needs the driver of PostgreSQL: {SERVERS_LOCK}, "
    "or leave it out to keep facts in the folder."
)

LONGEST_NAME = 60
"""Letters of a deployment's name: it stands at the top of every page, also on a phone."""

EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - recognised, not listened on


class SettingsFaulty(OperatorError):
    """The settings cannot be used; the message names every fault and says what to do about each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(["The settings are faulty:", *(f"- {fault}" for fault in faults)]))
        self.faults = faults


@dataclass(frozen=True)
class Bucket:
    """Where files lie in S3: everything of ours in the bucket lies below ``prefix``, if it is not empty."""

    name: str
    prefix: str


@dataclass(frozen=True)
class Settings:
    """Where the deployment lies and how it is reached.

    ``store`` opens facts and views. ``folder`` holds them, if no database is named, and files, if no ``vault`` is;
    ``shared_vault`` says that every machine that serves has the same files in its folder. ``keys`` holds the secrets
    and lies outside it. The server listens on ``host`` and ``port``, in so many processes
    (``workers``); people reach it at ``base_url``, which may have a path, and has no slash at its end. Files in the
    folder leave ``reserve_mb`` of its disk free. ``rates`` is how often one person may ask for what costs most;
    ``proxies`` are the machines that say for which address they ask. A session ends after ``idle_minutes`` without a
    request, and after ``session_hours`` whatever is asked; who came in and who was kept out is known for
    ``security_log_days``. The files of an enrolment take up to ``enrolment_gb`` gigabytes, and a person has up to so
    many ``drafts``.
    ``scanner`` looks for malware in them: ``clamd:`` with the path of its socket, or its machine and port; ``none``, or
    nothing where nobody has said. Webhooks may also go into the private ``webhook_networks``, and there by http. Pages
    bear its ``name`` and its ``colour``, written as ``#22405f``. ``mail`` is the server that takes mails; without it
    none is sent. Pages of the sites ``origins`` may ask the API from a browser.
    """

    folder: Path
    keys: Path
    host: str
    port: int
    base_url: str
    store: Store
    vault: Bucket | None = None
    shared_vault: bool = False
    workers: int = 1
    reserve_mb: int = 500
    rates: str = ""
    proxies: tuple[Network, ...] = ()
    idle_minutes: int = 120
    session_hours: int = 12
    security_log_days: int = 90
    enrolment_gb: int = 50
    drafts: int = 100
    scanner: str = ""
    webhook_networks: tuple[Network, ...] = ()
    name: str = brand.NAME
    colour: str = brand.COLOUR
    mail: MailServer | None = None
    origins: frozenset[str] = frozenset()

    @property
    def site(self) -> str:
        """Return scheme, host and port at which people reach the service, which browsers call its origin."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def path(self) -> str:
        """Return the path on that site below which everything of ours lies, empty if it is ours alone."""
        return urlsplit(self.base_url).path

    def environment(self) -> dict[str, str]:
        """Return the variables from which ``read`` makes the same settings."""
        variables = {
            "PORTFOLIO_FOLDER": str(self.folder),
            "PORTFOLIO_KEYS": str(self.keys),
            "PORTFOLIO_HOST": self.host,
            "PORTFOLIO_PORT": str(self.port),
            "PORTFOLIO_BASE_URL": self.base_url,
            "PORTFOLIO_WORKERS": str(self.workers),
            "PORTFOLIO_RESERVE_MB": str(self.reserve_mb),
            "PORTFOLIO_SHARED_VAULT": "yes" if self.shared_vault else "no",
            "PORTFOLIO_IDLE_MINUTES": str(self.idle_minutes),
            "PORTFOLIO_SESSION_HOURS": str(self.session_hours),
            "PORTFOLIO_SECURITY_LOG_DAYS": str(self.security_log_days),
            "PORTFOLIO_ENROLMENT_GB": str(self.enrolment_gb),
            "PORTFOLIO_DRAFTS": str(self.drafts),
            "PORTFOLIO_NAME": self.name,
            "PORTFOLIO_COLOUR": self.colour,
            **self.store.variables(),
        }
        if self.scanner:
            variables["PORTFOLIO_SCANNER"] = self.scanner
        if self.webhook_networks:
            variables[WEBHOOK_NETWORKS] = " ".join(map(str, self.webhook_networks))
        if self.origins:
            variables[CORS_ORIGINS] = " ".join(sorted(self.origins))
        if self.rates:
            variables["PORTFOLIO_RATES"] = self.rates
        if self.proxies:
            variables["PORTFOLIO_PROXIES"] = " ".join(map(str, self.proxies))
        if self.mail is not None:
            variables |= self.mail.variables()
        if self.vault is not None:
            variables["PORTFOLIO_VAULT"] = f"s3://{self.vault.name}/{self.vault.prefix}".rstrip("/")
        return variables

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Settings":
        """Return the settings of these variables; raise ``SettingsFaulty`` with every fault at once.

        A command line option wins as ``read({**os.environ, "PORTFOLIO_PORT": "8081"})``.
        """
        faults = [unknown(name) for name in sorted(environment) if name.startswith(PREFIX) and name not in KNOWN]
        faults += [
            f"{name} is empty: give it a value or take it away." for name in KNOWN if environment.get(name, "-") == ""
        ]
        value = {name: environment.get(name) or default for name, default in KNOWN.items()}

        folder = Path(value["PORTFOLIO_FOLDER"]).absolute()
        keys = Path(value["PORTFOLIO_KEYS"] or f"{folder}-keys").absolute()
        if keys.resolve().is_relative_to(folder.resolve()):
            faults.append(
                f"PORTFOLIO_KEYS ({keys}) lies inside PORTFOLIO_FOLDER ({folder}): "
                "a copy of the data would carry its keys; choose a folder outside."
            )

        for name, path in (("PORTFOLIO_FOLDER", folder), ("PORTFOLIO_KEYS", keys)):
            if path.exists() and not path.is_dir():
                faults.append(f"{name} ({path}) is a file: name a folder, or a place where one can be made.")

        host, port, base_url = value["PORTFOLIO_HOST"], value["PORTFOLIO_PORT"], value["PORTFOLIO_BASE_URL"]
        here = f"http://{f'[{host}]' if ':' in host else host}"
        if not is_site(here):
            faults.append(f"PORTFOLIO_HOST ({host}) is not the name or number of a machine.")
        if not (port.isascii() and port.isdigit() and 1 <= int(port[:6]) <= 65535):
            faults.append(f"PORTFOLIO_PORT ({port}) is not a port: give a number from 1 to 65535.")
        base = BASE_URL.fullmatch(base_url)
        if base_url and not (base and is_site(base[1])):
            faults.append(
                f"PORTFOLIO_BASE_URL ({base_url}) is not an address such as https://portfolio.example or "
                "https://college.example/portfolio: behind the name of the site give nothing, or plain names with one "
                "slash before each."
            )
        if host in EVERY_ADDRESS and not base_url:
            faults.append(f"PORTFOLIO_HOST ({host}) is every address: say in PORTFOLIO_BASE_URL how people reach it.")

        bucket = BUCKET_URL.fullmatch(value["PORTFOLIO_VAULT"])
        if value["PORTFOLIO_VAULT"] and not bucket:
            faults.append(
                f"PORTFOLIO_VAULT ({value['PORTFOLIO_VAULT']}) is not a place in S3: give s3://bucket/prefix, the "
                "bucket in 3 to 54 small letters, digits and hyphens, or leave it out to keep files in the folder."
            )

        database_url, workers = value["PORTFOLIO_DATABASE_URL"], value["PORTFOLIO_WORKERS"]
        if database_url and not has_driver():
            faults.append(NO_DRIVER)
        elif database_url and not is_database(database_url):
            faults.append(
                "PORTFOLIO_DATABASE_URL is not the address of a PostgreSQL database: give "
                "postgresql://name:password@machine/database, or leave it out to keep facts in the folder."
            )
        if not (workers.isascii() and workers.isdigit() and 1 <= int(workers[:4]) <= 100):
            faults.append(f"PORTFOLIO_WORKERS ({workers}) is not a number of processes: give one from 1 to 100.")
        elif workers != "1" and not database_url:
            faults.append("PORTFOLIO_WORKERS needs PORTFOLIO_DATABASE_URL: facts in the folder belong to one process.")

        reserve = value["PORTFOLIO_RESERVE_MB"]
        if not (reserve.isascii() and reserve.isdigit() and len(reserve) <= 9):
            faults.append(f"PORTFOLIO_RESERVE_MB ({reserve}) is not a number of megabytes, such as 500.")

        scanner = value["PORTFOLIO_SCANNER"]
        clamd = CLAMD.fullmatch(scanner)
        if scanner not in ("", "none") and not (clamd and 1 <= int(clamd[2] or 1) <= 65535):
            faults.append(
                f"PORTFOLIO_SCANNER ({scanner}) is no malware scanner: give clamd:/run/clamav/clamd.ctl, "
                "clamd:127.0.0.1:3310 or the like, or none."
            )

        if value["PORTFOLIO_SHARED_VAULT"] not in ("yes", "no"):
            faults.append(f"PORTFOLIO_SHARED_VAULT ({value['PORTFOLIO_SHARED_VAULT']}) is neither yes nor no.")

        faults += [
            *faults_of_limits(value),
            *faults_of_looks(value),
            *faults_of_mail(value),
            *faults_of_sign_in(value),
            *faults_of_networks(value[WEBHOOK_NETWORKS]),
            *faults_of_origins(value[CORS_ORIGINS]),
        ]
        if faults:
            raise SettingsFaulty(faults)
        vault = Bucket(name=bucket[1], prefix=(bucket[2] or "").rstrip("/")) if bucket else None
        return cls(
            folder=folder,
            keys=keys,
            host=host,
            port=int(port),
            base_url=f"{base[1]}{base[2]}" if base else f"{here}:{port}",
            store=store_at(folder, database_url),
            vault=vault,
            shared_vault=value["PORTFOLIO_SHARED_VAULT"] == "yes",
            workers=int(workers),
            reserve_mb=int(reserve),
            rates=value["PORTFOLIO_RATES"],
            proxies=tuple(map(ip_network, value["PORTFOLIO_PROXIES"].split())),
            idle_minutes=int(value["PORTFOLIO_IDLE_MINUTES"]),
            session_hours=int(value["PORTFOLIO_SESSION_HOURS"]),
            security_log_days=int(value["PORTFOLIO_SECURITY_LOG_DAYS"]),
            enrolment_gb=int(value["PORTFOLIO_ENROLMENT_GB"]),
            drafts=int(value["PORTFOLIO_DRAFTS"]),
            scanner=scanner,
            webhook_networks=networks_of(value[WEBHOOK_NETWORKS]),
            name=value["PORTFOLIO_NAME"],
            colour=value["PORTFOLIO_COLOUR"],
            mail=mail_server(value),
            origins=origins_of(value[CORS_ORIGINS]),
        )


def faults_of_limits(value: Mapping[str, str]) -> list[str]:
    """Return a sentence for each setting that cannot be used of those that say how much somebody may do."""
    faults = []
    for name in ("PORTFOLIO_ENROLMENT_GB", "PORTFOLIO_DRAFTS"):
        if not re.fullmatch("[1-9][0-9]{0,5}", value[name]):
            faults.append(f"{name} ({value[name]}) is not a number: give one from 1 to 999999.")
    try:
        rates_of(value["PORTFOLIO_RATES"])
    except ValueError:
        faults.append(f"PORTFOLIO_RATES ({value['PORTFOLIO_RATES']}) is not like {DEFAULTS}.")
    for proxy in value["PORTFOLIO_PROXIES"].split():
        try:
            ip_network(proxy)
        except ValueError:
            faults.append(f"PORTFOLIO_PROXIES ({proxy}) is not an address, such as 192.0.2.7, or a network of them.")
    return faults


def faults_of_looks(value: Mapping[str, str]) -> list[str]:
    """Return a sentence for each setting that pages could not be shown with."""
    faults, name, colour = [], value["PORTFOLIO_NAME"], value["PORTFOLIO_COLOUR"]
    if not (name.isprintable() and name.strip() and len(name) <= LONGEST_NAME):
        faults.append(f"PORTFOLIO_NAME ({name[:80]!a}) is not a name of 1 to {LONGEST_NAME} letters in one line.")
    if not brand.may_be(colour):
        faults.append(
            f"PORTFOLIO_COLOUR ({colour}) is not a colour on which white text can be read: give a darker one, "
            f"written like {brand.COLOUR}."
        )
    return faults


def unknown(name: str) -> str:
    """Return the sentence about a variable that is no setting, with the nearest setting's name."""
    near = difflib.get_close_matches(name, KNOWN, n=1, cutoff=0.75)
    return f"{name} is not a setting: " + (f"did you mean {near[0]}?" if near else f"there are {', '.join(KNOWN)}.")


def is_site(address: str) -> bool:
    """Tell whether this is the http or https address of a site, with no path of its own."""
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - reading it raises when it is no number
    except ValueError:
        return False
    plain = not (parts.path or parts.query or parts.fragment or parts.username)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and plain


def is_database(address: str) -> bool:
    """Tell whether the PostgreSQL driver, which is installed, finds a database in this address."""
    from infra.store.postgres.server import names_database

    return names_database(address)


def has_driver() -> bool:
    """Tell whether the PostgreSQL driver is installed."""
    return find_spec("psycopg") is not None


def store_at(folder: Path, database_url: str) -> Store:
    """Return the store in the database of this address, in the folder if there is none."""
    if not database_url:
        return SqliteStore(folder)
    from infra.store.postgres.store import PostgresStore  # its driver is an extra

    return PostgresStore(database_url)
