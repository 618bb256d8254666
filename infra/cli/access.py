"""``portfolio token``, ``sign-in-link`` and ``grant``: what lets a registered person in, and back in."""

from datetime import timedelta
from typing import get_args
from uuid import UUID

import click

from infra.cli.options import folder_option, read_settings, say_demo
from infra.deployment import mode_of, require_person
from infra.identity.keys import KeyFolder
from infra.identity.sessions import LocalSessions
from infra.identity.tokens import LocalTokens
from infra.main import now, open_record
from infra.settings import Settings
from portfolio.application.read_session import ReadSession
from portfolio.domain.person import PERSON, GrantRole
from portfolio.domain.vocabulary import SYSTEM, Role

TOKEN_GOOD_FOR = timedelta(hours=12)


@click.command()
@click.argument("person", type=click.UUID)
@folder_option
def token(person: UUID, folder: str | None) -> None:
    """Print a bearer token for PERSON, good for twelve hours."""
    settings = settings_that_know(person, folder)
    click.echo(LocalTokens(KeyFolder(settings.keys), now).issue(person, TOKEN_GOOD_FOR))


@click.command("sign-in-link")
@click.argument("person", type=click.UUID)
@folder_option
def sign_in_link(person: UUID, folder: str | None) -> None:
    """Print a link that signs PERSON in once, within a quarter of an hour."""
    settings = settings_that_know(person, folder)
    click.echo(LocalSessions(KeyFolder(settings.keys), settings.base_url, now).issue_link(person))


@click.command()
@click.argument("person", type=click.UUID)
@click.argument("role", type=click.Choice(get_args(Role)))
@click.option("--reason", required=True, help="Why; it stands in the record.")
@folder_option
def grant(person: UUID, role: Role, reason: str, folder: str | None) -> None:
    """Grant PERSON a ROLE where no administrator can; the record says so."""
    command = GrantRole(person_id=person, role=role, reason=reason)
    if not command.reason:
        raise click.UsageError("Say why, in words that can be seen: --reason.")
    settings = read_settings(folder)
    with settings.store.writing(), open_record(settings) as record:
        record.handler.execute(command, SYSTEM)
        say_demo(mode_of(record.journal))
        suspended = ReadSession(record.journal).state(PERSON, person).suspended
    click.echo(f"{person} holds the role {role}{' once they are reinstated' if suspended else ''}.")


def settings_that_know(person: UUID, folder: str | None) -> Settings:
    """Return the settings of a deployment that lets this person in; raise ``PersonUnknown`` or ``SuspendedNow``."""
    settings = read_settings(folder)
    with open_record(settings, read_only=True) as record:
        require_person(record.journal, person)
        say_demo(mode_of(record.journal))
    return settings
