"""``portfolio security-log``: who came in and who was kept out."""

from uuid import UUID

import click

from infra.cli.options import folder_option, read_settings
from infra.main import now, open_record
from infra.security_log import security_log_of


@click.command("security-log")
@click.argument("whom", type=click.UUID, required=False, metavar="[ID]")
@folder_option
def security_log(whom: UUID | None, folder: str | None) -> None:
    """Print who came in and who was kept out, of one person or program or of everybody.

    These are the lines of the security log that this machine has kept.
    """
    with open_record(read_settings(folder), read_only=True) as record:
        for line in security_log_of(record.settings, record.journal, now).lines(whom):
            click.echo(line)
