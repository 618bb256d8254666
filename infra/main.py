"""The composition root: everything that knows which adapters are used, where the clock is and where ids come from."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from threading import Event, Thread
from typing import Any, cast
from uuid import UUID, uuid4

from api.app import create_app
from api.services import Services
from infra import outbox
from infra.adapters import open_mailer, open_scanner, open_vault
from infra.audit import kept as audits
from infra.checking import CheckPool
from infra.errors import OperatorError
from infra.feed.delivering import Deliverer
from infra.feed.sending import Sender
from infra.fit import refuse_unfit
from infra.heads import REACTIONS, FactsLost, remains, settle_heads
from infra.health import catching_up, checks, set_aside, unchecked
from infra.identity.ended import last_sign_out
from infra.identity.keys import FOR_EVER, INDEX_KEY, UPLOAD_KEY, KeyFolder, KeyMissing, lasting, needed
from infra.identity.programs import ProgramsSignIn
from infra.identity.tokens import LocalTokens
from infra.key_checks import complete_key_checks
from infra.logs import AccessLog
from infra.machines import Machines
from infra.metrics import Metrics
from infra.openid import open_providers
from infra.operations import OfDeployment
from infra.overall import DeploymentUnreadable, deployment_of, holds_facts, readable_deployment
from infra.previews import at_work
from infra.rates import rates_of
from infra.security_log import security_log_of
from infra.settings import Settings
from infra.signing_in import following, mailed_links, sessions_over
from infra.store.chain import Chain, Outside
from infra.store.clock import ClockGuard
from infra.store.journal import EventJournal
from infra.store.store import Work
from infra.vault.folder import FolderVault
from infra.vault.sweeping import Sweeper
from portfolio.application.addresses import AddressBook
from portfolio.application.checking import Checker
from portfolio.application.erasing import is_erased
from portfolio.application.erasing import standing as erasures
from portfolio.application.handler import CommandHandler
from portfolio.application.ports import Clock, Vault
from portfolio.application.reactions import Reactions
from portfolio.application.read_session import ReadSession
from portfolio.domain.catalogue import NUMBER
from portfolio.domain.deployment import (
    CLOCK_TOLERANCE,
    DEPLOYMENT,
    DEPLOYMENT_ID,
    BeginCatalogue,
    Deployment,
    clock_doubt,
    is_ahead,
    moment_in_words,
)
from portfolio.domain.evidence.quota import Quota
from portfolio.domain.vocabulary import SYSTEM
from projections.consequences import how_many
from projections.machinery.owner import OWNER
from projections.machinery.runner import Projector, Reactor
from projections.machinery.trouble import Trouble
from projections.views import VIEWS

LOG = logging.getLogger("portfolio.main")


class NoDeployment(OperatorError):
    """There is nothing in this folder yet; the message says how to begin."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"There is no deployment in {folder}: run `portfolio init` first, or set PORTFOLIO_FOLDER.")


class ClockOfStory(OperatorError):
    """A live deployment is recorded by the true time."""

    def __init__(self) -> None:
        super().__init__("A live deployment is recorded by the true time: only a demo tells a story of earlier weeks.")


class AddressTaken(OperatorError):
    """The service cannot listen where it is told to; the message says why."""


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def new_id() -> UUID:
    """Return a random id."""
    return uuid4()


@dataclass(frozen=True)
class Record:
    """The record of one deployment: what commands need, and what reads of single streams need."""

    settings: Settings
    journal: EventJournal
    vault: Vault
    handler: CommandHandler
    chain: Chain


