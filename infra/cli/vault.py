"""``portfolio vault setup``: make the buckets of an S3 vault what they must be, and say what differs."""

import click

from infra.cli.options import read_settings
from infra.cli.running import Failed
from infra.settings import SERVERS_LOCK


@click.group()
def vault() -> None:
    """Set up where files lie when PORTFOLIO_VAULT names a bucket."""


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
