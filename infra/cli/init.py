"""``portfolio init``: make a deployment."""

import shlex

import click

from infra.cli.options import folder_option, read_settings, say_demo
from infra.deployment import create
from infra.lock import folder_lock


@click.command()
@click.option("--live", "mode", flag_value="live", help="For real assessments; refuses to rest anything on a draft.")
@click.option("--demo", "mode", flag_value="demo", help="For trying out; says so on everything it prints.")
@click.option("--administrator", metavar="NAME", default="Administrator", help="The name of the first administrator.")
@click.option("--second-administrator", "second", metavar="NAME", help="The name of another one, from the first day.")
@folder_option
def init(mode: str | None, administrator: str, second: str | None, folder: str | None) -> None:
    """Make a new deployment: its folder, its keys and its first administrator, or two of them."""
    if mode not in ("live", "demo"):
        raise click.UsageError("Say --live or --demo: it can never be changed later.")
    names = [administrator.strip(), *([] if second is None else [second.strip()])]
    if not all(names):
        raise click.UsageError("The administrator needs a name.")
    settings = read_settings(folder)
    settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with folder_lock(settings.folder):
        people = create(settings, "live" if mode == "live" else "demo", *names)
    say_demo(mode)
    click.echo(f"Made a {mode} deployment in {settings.folder}, its keys in {settings.keys}: back both up, apart.")
    for name, person in zip(names, people, strict=True):
        click.echo(f"{name} is its administrator: {person}")
    if second is None:
        click.echo("Nobody grants themselves a role: `portfolio grant` makes somebody else an administrator, too.")
    there = f" --folder {shlex.quote(folder)}" if folder else ""
    click.echo("Next, and meanwhile in another terminal a link for your browser or a token for a program:")
    for command in ("serve", f"sign-in-link {people[0]}", f"token {people[0]}"):
        click.echo(f"  portfolio {command}{there}")
