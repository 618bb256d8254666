"""What commands share: their settings, the option that says where the deployment lies, and the word about a demo."""

import os
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

import click

from infra.cli.running import FOLDER
from infra.deployment import describe, require_person
from infra.settings import Settings, SettingsFaulty
from infra.store.journal import EventJournal, stray_variables

F = TypeVar("F", bound=Callable[..., Any])

DEMO = "Demo deployment: nothing in it is a real assessment."


def read_settings(folder: str | None = None, port: int | None = None) -> Settings:
    """Return the settings, options before variables; raise ``SettingsFaulty`` with every fault, stray ones too."""
    options = {"PORTFOLIO_FOLDER": folder, "PORTFOLIO_PORT": None if port is None else str(port)}
    environment = {**os.environ, **{name: value for name, value in options.items() if value is not None}}
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
    """Let a command be given the folder, which otherwise stands in PORTFOLIO_FOLDER."""
    with_option: F = click.option(
        "--folder", metavar="DIR", help="Where the deployment lies; otherwise PORTFOLIO_FOLDER says so."
    )(command)
    return with_option


def acting_administrator(journal: EventJournal, person: UUID | None) -> UUID:
    """Return who was named to act, otherwise the one administrator there is; raise ``UsageError`` if there are more.

    Raises ``PersonUnknown`` or ``SuspendedNow`` for whoever is not let in.
    """
    if person is None:
        deployment = describe(journal)
        administrators = deployment.administrators if deployment else ()
        if len(administrators) != 1:
            raise click.UsageError(f"There are {len(administrators)} administrators: say which with --as.")
        (person,) = administrators
    require_person(journal, person)
    return person


def say_demo(mode: str | None) -> None:
    """Say beside the output, not in it, that a demo deployment is one."""
    if mode == "demo":
        click.echo(DEMO, err=True)
