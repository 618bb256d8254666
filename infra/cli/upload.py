"""``portfolio upload``: files from another system, brought over to a server by a program."""

import os
from pathlib import Path
from uuid import UUID

import click

from infra.cli.running import Failed
from infra.demo.client import Refused
from infra.main import now
from infra.uploading import Credential, Uploader, UploadFault

SECRET = "PORTFOLIO_PROGRAM_SECRET"  # noqa: S105 - the name of a variable


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--enrolment", type=click.UUID, required=True, metavar="ID", help="The enrolment they are for.")
@click.option("--server", required=True, metavar="URL", help="Where people reach the server.")
@click.option("--program", type=click.UUID, required=True, metavar="ID", help="The program that brings them.")
@click.option(
    "--key",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help=f"The private half of one of its keys, as PEM; else {SECRET} holds one of its secrets.",
)
def upload(files: tuple[Path, ...], enrolment: UUID, server: str, program: UUID, key: Path | None) -> None:
    """Bring FILES over to drafts of an apprentice, who describes them and hands them in.

    Repeated after it broke off, it goes on with the parts that have not arrived; what is there is not sent again. A
    file that is not taken keeps no other one back.
    """
    secret = os.environ.get(SECRET, "")
    if key is None and not secret:
        raise click.UsageError(f"Name a --key, or set {SECRET}.")
    credential = Credential(program, key.read_bytes() if key else b"", secret)
    uploader = Uploader(server.rstrip("/"), credential, enrolment, lambda line: click.echo(line, err=True), now)
    failed = False
    for path in files:
        try:
            click.echo(f"{path.name} {uploader.bring(path)}.")
        except (Refused, UploadFault) as fault:  # which keeps no other file back
            click.echo(f"{path.name}: {fault}", err=True)
            failed = True
    if failed:
        raise Failed
