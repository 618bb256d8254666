"""What is wrong with a set-up before it is live: each thing in a sentence that says the way out. It only reads."""

import os
import resource
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from infra import machines
from infra.adapters import VAULT, open_mailer, open_scanner
from infra.cli.running import sentence
from infra.errors import OperatorError
from infra.fit import unfit_folder, unfit_scanner
from infra.heads import altered, known_heads, loss
from infra.identity.keys import KeyFolder, is_of_another
from infra.identity.openid.configured import configured
from infra.main import NoDeployment, Record, doubt_of_clock, now, open_record, open_to_others
from infra.openid import looked_at
from infra.overall import deployment_of, holds_facts
from infra.settings import Settings
from infra.store.clock import HOW_ON
from infra.store.refusals import ViewsDamaged
from infra.vault.media import Confinement, confinement
from infra.vault.previews.office import lacking
from portfolio.application.indexes import PROGRAMS
from portfolio.application.read_session import ReadSession
from portfolio.domain.evidence.media import LARGEST_FILE
from portfolio.domain.person import PERSON
from portfolio.domain.program.aggregate import PROGRAM
from portfolio.domain.program.standing import IN_THE_WAY, standing

PYTHONS = ((3, 11), (3, 12), (3, 13))
"""The versions that the tests run on."""

OF_EACH_PROCESS, OF_OTHERS = 50, 20
"""Connections to the database server: what a web process may want, and who checks, backs up or looks meanwhile."""

OPEN_FILES = 4096
"""How many files a process should be allowed to open: each connection is one."""


class Finding(NamedTuple):
    """What was found, in a sentence; ``wrong`` if it has to be mended."""

    sentence: str
    wrong: bool = True


def findings(settings: Settings, application: str = "", erasure: str = "") -> Iterator[Finding]:
    """Yield what is wrong, or should be known, about this machine and the deployment that the settings name.

    ``application`` and ``erasure`` are the roles to which the policies of the buckets should give what they may do.
    """
    for each in (
        of_python,
        of_open_files,
        of_temporary_files,
        of_sandbox,
        of_documents,
        lambda: of_folders(settings),
        lambda: of_room(settings),
        lambda: of_mail(settings),
        lambda: of_record(settings),
        lambda: of_providers(settings),
        lambda: of_buckets(settings, application, erasure),
    ):
        yield from told(each)


