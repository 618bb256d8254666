"""How a command ends: with a status, and with one sentence for whatever went wrong."""

import os
import secrets
import sqlite3
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from infra.errors import NOT_OURS, OperatorError
from portfolio.application.ports import StorageBroken
from portfolio.domain.kernel import Rejected

FAULTS = "faults.log"
FOLDER = "folder"
"""Under which name a command keeps the folder it works in, for ``run``."""


class Failed(Exception):
    """The command did its work and found that something is not right; the message was printed already."""


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


def sentence(error: BaseException) -> str | None:
    """Return what an operator should read about a failure, None if nobody foresaw it."""
    match error:
        case StorageBroken():
            return str(error)
        case Rejected():
            detail = str(error)
            return detail if detail == error.title() else f"{error.title()} {detail}"
        case OperatorError():
            return str(error)
        case UnicodeError():
            return f"What was given cannot be read as text: {error}."
        case PermissionError(filename=str(name)):
            return f"{name}: this user may not use it: {NOT_OURS}."
        case IsADirectoryError(filename=str(name)):
            return f"{name} is a folder, and a file is needed there: move it away, or name another."
        case NotADirectoryError(filename=str(name)):
            return f"{name}: a file is where a folder is needed: move it away, or name another."
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
    from infra.logs import faults  # here: a command that goes well needs no web server's log

    reference = secrets.token_hex(8)
    line = msgspec.json.encode({"time": datetime.now(UTC), "reference": reference, "faults": list(faults(error))})
    try:
        if folder is not None and folder.is_dir():
            name = str(folder / FAULTS)
            file = os.open(name, os.O_CREAT | os.O_APPEND | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
        else:  # a name of our own in a folder of everybody's would be anybody's
            file, name = tempfile.mkstemp(prefix="portfolio-faults-", suffix=".log")
        with os.fdopen(file, "wb") as opened:
            opened.write(line + b"\n")
    except OSError:
        return f"Something went wrong on our side ({type(error).__name__}), and it could not be written down."
    return f"Something went wrong on our side; {name} says where, under reference {reference}."
