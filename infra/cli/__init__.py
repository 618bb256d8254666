"""The command line: ``portfolio``. A file holds one group of commands and is imported when one of them is asked for."""

import os
from importlib import import_module
from keyword import iskeyword
from typing import NamedTuple

import click

from infra.cli.running import run


class Listing(NamedTuple):
    """A command as the list of commands shows it; ``file`` is the module of this package that holds it."""

    file: str
    help: str


COMMANDS = {
    "accept-clock": Listing("upkeep", "Let facts be recorded again by a clock that the last fact speaks against."),
    "accept-loss": Listing("upkeep", "Let the record go on without facts that are lost."),
    "backup": Listing("backup", "Copy facts and files to the folder TO, beside a running server, and read the copy."),
    "bench": Listing("bench", "Measure NAME in temporary folders or databases, beside its peers."),
    "demo": Listing("demo", "Tell a worked story on the plan ST1297/V2, as of the weeks before, then serve it."),
    "doctor": Listing("doctor", "Tell what is wrong with a set-up before it is live."),
    "fsck": Listing("upkeep", "Check that all facts, index rows, views and files agree."),
    "grant": Listing("access", "Grant PERSON a ROLE where no administrator can; the record says so."),
    "import": Listing("importing", "Record the people, enrolments and assignments in FILE."),
    "init": Listing("init", "Make a new deployment: its folder, its keys and its first administrator, or two of them."),
    "migrate": Listing("upkeep", "Prepare the database of PORTFOLIO_DATABASE_URL for this release."),
    "plan": Listing("plan", "Read, record and show published assessment plans."),
    "rebuild": Listing("upkeep", "Rebuild VIEW, or all views, from the first fact."),
    "repair": Listing("upkeep", "Mend what fsck finds and the facts decide."),
    "restore": Listing("backup", "Put back the copy in FROM where there is nothing."),
    "rotate-key": Listing("access", "Sign tokens with a new key; those of the old one hold until they have run out."),
    "security-log": Listing(
        "security_log", "Print who came in and who was kept out, of one person or program or of everybody."
    ),
    "serve": Listing("serve", "Serve the deployment until Ctrl-C or SIGTERM."),
    "sign-in-link": Listing("access", "Print a link that signs PERSON in once, within a quarter of an hour."),
    "sign-out": Listing(
        "access", "End every sign-in link, session and token of PERSON at once; new ones are given as ever."
    ),
    "token": Listing("access", "Print a bearer token for PERSON, good for twelve hours."),
    "upload": Listing("upload", "Bring FILES over to drafts of an apprentice, who describes them and hands them in."),
    "vault": Listing(
        "vault",
        "Read all stored files again, erase what is to be; set up a bucket that PORTFOLIO_VAULT names.",
    ),
}
"""Every command by name. In its file it has the same name, with underscores, one at the end if Python has the word."""


class Commands(click.Group):
    """Imports a command when it is asked for, so that a list of them takes no time and nobody waits for the benches."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        """Return the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as click calls it
        """Return a command, None if there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"infra.cli.{COMMANDS[cmd_name].file}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as click calls it
        """Write the list of commands from the table above."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].help) for name in sorted(COMMANDS)])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="portfolio")
def cli() -> None:
    """Evidence, grade decisions and appeals of apprentices, as a record that is never edited.

    Settings are PORTFOLIO_* environment variables: FOLDER (default data), KEYS (default beside the folder),
    HOST, PORT and BASE_URL.
    """


def main() -> None:
    """Run the command line and end the process with its status; what it writes is its owner's alone.

    No process that it starts imports from the folder in which it happens to be called.
    """
    os.umask(0o077)
    os.environ["PYTHONSAFEPATH"] = "1"
    raise SystemExit(run(cli, None))
