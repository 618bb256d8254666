"""``portfolio fsck``, ``rebuild`` and ``migrate``: whether all agrees, views made again, tables of this release."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import click

from infra.cli.options import folder_option, read_settings, say_demo
from infra.cli.running import Failed
from infra.deployment import mode_of
from infra.errors import OperatorError
from infra.fsck.deployment import differences
from infra.fsck.views import none_there
from infra.heads import at_facts_to_read, gone_from, known_heads, settle_heads
from infra.main import Record, open_record
from infra.overall import deployment_of
from infra.previews import FOLDER, previews_of
from infra.previews import rebuild as rebuild_all
from infra.repair.deployment import repair as mended
from infra.store.refusals import ViewsDamaged
from portfolio.domain.deployment import AcceptClock, AcceptLoss
from portfolio.domain.vocabulary import SYSTEM
from projections.machinery.runner import Projector, ViewUnknown
from projections.views import VIEWS


@click.command()
@folder_option
def fsck(folder: str | None) -> None:
    """Check that all facts, index rows, views and files agree; print each difference on a line of its own.

    It only reads and may run beside a server.
    """
    number, settings = 0, read_settings(folder)
    with open_record(settings, read_only=True) as record:
        say_demo(mode_of(record.journal))
        with bar("Reading files") as progress:
            for number, difference in enumerate(differences(record, progress), start=1):  # noqa: B007 - counted
                click.echo(difference)
        head, no_views = record.journal.head(), none_there(settings.store)
    if number:
        click.echo(f"{number} {'difference' if number == 1 else 'differences'} found.", err=True)
        raise Failed
    if no_views:
        click.echo(f"OK: {head} facts agree with their index rows and files.")
        click.echo("There are no views to compare: `portfolio serve` makes them from the facts.")
    else:
        click.echo(f"OK: {head} facts agree with their index rows, views and files.")


@click.command()
@folder_option
def repair(folder: str | None) -> None:
    """Mend what fsck finds and the facts decide: index rows, files that no fact keeps, views.

    A file that no fact names is never deleted: it is put aside, with a list. Nothing else may write meanwhile.
    """
    settings = read_settings(folder)
    number = 0
    with settings.store.writing(), open_record(settings) as record, bar("Folding facts") as progress:
        say_demo(mode_of(record.journal))
        for number, sentence in enumerate(mended(record, progress, record.chain.contradiction()), start=1):  # noqa: B007 - counted
            click.echo(sentence)
    click.echo("Nothing was to be mended." if not number else "Next, run `portfolio fsck`: it says what is left.")


@click.command("accept-clock")
@click.option("--reason", required=True, help="Why the clock is right; it stands in the record.")
@folder_option
def accept_clock(reason: str, folder: str | None) -> None:
    """Let facts be recorded again by a clock that the last fact speaks against.

    Nothing is recorded while the last fact lies in the clock's future, or more than 400 days in its past.
    """
    settings = read_settings(folder)
    with settings.store.writing(), open_record(settings) as record:
        record.handler.execute(AcceptClock(reason=reason), SYSTEM)
        say_demo(mode_of(record.journal))
    click.echo("The clock is accepted: facts are recorded again.")


@click.command("accept-loss")
@click.option("--reason", required=True, help="Why the facts cannot be had any more; it stands in the record.")
@folder_option
def accept_loss(reason: str, folder: str | None) -> None:
    """Let the record go on without facts that are lost, whose places are then given to others.

    Nothing is served or recorded while the record ends before a fact that its views, its reactions or its keys know
    of, or has another fact in its place. What is lost stands in the record, with the reason.
    """
    settings = read_settings(folder)
    with settings.store.writing(), open_record(settings, despite_loss=True) as record:
        if (fault := settings.store.views_fault()) and not isinstance(fault, ViewsDamaged):
            raise fault  # before anything is recorded: they are to begin again
        heads = at_facts_to_read(record.journal, known_heads(settings.store, record.chain))
        if gone_from(record.journal, heads):
            record.journal.store.chain.cut()  # before the next fact takes a place beyond which the chain goes
        record.handler.execute(
            AcceptLoss(reason=reason, heads=tuple(sorted(heads, key=lambda head: (head.position, head.who)))), SYSTEM
        )
        settle_heads(record.journal, deployment_of(record.journal), settings.store, record.chain)
        say_demo(mode_of(record.journal))
    click.echo("The loss is accepted: views are made again when the service starts, and facts are recorded again.")


@click.command()
@click.argument("view", required=False)
@folder_option
def rebuild(view: str | None, folder: str | None) -> None:
    """Rebuild VIEW, or all views, from the first fact; the old rows are replaced at the end.

    "previews" makes what people look at in place of files again, from the files, but for redacted ones, which it takes
    away: whoever asks for one has it made again. It may run beside a server.
    """
    settings = read_settings(folder)
    with open_record(settings, read_only=True) as record:
        say_demo(mode_of(record.journal))
        if view == FOLDER:
            rebuild_previews(record)
            return
    with settings.store.writing(), open_record(settings) as record:
        with settings.store.open_views() as views, bar("Folding facts") as progress:
            begun = time.monotonic()
            try:
                Projector(record.journal, views, VIEWS).rebuild(*([view] if view else []), progress=progress)
            except ViewUnknown as error:
                raise OperatorError(str(error)) from error
        facts = record.journal.head()
        rate = facts / (time.monotonic() - begun)
        rebuilt = f"the view {view}" if view else "all views"
        click.echo(f"Rebuilt {rebuilt} from {facts} facts, {rate:,.0f} a second.")


def rebuild_previews(record: Record) -> None:
    """Make the previews of all files again, and say what became of it."""
    with (
        closing(previews_of(record.settings, record.vault, record.handler.originals)) as previews,
        bar("Making previews") as progress,
    ):
        done = rebuild_all(record.journal, previews, progress)
    click.echo(f"Made the previews of {done.made} files again, and removed {done.removed} that nobody needs.")
    if done.redacted:
        click.echo(f"Removed {done.redacted} redacted previews: each is made again when somebody asks for it.")
    if done.failed:
        click.echo(f"{done.failed} files could not be read: run `portfolio fsck`.", err=True)
        raise Failed


@click.command()
@click.option("--role", metavar="ROLE", help="The database role under which the service runs, to be let in.")
@folder_option
def migrate(role: str | None, folder: str | None) -> None:
    """Prepare the database of PORTFOLIO_DATABASE_URL for this release, under a role that may make tables there.

    The role of the service may then read the record and call the function that appends to it, and keep its views;
    nothing else. Run it again after every upgrade, before the service starts.
    """
    made = read_settings(folder).store.migrate(role)
    click.echo("Made the tables of the record." if made else "The tables of the record were there; all is up to date.")


@contextmanager
def bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that shows (done, of) as a progress bar, on a terminal only."""
    with click.progressbar(length=1, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as shown:
        begun = time.monotonic()

        def progress(done: int, of: int) -> None:
            shown.length = max(1, of)
            shown.label = f"{label}, {done / (time.monotonic() - begun):,.0f} a second"
            shown.update(max(0, done - shown.pos))

        yield progress
