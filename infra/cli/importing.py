"""``portfolio import``: people, enrolments and assignments from a CSV file, checked whole and carried out once."""

from pathlib import Path
from uuid import UUID

import click

from infra.cli.options import acting_administrator, folder_option, read_settings, say_demo
from infra.cli.running import Failed
from infra.deployment import mode_of
from infra.main import new_id, open_record
from portfolio.application.imports.carrying_out import Imports, LinesFaulty
from portfolio.application.imports.lines import KINDS, sample
from portfolio.domain.imports import Import


@click.command("import")
@click.argument("file", required=False)
@click.option("--sample", "kind", type=click.Choice([*KINDS]), help="Print a file with one such line, and do no more.")
@click.option("--dry-run", is_flag=True, help="Name every bad line; nothing is recorded.")
@click.option("--leave-out", type=int, multiple=True, metavar="LINE", help="Leave out this line; the header is 1.")
@click.option("--leave-out-faulty", is_flag=True, help="Leave out every bad line, and list them.")
@click.option("--id", "import_id", type=click.UUID, metavar="UUID", help="The import to go on with, as it was printed.")
@click.option("--as", "person", type=click.UUID, metavar="PERSON", help="The administrator who imports it.")
@folder_option
def import_(
    file: str | None,
    kind: str | None,
    *,
    dry_run: bool,
    leave_out: tuple[int, ...],
    leave_out_faulty: bool,
    import_id: UUID | None,
    person: UUID | None,
    folder: str | None,
) -> None:
    """Record the people, enrolments and assignments in FILE, or nothing while a line is bad.

    Repeated with the same --id, an import that broke off goes on, and no line is recorded twice.
    """
    if kind is not None:
        click.echo(sample(kind), nl=False)
        return
    if file is None:
        raise click.UsageError("Name the file, or ask for a --sample.")
    settings, content = read_settings(folder), Path(file).read_bytes()
    import_id = import_id or new_id()
    with settings.store.writing(), open_record(settings) as record:
        say_demo(mode_of(record.journal))
        by, imports = acting_administrator(record.journal, person), Imports(record.handler)
        if dry_run:
            faults = [fault.in_words() for fault in imports.check(content, import_id, by, leave_out)]
            show_faults(faults or ["no line is bad"])
            if faults:
                raise Failed
            return
        click.echo(f"This is import {import_id}: if it breaks off, repeat it with --id {import_id}.", err=True)
        try:
            show(
                imports.carry_out(
                    content, import_id, by, left_out=leave_out, faulty=leave_out_faulty, noted=show_progress
                )
            )
        except LinesFaulty as refusal:
            show_faults(refusal.members["lines"])
            click.echo(refusal.title(), err=True)
            raise Failed from refusal


def show_progress(line: int, last_line: int) -> None:
    """Say beside the output how far the import has come."""
    click.echo(f"Up to line {line} of {last_line}.", err=True)


def show_faults(faults: list[str]) -> None:
    """Print a line for each."""
    for fault in faults:
        click.echo(fault.capitalize())


def show(record: Import) -> None:
    """Print what was not carried out, and say whether everything else was; raise ``Failed`` if lines were refused."""
    for fault in record.left_out:
        click.echo(f"Line {fault.line} was left out{f' ({fault.column}: {fault.code})' if fault.code else ''}.")
    for fault in record.refused:
        click.echo(f"Line {fault.line} was refused meanwhile ({fault.column}: {fault.code}).")
    others = "Every other line" if record.left_out or record.refused else "Every line"
    click.echo(f"{others} up to {record.reached} is on record.")
    if record.refused:
        raise Failed