@contextmanager
def open_record(
    settings: Settings,
    *,
    read_only: bool = False,
    despite_loss: bool = False,
    despite_token_keys: bool = False,
    metrics: Metrics | None = None,
    clock: Clock | None = None,
) -> Iterator[Record]:
    """Open the record and close it in the end; raise ``NoDeployment`` if there is none, ``KeyFault``, ``CannotOpen``.

    Raises ``FactsLost`` if the log does not hold what was seen of it, unless ``read_only`` or ``despite_loss``.
    ``despite_token_keys``: whatever became of the keys that sign tokens, which others can take the place of.
    Who writes holds the folder's lock, and leaves the chain where the log ends; ``read_only`` runs beside whoever does.
    What commands ask of the journal, and anybody of the vault, is timed in ``metrics``. ``clock`` is the time by which
    a demo is recorded, if not the true one; raises ``ClockOfStory`` for a live deployment.
    """
    if not settings.store.may_exist():
        raise FactsLost(told) if (told := remains(settings)) else NoDeployment(settings.folder)
    keys = KeyFolder(settings.keys)
    try:
        keys.check_values(FOR_EVER)
    except KeyMissing:
        if not holds_facts(settings):
            raise NoDeployment(settings.folder) from None
        raise
    upload_key = keys.read(UPLOAD_KEY)
    if read_only and not holds_facts(settings):
        raise FactsLost(told) if (told := remains(settings)) else NoDeployment(settings.folder)
    journal = settings.store.open_journal(keys.read(INDEX_KEY), read_only=read_only)
    beside = ExitStack()
    try:
        try:
            deployment = deployment_of(journal)
        except DeploymentUnreadable:
            if not read_only:
                raise
            deployment, despite_token_keys = readable_deployment(journal), True  # which of them, nobody can tell
        if clock is not None and deployment.mode == "live":
            raise ClockOfStory
        wanted = needed(deployment, now())
        keys.require(lasting(wanted) if despite_token_keys or not journal.head() else wanted)
        vault = open_vault(settings, upload_key, now)
        timed_journal = journal if metrics is None else metrics.timed("journal", journal)
        vault = vault if metrics is None else metrics.timed("vault", vault)
        chain = Chain(journal, Outside(settings.keys))
        if not read_only:
            if deployment.mode is None and not journal.head() and (told := remains(settings)):
                raise FactsLost(told)
            if not despite_loss:
                settle_heads(journal, deployment, settings.store, chain)
            chain.begin()
            journal.clock = ClockGuard(now, partial(doubt_of_clock, journal))
        quota = Quota(bytes_of_enrolment=settings.enrolment_gb * 1_000_000_000, drafts_of_person=settings.drafts)
        follow, mails = following(settings, journal, beside, now), settings.mail is not None
        handler = CommandHandler(timed_journal, vault, clock or now, new_id, quota=quota, follow=follow, mails=mails)
        if deployment.mode is not None and not despite_loss:
            journal.first = partial(begin_catalogue, handler)
        yield Record(settings, journal, vault, handler, chain)
        if not read_only:
            chain.try_to_catch_up()
    finally:
        beside.close()
        journal.close()


def deployment_now(record: Record) -> Deployment:
    """Return the same for every request, folded once and then followed; raise ``FactUnreadable``."""
    session = ReadSession(record.journal, cache=record.handler.cache, catches_up=True)
    return session.state(DEPLOYMENT, DEPLOYMENT_ID)


def begin_catalogue(handler: CommandHandler) -> None:
    """Record under which number of the catalogue this release writes (RECORD-4); raise ``Rejected``."""
    handler.execute(BeginCatalogue(number=NUMBER), SYSTEM)


def doubt_of_clock(journal: EventJournal) -> str:
    """Return what in the record speaks against the clock, empty if nothing does."""
    last_recorded = ReadSession(journal).last_recorded()
    return clock_doubt(readable_deployment(journal), last_recorded, now()) if last_recorded else ""


def facts_from_the_future(journal: EventJournal) -> str | None:
    """Return a sentence that names the facts which were recorded later than it is now, None if there are none."""
    last_recorded = ReadSession(journal).last_recorded()
    if last_recorded is None or not is_ahead(last_recorded, now()):
        return None
    first, head = journal.position_at(now() + CLOCK_TOLERANCE) + 1, journal.head()
    which = f"fact {first} was" if first == head else f"facts {first} to {head} were"
    return f"{which} recorded in the future, by this machine's clock: at up to {moment_in_words(last_recorded)}"


