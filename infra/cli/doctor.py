"""``portfolio doctor``: what is wrong with a set-up before it is live."""

import click

from infra.cli.options import folder_option, read_settings
from infra.cli.running import Failed
from infra.doctor import asked, findings


@click.command()
@click.option(
    "--application", metavar="ARN", default="", help="The role the web service runs as, to verify buckets by."
)
@click.option("--erasure", metavar="ARN", default="", help="The role that may delete locked versions, for the same.")
@folder_option
def doctor(application: str, erasure: str, folder: str | None) -> None:
    """Tell what is wrong with a set-up before it is live: a line for each thing, with the way out.

    It only reads and may run beside a server; run it as the user of the service, with the settings of the service.
    """
    wrong, settings = 0, read_settings(folder)
    for finding in findings(settings, application, erasure):
        click.echo(finding.sentence if finding.wrong else f"Note: {finding.sentence}")
        wrong += finding.wrong
    if others := [*asked(settings)]:
        click.echo(f"Asked: {', '.join(others)}.")
    if wrong:
        click.echo(f"{wrong} {'thing is' if wrong == 1 else 'things are'} wrong.", err=True)
        raise Failed
    click.echo("Nothing is wrong with this set-up.")
