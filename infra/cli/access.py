"""``portfolio token``, ``sign-in-link``, ``grant``, ``sign-out`` and ``rotate-key``: what lets people in, and out."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import get_args
from uuid import UUID

import click

from infra.cli.options import acting_administrator, folder_option, read_settings, say_demo
from infra.demo.client import Client, Unreachable
from infra.deployment import mode_of, registered, require_person, tokens_of
from infra.identity.ended import last_sign_out
from infra.identity.keys import KeyFolder, needed
from infra.identity.tokens import create_token_key, read_token_key
from infra.key_checks import complete_key_checks
from infra.lock import FolderInUse
from infra.main import NoDeployment, Record, now, open_record
from infra.overall import deployment_of
from infra.settings import Settings
from infra.signing_in import open_sessions
from portfolio.application.read_session import ReadSession
from portfolio.domain.deployment import (
    LONGEST_TOKEN,
    RotateTokenKey,
    check_old_key_over,
    moment_in_words,
    token_key_name,
)
from portfolio.domain.kernel import changed
from portfolio.domain.person import PERSON, GrantRole
from portfolio.domain.standing import SignOut
from portfolio.domain.vocabulary import SYSTEM, Role

ASKING = timedelta(minutes=10)
"""Lifetime of the token with which a command asks a server."""


@click.command()
@click.argument("person", type=click.UUID)
@folder_option
def token(person: UUID, folder: str | None) -> None:
    """Print a bearer token for PERSON, good for twelve hours."""
    with record_that_knows(person, folder) as record:
        click.echo(tokens_of(record).issue(person, LONGEST_TOKEN))


@click.command("sign-in-link")
@click.argument("person", type=click.UUID)
@folder_option
def sign_in_link(person: UUID, folder: str | None) -> None:
    """Print a link that signs PERSON in once, within a quarter of an hour."""
    with (
        record_that_knows(person, folder) as record,
        open_sessions(record.settings, now, last_sign_out(record.journal)) as sessions,
    ):
        click.echo(sessions.issue_link(person))


@click.command("sign-out")
@click.argument("person", type=click.UUID, required=False)
@click.option("--everybody", is_flag=True, help="Sign everybody out who is registered.")
@click.option(
    "--as", "by", type=click.UUID, metavar="PERSON", help="The administrator in whose name a server is asked."
)
@folder_option
def sign_out(person: UUID | None, everybody: bool, by: UUID | None, folder: str | None) -> None:
    """End every sign-in link, session and token of PERSON at once; new ones are given as ever.

    A server that has the folder is asked to do it, in the name of an administrator.
    """
    if (person is not None) is everybody:
        raise click.UsageError("Name one PERSON, or say --everybody.")
    settings = read_settings(folder)
    with open_record(settings, read_only=True) as record:
        say_demo(mode_of(record.journal))
        people = [person] if person is not None else registered(record.journal)
    try:
        with settings.store.writing(), open_record(settings) as record:
            for each in people:
                record.handler.execute(SignOut(person_id=each), SYSTEM)
    except FolderInUse as in_use:
        try:
            ask_server(settings, by, people)
        except Unreachable:
            raise in_use from None
    click.echo("Everybody is signed out." if person is None else f"{person} is signed out everywhere.")


def ask_server(settings: Settings, by: UUID | None, people: list[UUID]) -> None:
    """Have the server on this machine sign people out; raise ``Refused`` or ``Unreachable``."""
    with open_record(settings, read_only=True) as record:
        by = acting_administrator(record.journal, by)
        token = tokens_of(record).issue(by, ASKING)
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - recognised
    server = Client(f"http://{f'[{host}]' if ':' in host else host}:{settings.port}{settings.path}", token)
    for each in sorted(people, key=lambda each: each == by):  # who asks comes last: that ends the token
        server.post(f"/v1/people/{each}/sign-out", {})


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


@click.command("rotate-key")
@click.option("--reason", help="Why; it stands in the record.")
@click.option("--at-once", is_flag=True, help="Accept no token of an earlier key any more: one was stolen, or is lost.")
@click.option("--only-make", is_flag=True, help="Only make the new key, to be copied to other machines first.")
@folder_option
def rotate_key(reason: str | None, folder: str | None, *, at_once: bool, only_make: bool) -> None:
    """Sign tokens with a new key; those of the old one hold until they have run out.

    Run again, it goes on where it broke off.
    """
    if (reason is None) is not only_make or (at_once and only_make):
        raise click.UsageError("Say why with --reason, or make the key first with --only-make.")
    rotation = None if reason is None else RotateTokenKey(number=0, check="", at_once=at_once, reason=reason)
    settings = read_settings(folder)
    keys = KeyFolder(settings.keys)
    with settings.store.writing(), open_record(settings, despite_token_keys=at_once) as record:
        deployment = deployment_of(record.journal)
        if deployment.mode is None:
            raise NoDeployment(settings.folder)
        say_demo(deployment.mode)
        if not at_once:
            check_old_key_over(deployment, now())
            complete_key_checks(record.handler, record.journal, keys, needed(deployment, now()))
        number = new_token_key(keys, deployment.token_key, anew=at_once)
        file = keys.path / token_key_name(number)
        if rotation is None:
            click.echo(f"Made {file}: copy it to the keys of every other machine, then run this with --reason.")
            return
        check = keys.check_values([file.name])[file.name]
        record.handler.execute(changed(rotation, number=number, check=check), SYSTEM)
        until = deployment_of(record.journal).old_until
    old = "no earlier token is accepted any more" if at_once else f"earlier ones end by {moment_in_words(until)}"
    click.echo(f"Tokens are signed with {file} now; {old}.")
    click.echo("Copy it to the keys of every other machine and to the backup of the keys.")


def new_token_key(keys: KeyFolder, newest: int, *, anew: bool) -> int:
    """Return the number of the key that comes after the newest one, made now if none was, or if it is to be ``anew``.

    What lies there already may be in the hands of whoever has the others.
    """
    later = keys.token_keys_after(newest)
    number = max(later, default=newest)
    if anew or not later:
        number += 1
        create_token_key(keys, token_key_name(number))
    read_token_key(keys, token_key_name(number))
    keys.sync([token_key_name(number)])
    return number


@contextmanager
def record_that_knows(person: UUID, folder: str | None) -> Iterator[Record]:
    """Give the record of a deployment that lets this person in; raise ``PersonUnknown`` or ``SuspendedNow``."""
    with open_record(read_settings(folder), read_only=True) as record:
        require_person(record.journal, person)
        say_demo(mode_of(record.journal))
        yield record