class Running:
    """A deployment at work: its record, its projector and reactor in threads, and the web service (``wsgi``).

    ``leave`` lets nobody wait in it any longer. Close it when done: what is being written is finished first.
    """

    def __init__(
        self,
        record: Record,
        projector: Projector,
        threads: Sequence[Thread],
        web: Callable[[], Callable[..., Any]],
        leave: Callable[[], None],
        end: ExitStack,
    ) -> None:
        self.record = record
        self.projector = projector
        self.threads = threads
        self._web = web
        self.leave = leave
        self._end = end

    @cached_property
    def wsgi(self) -> Callable[..., Any]:
        """Return the web service, made when it is asked for: who only looks whether all opens needs none."""
        return self._web()

    def close(self) -> None:
        """Stop the threads and close the stores."""
        self._end.close()


def build(settings: Settings, shared_figures: str | None = None, clock: Clock | None = None) -> Running:
    """Return the deployment at work; raise ``NoDeployment``, ``KeyFault`` or ``CannotOpen``.

    The caller holds the folder's lock. Build it in the process that serves: threads do not survive a fork. What it
    counts is added up with the server's other processes in the folder of ``shared_figures``. ``clock`` is as
    ``open_record`` says; tokens, sessions, addresses of uploads, leases and keys go by the true time all the same.
    """
    from infra.rate_limits import RateLimits  # here: whoever only opens the record would wait for its libraries

    with ExitStack() as opened:
        metrics = Metrics(shared_figures)
        record = opened.enter_context(open_record(settings, metrics=metrics, clock=clock))
        mode = deployment_of(record.journal).mode
        if mode is None:
            raise NoDeployment(settings.folder)
        refuse_unfit(settings, record.vault, live=mode == "live")
        keys = KeyFolder(settings.keys)
        complete_key_checks(record.handler, record.journal, keys, needed(deployment_of(record.journal), now()))
        record.journal.begin()
        views = opened.enter_context(settings.store.open_views())
        trouble = Trouble(views)
        projector = Projector(record.journal, metrics.timed("views", views), VIEWS, trouble)
        reactions = Reactions(record.handler, record.journal)
        reactor = Reactor(REACTIONS, record.journal, views, reactions.react, reactions.now_and_then, trouble)
        metrics.watch(
            record.journal.head,
            partial(how_many, projector),
            lambda: len(projector.aside),
            {"views": lambda: projector.shown, REACTIONS: lambda: views.position(REACTIONS)},
        )
        metrics.watch_chain(record.chain.end)
        leases = opened.enter_context(settings.store.open_leases())
        scanner = open_scanner(settings, now)
        checker = Checker(record.handler, record.vault, scanner)
        pool = CheckPool(checker.check, record.journal, projector, leases)
        metrics.watch_checks(projector, lambda: len(pool.failing()), record.handler.now)
        sign_in = opened.enter_context(settings.store.open_sign_in(settings.keys, now))
        mailer = open_mailer(settings)
        deliveries = outbox.at_work(opened, record, projector, sign_in, mailer, demo=mode == "demo")
        deliverer = Deliverer(
            record.journal, projector, views, leases, Sender(settings.webhook_networks), now, record.handler.cache
        )
        machines = Machines(settings, record.journal.keyed)
        stop = Event()
        works: dict[str, Work] = {
            "projector": settings.store.projecting(projector, (OWNER, *VIEWS)),
            "reactor": settings.store.reacting(reactor),
            "chain": settings.store.chaining(record.chain),
            "checks": pool.run,
            **({"notices": settings.store.sending(deliveries.run)} if deliveries else {}),
            "webhooks": deliverer.run,
            **({"machines": machines.run} if settings.store.shared else {}),
        }
        threads = [Thread(target=work, args=(stop,), name=name, daemon=True) for name, work in works.items()]
        sweeper = None
        if settings.vault is None:  # a bucket has rules of its own for what is abandoned
            sweeper = Sweeper(cast(FolderVault, record.vault), projector, record.handler.now)
            threads.append(Thread(target=sweeper.run, args=(stop,), name="sweeper", daemon=True))
        originals = record.handler.originals
        originals.refused = metrics.count_altered
        metrics.watch_logs(settings.store.log_bytes)
        originals.erased = partial(is_erased, record.journal)
        previews = opened.enter_context(at_work(settings, record.vault, originals, metrics))
        reactions.forget = previews.forget
        metrics.watch_audits(partial(audits.ended, settings.folder), audits.figures(settings.folder))
        signed_out = last_sign_out(record.journal, record.handler.cache)
        security = security_log_of(settings, record.journal, now)
        tokens = LocalTokens(keys, now, signed_out, partial(deployment_now, record), security)
        sessions = sessions_over(sign_in, settings, now, signed_out, security)
        reactions.sign_out = sessions.end_from
        mailed = mailed_links(settings, AddressBook(record.journal, sign_in), sessions, now)
        if mailed is not None:
            threads.append(Thread(target=mailed.run, args=(stop,), name="links", daemon=True))
        for sentence in open_to_others(settings):
            LOG.warning(sentence)
        services = Services(
            handler=record.handler,
            views=projector,
            journal=record.journal,
            vault=record.vault,
            checking=pool,
            tokens=tokens,
            programs=ProgramsSignIn(record.journal, tokens, settings.base_url, now, sign_in.once),
            sign_in=sign_in,
            sessions=sessions,
            providers=open_providers(settings, record.handler, sign_in, now),
            security=security,
            now=record.handler.now,
            mode=mode,
            base_url=settings.base_url,
            rates=RateLimits(rates_of(settings.rates), opened.enter_context(settings.store.open_counts())),
            proxies=settings.proxies,
            origins=settings.origins,
            reserve_bytes=settings.reserve_mb * 1_000_000,
            states=record.handler.cache,
            checks=checks(record, partial(deployment_of, record.journal), projector, views, threads, now),
            previews=previews,
            notes={
                "keys": lambda: keys.not_in_record(deployment_of(record.journal)),
                "clock": partial(facts_from_the_future, record.journal),
                "files": originals.check,
                "previews": previews.store.check,
                "chain": record.chain.standing,
                "facts": partial(set_aside, record, projector, views),
                "views": partial(catching_up, projector),
                "scanner": scanner.check,
                **({"mail": mailed.fault} if mailed else {}),
                "audit": partial(audits.fault, settings.folder),
                "checks": partial(unchecked, pool, projector, record.handler.now),
                "security log": security.check,
                "erasures": partial(erasures, record.journal),
                "notices": partial(outbox.fault, deliveries),
                "webhooks": deliverer.given_up,
                "machines": machines.fault,
            },
            metrics=metrics.text,
            originals=originals,
            audits=partial(audits.kept, settings.folder),
            operations=OfDeployment(record, projector, views, sweeper, partial(outbox.told, deliveries)).parts,
            mailed=mailed,
            mail_stands=partial(outbox.stands, deliveries),
            sending=deliverer,
            name=settings.name,
            colour=settings.colour,
        )
        for thread in threads:
            thread.start()
        opened.callback(finish, stop, threads)
        return Running(
            record,
            projector,
            threads,
            lambda: AccessLog(create_app(services)),
            services.waits.ended.set,
            opened.pop_all(),
        )


def open_to_others(settings: Settings) -> list[str]:
    """Return a sentence for each folder of ours that others than its owner may look into."""
    folders = [path for path in (settings.folder, settings.keys) if path.is_dir() and path.stat().st_mode & 0o077]
    return [f"Others may look into {path}: run chmod 700 on it." for path in folders]


def finish(stop: Event, threads: Sequence[Thread]) -> None:
    """Let the threads end after the batch they are at."""
    stop.set()
    for thread in threads:
        thread.join()