def told(check: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """Yield what a check finds, and the sentence about what keeps it from looking."""
    try:
        yield from check()
    except Exception as error:
        if (why := sentence(error)) is None:
            raise
        yield Finding(why)


def of_python(version: tuple[int, int] = sys.version_info[:2]) -> Iterator[Finding]:
    """Find a Python that no test ran on."""
    if version not in PYTHONS:
        known = ", ".join(".".join(map(str, one)) for one in PYTHONS)
        yield Finding(f"This is Python {version[0]}.{version[1]}, on which nothing was tested: use one of {known}.")


def of_open_files(needed: int = OPEN_FILES) -> Iterator[Finding]:
    """Find a limit that a few hundred slow clients reach."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < needed:
        yield Finding(
            f"A process may open {most:,} files, and each connection is one: allow {needed:,} or more "
            "(LimitNOFILE in the unit, or ulimit -Hn)."
        )


def of_temporary_files(needed: int = LARGEST_FILE) -> Iterator[Finding]:
    """Find a folder for temporary files in which the largest upload finds no room."""
    folder = tempfile.gettempdir()
    free = shutil.disk_usage(folder).free
    if free < needed:
        yield Finding(
            f"The folder for temporary files, {folder}, has {megabytes(free)} free, and an upload may take "
            f"{megabytes(needed)}: make room, or set TMPDIR to a folder on a larger disk."
        )


def of_sandbox(attempt: Callable[[], Confinement] = confinement) -> Iterator[Finding]:
    """Find what the system lacks to confine the process that opens uploaded files."""
    tried = attempt()
    if what := tried.in_words():
        yield Finding(what, wrong=not tried.is_enough())


def of_documents(lacks: Callable[[], str | None] = lacking) -> Iterator[Finding]:
    """Find why documents cannot be shown, which keeps nobody from downloading them."""
    if why := lacks():
        yield Finding(why, wrong=False)


def of_folders(settings: Settings) -> Iterator[Finding]:
    """Find folders and files that others may use, or that are another user's."""
    yield from map(Finding, open_to_others(settings))
    for path in (settings.folder, settings.keys):
        if path.is_dir() and is_of_another(path.stat()):
            yield Finding(f"{path} belongs to another user: run chown on it, or run this as that user.")
    if settings.folder.is_dir():
        if not os.access(settings.folder, os.W_OK | os.X_OK):
            yield Finding(f"This user may not write in {settings.folder}: run chown on it, or run this as its owner.")
        for file in sorted(settings.folder.glob("*.db*")):
            if file.is_file() and file.stat().st_mode & 0o077:
                yield Finding(f"Others may use {file}: run chmod 600 on it.")


def of_room(settings: Settings) -> Iterator[Finding]:
    """Find a disk with less free than uploads must leave."""
    there = next(path for path in (settings.folder, *settings.folder.parents) if path.exists())
    free = shutil.disk_usage(there).free
    if free < settings.reserve_mb * 1_000_000:
        yield Finding(
            f"The disk of {settings.folder} has {megabytes(free)} free, less than PORTFOLIO_RESERVE_MB "
            f"({settings.reserve_mb:,}): make room, or uploads are refused."
        )


def of_mail(settings: Settings) -> Iterator[Finding]:
    """Find what keeps mails from being sent."""
    if (mailer := open_mailer(settings)) and (why := mailer.check()):
        yield Finding(why)


def of_record(settings: Settings) -> Iterator[Finding]:
    """Find what would keep the service from starting, or keep it from recording."""
    vault = settings.folder / VAULT
    if settings.vault is None and settings.folder.is_dir() and not vault.is_dir() and holds_facts(settings):
        yield Finding(f"There is no {vault}, where the files lie: put it back from the backup.")
        return  # to open the record would make it
    with open_record(settings, read_only=True) as record:
        mode = deployment_of(record.journal).mode
        if mode is None:
            raise NoDeployment(settings.folder)
        for each in (
            lambda: of_log(record),
            lambda: of_keys(record),
            lambda: of_vault(record),
            lambda: of_connections(settings),
            lambda: of_sign_in(settings),
            lambda: of_address(settings.base_url, mode),
            lambda: of_scanner(settings, mode),
            lambda: of_programs(record),
            lambda: of_webhooks(settings),
            lambda: of_origins(settings),
            lambda: map(Finding, machines.found(settings, record.journal.keyed)),
        ):
            yield from told(each)


def of_log(record: Record) -> Iterator[Finding]:
    """Find facts that are lost, views that cannot be used, and a clock that the last fact speaks against."""
    if fault := record.settings.store.views_fault():
        yield Finding(str(fault), wrong=not isinstance(fault, ViewsDamaged))  # which are made again by themselves
    if doubt := doubt_of_clock(record.journal):
        yield Finding(f"{doubt}: nothing can be recorded. {HOW_ON}")
    heads = known_heads(record.settings.store, record.chain)
    if lost := loss(record.journal, deployment_of(record.journal), heads, record.chain):
        yield Finding(lost)
    if unread := altered(record.journal, heads):
        yield Finding(unread)


def of_keys(record: Record) -> Iterator[Finding]:
    """Find a key of tokens that is not in use; opening the record has compared those that are."""
    if sentence := KeyFolder(record.settings.keys).not_in_record(deployment_of(record.journal)):
        yield Finding(sentence)


def of_vault(record: Record) -> Iterator[Finding]:
    """Find what keeps files from being kept, or another machine from finding them."""
    if sentence := unfit_folder(record.settings):
        yield Finding(sentence)
    if fault := record.vault.check():
        yield Finding(fault)


def of_connections(settings: Settings) -> Iterator[Finding]:
    """Find a database server that takes fewer connections than this machine's processes may want."""
    most, wanted = settings.store.connections(), OF_EACH_PROCESS * settings.workers + OF_OTHERS
    if most is not None and most < wanted:
        yield Finding(
            f"The database server takes {most} connections at once; the web processes of this machine, and whoever "
            f"checks or backs up beside them, may want {wanted}: raise max_connections, or lower PORTFOLIO_WORKERS.",
            wrong=False,
        )


def of_sign_in(settings: Settings) -> Iterator[Finding]:
    """Find that the tables of sessions are missing in a database; a file is made when it is needed."""
    if settings.store.shared:
        with settings.store.open_sign_in(settings.keys, now):
            yield from ()


def of_address(base_url: str, mode: str) -> Iterator[Finding]:
    """Find a live deployment that people would reach without encryption."""
    address = urlsplit(base_url)
    if mode == "live" and address.scheme == "http" and not is_this_machine(address.hostname or ""):
        yield Finding(
            f"This deployment is live, and {base_url} carries what people send and sign in with unencrypted: put a "
            "proxy with TLS before it (infra/deploy/nginx.conf) and set PORTFOLIO_BASE_URL to its https address."
        )


def of_scanner(settings: Settings, mode: str) -> Iterator[Finding]:
    """Find a scanner that cannot be relied on, or that a live deployment has none."""
    if mode == "live" and (sentence := unfit_scanner(settings.scanner)):
        yield Finding(sentence)
    elif fault := open_scanner(settings, now).check():
        yield Finding(fault)
    elif mode == "live" and settings.scanner == "none":
        yield Finding("Nothing looks for malware in uploaded files, as PORTFOLIO_SCANNER says.", wrong=False)


def of_programs(record: Record) -> Iterator[Finding]:
    """Find programs that nobody has stopped and that can do nothing all the same."""
    session = ReadSession(record.journal)
    for program_id in session.links(PROGRAMS, ""):
        program = session.state(PROGRAM, program_id)
        stands = standing(program, session.state(PERSON, program.owner))
        if stands in ("owner suspended", "owner without a role", "without a key"):
            yield Finding(f"The program {program.name} does not work. {IN_THE_WAY[stands]}", wrong=False)


def of_webhooks(settings: Settings) -> Iterator[Finding]:
    """Name the private networks into which administrators can have requests sent."""
    if settings.webhook_networks:
        listed = ", ".join(map(str, settings.webhook_networks))
        yield Finding(f"Webhooks may be sent into {listed}, as PORTFOLIO_WEBHOOK_NETWORKS says.", wrong=False)


def of_origins(settings: Settings) -> Iterator[Finding]:
    """Name the other sites whose pages may ask the API from a browser."""
    if settings.origins:
        listed = ", ".join(sorted(settings.origins))
        yield Finding(f"Pages of {listed} may ask the API from a browser, as PORTFOLIO_CORS_ORIGINS says.", wrong=False)


def is_this_machine(host: str) -> bool:
    """Tell whether an address with this host never leaves the machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def of_providers(settings: Settings) -> Iterator[Finding]:
    """Find why people could not sign in at a provider, or not out."""
    yield from (Finding(told, wrong) for told, wrong in looked_at(settings, now))


def of_buckets(settings: Settings, application: str, erasure: str) -> Iterator[Finding]:
    """Find how the buckets differ from what they must be."""
    if settings.vault is None:
        return
    from infra.vault.s3_client import connect  # its driver is an extra; opening the record has said so
    from infra.vault.s3_setup import Setup, verify

    if not (application or erasure):
        yield Finding("The buckets were not verified: name their roles with --application and --erasure.", wrong=False)
        return
    wanted = Setup(settings.vault.name, settings.vault.prefix, settings.site, application, erasure)
    yield from (Finding(f"{one} Run portfolio vault setup.") for one in verify(connect(), wanted))


def asked(settings: Settings) -> Iterator[str]:
    """Yield who was asked outside this machine: where nothing is wrong with them, nothing else says that they were."""
    if settings.mail:
        yield f"the mail server {settings.mail.host}:{settings.mail.port}"
    with suppress(OperatorError):  # a finding says what is wrong with the file
        yield from (each.name for each in configured(KeyFolder(settings.keys)))


def megabytes(count: int) -> str:
    """Return a number of bytes in megabytes."""
    return f"{count // 1_000_000:,} MB"
