"""The command line: ``portfolio``."""

import os
import shlex
from datetime import timedelta
from uuid import UUID

import click

from infra.cli_bench import bench
from infra.cli_common import folder_option, read_settings, run, say_demo
from infra.cli_plan import plan_group
from infra.cli_upkeep import fsck, migrate, rebuild
from infra.cli_vault import vault_group
from infra.demo.show import show
from infra.deployment import create, describe, require_person
from infra.identity.keys import KeyFolder
from infra.identity.sessions import LocalSessions
from infra.identity.tokens import LocalTokens
from infra.lock import folder_lock
from infra.main import now, open_record
from infra.serve import serve_until_stopped
from infra.settings import Settings

TOKEN = timedelta(hours=12)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="portfolio")
def cli() -> None:
    """Evidence, grade decisions and appeals of apprentices, as a record that is never edited.

    Settings are PORTFOLIO_* environment variables: FOLDER (default data), KEYS (default beside the folder),
    HOST, PORT and BASE_URL.
    """


@cli.command()
@click.option("--live", "mode", flag_value="live", help="For real assessments; refuses to rest anything on a draft.")
@click.option("--demo", "mode", flag_value="demo", help="For trying out; says so on everything it prints.")
@click.option("--administrator", metavar="NAME", default="Administrator", help="The name of the first administrator.")
@folder_option
def init(mode: str | None, administrator: str, folder: str | None) -> None:
    """Make a new deployment: its folder, its keys and its first administrator."""
    if mode not in ("live", "demo"):
        raise click.UsageError("Say --live or --demo: it can never be changed later.")
    if not administrator.strip():
        raise click.UsageError("The administrator needs a name.")
    settings = read_settings(folder)
    settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with folder_lock(settings.folder):
        person = create(settings, "live" if mode == "live" else "demo", administrator.strip())
    say_demo(mode)
    click.echo(f"Made a {mode} deployment in {settings.folder}, its keys in {settings.keys}: back both up, apart.")
    click.echo(f"{administrator.strip()} is its administrator: {person}")
    there = f" --folder {shlex.quote(folder)}" if folder else ""
    click.echo("Next, and meanwhile in another terminal a link for your browser or a token for a program:")
    for command in ("serve", f"sign-in-link {person}", f"token {person}"):
        click.echo(f"  portfolio {command}{there}")


@cli.command()
@folder_option
@click.option("--port", type=click.IntRange(1, 65535), help="Where to listen; otherwise PORTFOLIO_PORT says so.")
def serve(folder: str | None, port: int | None) -> None:
    """Serve the deployment until Ctrl-C or SIGTERM; requests under way are answered first."""
    settings = read_settings(folder, port)
    with open_record(settings, read_only=True) as record:
        found = describe(record.journal)
    say_demo(found.mode if found else "")
    serve_until_stopped(settings, lambda: click.echo(f"Serving on {settings.base_url}: Ctrl-C stops."))


@cli.command()
@click.option("--folder", metavar="DIR", help="Where the demo lies; otherwise PORTFOLIO_FOLDER, or demo.")
@click.option("--port", type=click.IntRange(1, 65535), help="Where to listen; otherwise PORTFOLIO_PORT, or 8080.")
@click.option("--no-serve", is_flag=True, help="Tell the story, then stop.")
def demo(folder: str | None, port: int | None, no_serve: bool) -> None:
    """Tell a worked story on the plan ST1297/V2 through the HTTP API, then serve it."""
    settings = read_settings(folder or os.environ.get("PORTFOLIO_FOLDER", "demo"), port)
    say_demo("demo")
    show(settings, click.echo, serve=not no_serve)


@cli.command()
@click.argument("person", type=click.UUID)
@folder_option
def token(person: UUID, folder: str | None) -> None:
    """Print a bearer token for PERSON, good for twelve hours."""
    settings = known(person, folder)
    click.echo(LocalTokens(KeyFolder(settings.keys), now).issue(person, TOKEN))


@cli.command("sign-in-link")
@click.argument("person", type=click.UUID)
@folder_option
def sign_in_link(person: UUID, folder: str | None) -> None:
    """Print a link that signs PERSON in once, within a quarter of an hour."""
    settings = known(person, folder)
    click.echo(LocalSessions(KeyFolder(settings.keys), settings.base_url, now).issue_link(person))


def known(person: UUID, folder: str | None) -> Settings:
    """Return the settings of a deployment that knows this person; raise ``PersonUnknown``."""
    settings = read_settings(folder)
    with open_record(settings, read_only=True) as record:
        require_person(record.journal, person)
        found = describe(record.journal)
    say_demo(found.mode if found else "")
    return settings


for command in (bench, vault_group, plan_group, fsck, migrate, rebuild):
    cli.add_command(command)


def main() -> None:
    """Run the command line and end the process with its status."""
    raise SystemExit(run(cli, None))
