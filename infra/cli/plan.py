"""``portfolio plan``: check a published plan's text, record it, show what is recorded."""

import json
from pathlib import Path
from uuid import UUID

import click

from api.plans import plan_json
from infra.cli.options import acting_administrator, folder_option, read_settings, say_demo
from infra.deployment import mode_of
from infra.main import open_record
from portfolio.application.indexes import EDITIONS_OF_PLAN
from portfolio.application.read_session import ReadSession
from portfolio.domain.plan import PLAN, ImportPlan, Plan, PlanUnknown, plan_id_of
from portfolio.plan_reader.text import decode_plan, read_plan

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


@click.group()
def plan() -> None:
    """Read, record and show published assessment plans."""


@plan.command("check")
@click.argument("file")
@json_option
def check(file: str, as_json: bool) -> None:
    """Read the plan in FILE and say what was understood; nothing is recorded."""
    show(read_plan(decode_plan(Path(file).read_bytes())), as_json)


@plan.command("import")
@click.argument("file")
@click.option("--as", "person", type=click.UUID, metavar="PERSON", help="The administrator who imports it.")
@folder_option
def import_plan(file: str, person: UUID | None, folder: str | None) -> None:
    """Record the plan in FILE, in the name of the administrator (if there are several, say which with --as)."""
    settings = read_settings(folder)
    text = decode_plan(Path(file).read_bytes())
    with settings.store.writing(), open_record(settings) as record:
        command = ImportPlan(plan_id=plan_id_of(text), text=text)
        receipt = record.handler.execute(command, acting_administrator(record.journal, person))
        edition = ReadSession(record.journal).state(PLAN, receipt.stream)
        say_demo(mode_of(record.journal))
    if edition.plan is not None:
        click.echo(f"Recorded {edition.plan.version_label} as edition {receipt.stream}.")
        if oddities := len(edition.plan.warnings):
            click.echo(f"It has {counted(oddities, 'oddity', 'oddities')}; each needs a ruling before approval.")


@plan.command("show")
@click.argument("reference")
@click.argument("version")
@json_option
@folder_option
def show_recorded(reference: str, version: str, as_json: bool, folder: str | None) -> None:
    """Show the newest recorded edition of a plan, such as ST1297 V2."""
    with open_record(read_settings(folder), read_only=True) as record:
        session = ReadSession(record.journal)
        editions = session.links(EDITIONS_OF_PLAN, f"{reference}/{version}".upper())
        if not editions:
            raise PlanUnknown
        edition = session.state(PLAN, editions[-1])
        if edition.plan is None:
            raise PlanUnknown
        say_demo(mode_of(record.journal))
    show(edition.plan, as_json)
    if not as_json:
        approved = "approved" if edition.approved else "not approved"
        ruled = len(edition.rulings)
        click.echo(f"Edition {editions[-1]}, SHA-256 {edition.sha256}")
        click.echo(f"{approved}; {ruled} of {len(edition.plan.warnings)} oddities ruled on")


def show(plan: Plan, as_json: bool) -> None:
    """Print a plan, for programs or for people."""
    if as_json:
        click.echo(json.dumps(plan_json(plan), ensure_ascii=False, indent=2))
        return
    level = f"level {plan.level}" if plan.level is not None else "no level"
    click.echo(f"{plan.version_label}  {plan.title}, {level}{', printed as a draft' if plan.draft else ''}")
    click.echo("\nRoutes")
    names = {option.key: option.name for option in plan.options}
    for route in plan.routes():
        outcomes, codes = plan.outcomes_of(route), plan.codes_of(route)
        size = f"{counted(len(outcomes), 'outcome')}, {counted(len(codes), 'code')}"
        click.echo(f"  {route:<10} {size:<24} {names.get(route, '')}".rstrip())
    click.echo(f"\nOutcomes ({counted(len(plan.distinct_codes()), 'distinct code')})")
    for outcome in plan.outcomes:
        click.echo(f"  {outcome.key:<10} {counted(len(outcome.codes), 'code'):<24} {outcome.title}")
    required = ", ".join(f"at least {method.minimum} {method.name}" for method in plan.methods.required)
    click.echo(f"\nRequired methods   {required or 'none'}")
    click.echo(f"Further methods    {', '.join(plan.methods.choose_from) or 'none'}")
    click.echo(
        f"Descriptors        {counted(len(plan.categories), 'category', 'categories')} at {', '.join(plan.levels)}"
    )
    click.echo(f"\nWarnings ({len(plan.warnings)})")
    for warning in plan.warnings:
        click.echo(f"  line {warning.line:<4} {warning.code}: {warning.message}")
        click.echo(f"            {shortened(warning.raw)}")


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its word."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def shortened(raw: str) -> str:
    """Return a printed text on one line of at most 100 characters."""
    line = " ".join(raw.split())
    return line if len(line) <= 100 else f"{line[:99]}…"
