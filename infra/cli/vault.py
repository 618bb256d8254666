"""``portfolio vault``: read stored files again, erase those that are to be, and set up the buckets of an S3 vault."""

import click

from infra.audit.kept import in_words
from infra.audit.reading import Pace, audit
from infra.cli.options import folder_option, read_settings, say_demo
from infra.cli.running import Failed
from infra.cli.upkeep import bar
from infra.deployment import mode_of
from infra.main import open_record
from infra.settings import SERVERS_LOCK
from portfolio.application.erasing import Erasing


@click.group()
def vault() -> None:
    """Read all stored files again, erase what is to be; set up a bucket that PORTFOLIO_VAULT names."""


@vault.command("setup")
@click.option("--application", metavar="ARN", default="", help="The role the web service runs as: it adds and reads.")
@click.option("--erasure", metavar="ARN", default="", help="The role that may delete locked versions.")
@click.option("--kms-key", metavar="ARN", default="", help="The key of AWS KMS that everything is encrypted with.")
@click.option(
    "--verify",
    "only_verify",
    is_flag=True,
    help="Change nothing, only say what differs; one small object is written on trial and goes.",
)
def setup(application: str, erasure: str, kms_key: str, only_verify: bool) -> None:
    """Make the buckets, with versioning, locks, policy, CORS and lifecycle; print what was done, then verify it."""
    settings = read_settings(None)
    if settings.vault is None:
        raise click.UsageError("PORTFOLIO_VAULT names no bucket: files lie in the folder, which needs no setup.")
    try:
        from infra.vault.s3_client import connect
        from infra.vault.s3_setup import NotTried, Setup, SetupFailed, apply, probe, verify
    except ModuleNotFoundError as error:
        raise click.UsageError(f"PORTFOLIO_VAULT needs the driver of S3: {SERVERS_LOCK}.") from error
    wanted = Setup(settings.vault.name, settings.vault.prefix, settings.site, application, erasure, kms_key)
    try:
        client = connect()
        for sentence in () if only_verify else apply(client, wanted):
            click.echo(sentence)
        differences = verify(client, wanted)
        if not differences and (fault := probe(client, wanted)):
            differences = [fault]
    except NotTried as note:
        click.echo(f"Note: {note}")
    except SetupFailed as failure:
        click.echo(str(failure), err=True)
        raise Failed from failure
    for difference in differences:
        click.echo(difference, err=True)
    if differences:
        raise Failed
    click.echo("The buckets are as they must be.")


@vault.command("audit")
@click.option("--rate", metavar="MB", type=click.FloatRange(min=0.001), help="Megabytes that are read in a second.")
@folder_option
def audit_(rate: float | None, folder: str | None) -> None:
    """Read every stored file again, compare it with its fact, and name what is missing, changed or belongs to none.

    Files that no fact names and that are older than a day are put aside, as `portfolio repair` does. It may run beside
    a server. Broken off, it goes on when it is run again.
    """
    settings = read_settings(folder)
    with open_record(settings, read_only=True) as record, bar("Reading files") as progress:
        say_demo(mode_of(record.journal))
        done = audit(record, progress, Pace(rate and rate * 1_000_000))
    for each in done.faulty:
        click.echo(each.sentence)
    click.echo(in_words(done))
    if done.counts:
        raise Failed


@vault.command("erase")
@folder_option
def erase(folder: str | None) -> None:
    """Take away every version of each file whose erasure two people approved.

    The service does so by itself where it may. Where a lock keeps it from that, run this with the credentials of the
    erasure role. It may run beside a server, which takes the previews and records within the hour that all is gone.
    """
    settings = read_settings(folder)
    with open_record(settings, read_only=True) as record:
        say_demo(mode_of(record.journal))
        erasing = Erasing(record.journal, record.vault.erase)
        stayed = 0
        for file in erasing.waiting():
            why = erasing.erase(file)
            stayed += bool(why)
            click.echo(f"{record.vault.place(file.object_id)} {f'stays: {why}' if why else 'is gone.'}")
    if stayed:
        raise Failed
