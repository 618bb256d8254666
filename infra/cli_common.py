"""What every command shares: its settings, its failures as one sentence, and the word about demo deployments."""

import os
import secrets
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from infra.demo.client import Refused, Unreachable
from infra.demo.show import DemoFailed
from infra.demo.story import NothingFollowed
from infra.deployment import AlreadyThere
from infra.identity.keys import KeyFault
from infra.lock import FolderInUse
from infra.logs import faults
from infra.main import AddressTaken, NoDeployment, now
from infra.settings import Settings, SettingsFaulty
from infra.store.codec import Tampered
from infra.store.journal import stray_variables
from infra.store.refusals import CannotOpen
from portfolio.domain.kernel import Rejected
from projections.runner import ViewUnknown

F = TypeVar("F", bound=Callable[..., Any])

SENTENCES = (
    SettingsFaulty,
    KeyFault,
    NoDeployment,
    AlreadyThere,
    FolderInUse,
    CannotOpen,
    Tampered,
    ViewUnknown,
    AddressTaken,
    DemoFailed,
    NothingFollowed,
    Refused,
    Unreachable,
)
"""Failures whose message is the sentence an operator reads."""

DEMO = "Demo deployment: nothing in it is a real assessment."
FAULTS = "faults.log"
FOLDER = "folder"
"""Under which name a command keeps the folder it works in, for ``run``."""


class Failed(Exception):
    """The command did its work and found that something is not right; the message was printed already."""


def read_settings(folder: str | None = None, port: int | None = None) -> Settings:
    """Return the settings, options before variables; raise ``SettingsFaulty`` with every fault, stray ones too."""
    chosen = {"PORTFOLIO_FOLDER": folder, "PORTFOLIO_PORT": None if port is None else str(port)}
    environment = {**os.environ, **{name: value for name, value in chosen.items() if value is not None}}
    stray = [
        f"{name} would change how facts are stored: take it away; what may be set is called PORTFOLIO_…."
        for name in stray_variables(os.environ)
    ]
    try:
        settings = Settings.read(environment)
    except SettingsFaulty as error:
        raise SettingsFaulty([*error.faults, *stray]) from error
    if stray:
        raise SettingsFaulty(stray)
    click.get_current_context().ensure_object(dict)[FOLDER] = settings.folder
    return settings


def folder_option(command: F) -> F:
    """Let a command be told the folder, which otherwise stands in PORTFOLIO_FOLDER."""
    told: F = click.option(
        "--folder", metavar="DIR", help="Where the deployment lies; otherwise PORTFOLIO_FOLDER says so."
    )(command)
    return told


def say_demo(mode: str) -> None:
    """Say beside the output, not in it, that a demo deployment is one."""
    if mode == "demo":
        click.echo(DEMO, err=True)


def sentence(error: BaseException) -> str | None:
    """Return what an operator should read about a failure, None if nobody foresaw it."""
    match error:
        case Rejected():
            detail = str(error)
            return detail if detail == error.title() else f"{error.title()} {detail}"
        case _ if isinstance(error, SENTENCES):
            return str(error)
        case UnicodeError():
            return f"What was given cannot be read as text: {error}."
        case OSError():
            where = f"{error.filename}: " if error.filename else ""
            return f"{where}{error.strerror or error}."
        case sqlite3.Error():
            return f"The database cannot be used: {error}."
        case _ if type(error).__module__.startswith("botocore"):  # an extra that may not be installed
            return f"The bucket of the files cannot be used: {error}."
        case _:
            return None


def keep_fault(error: Exception, folder: Path | None) -> str:
    """Write an unforeseen failure to a file (types and places, no texts) and return the sentence that leads there."""
    reference = secrets.token_hex(8)
    line = msgspec.json.encode({"time": now(), "reference": reference, "faults": list(faults(error))})
    if folder is None or not folder.is_dir():
        folder = Path(tempfile.gettempdir())
    try:
        with (folder / FAULTS).open("ab") as file:
            file.write(line + b"\n")
    except OSError:
        return f"Something went wrong on our side ({type(error).__name__}), and it could not be written down."
    return f"Something went wrong on our side; {folder / FAULTS} says where, under reference {reference}."


def run(command: click.Command, arguments: list[str] | None) -> int:
    """Run a command line and return its exit status: 0, 1 for a failure said in one sentence, 2 for wrong usage."""
    used: dict[str, Path] = {}
    try:
        status = command.main(arguments, prog_name="portfolio", standalone_mode=False, obj=used)
        sys.stdout.flush()
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "portfolio"
        click.echo(f"{error.format_message()} See `{path} --help`.", err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return 130
    except Failed:
        return 1
    except BrokenPipeError:  # whoever read the output has enough of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 - the last place where a failure becomes a sentence
        click.echo(sentence(error) or keep_fault(error, used.get(FOLDER)), err=True)
        return 1
    return status if isinstance(status, int) else 0
