"""``portfolio backup`` and ``restore``: a copy of a whole deployment, and what is made of it where there is nothing."""

from pathlib import Path

import click

from infra.backup.keys import copy_keys, require_apart
from infra.backup.manifest import Manifest, read
from infra.backup.restoring import restore as put_back
from infra.backup.taking import back_up
from infra.cli.options import folder_option, read_settings, say_demo
from infra.cli.running import Failed
from infra.cli.upkeep import bar
from infra.deployment import mode_of
from infra.heads import known_heads, loss
from infra.identity.keys import KeyFault, KeyFolder, needed
from infra.main import Record, now, open_record
from infra.overall import deployment_of
from infra.settings import Settings
from infra.store.refusals import CannotOpen


@click.command()
@click.argument("to", type=click.Path(path_type=Path))
@click.option("--keys", type=click.Path(path_type=Path), help="Copy the keys, too, to this other folder.")
@click.option("--together", is_flag=True, help="Let keys and data lie in one another all the same.")
@click.option("--hard-links", is_flag=True, help="Share the bytes of files with this disk instead of copying them.")
@folder_option
def backup(to: Path, keys: Path | None, *, together: bool, hard_links: bool, folder: str | None) -> None:
    """Copy facts and files to the folder TO, beside a running server, and read the copy again.

    TO is empty, or holds what an earlier call left unfinished, which then goes on. Keys are left out unless asked for.
    """
    settings = read_settings(folder)
    if keys is not None and not together:
        require_apart(keys, to)
    with open_record(settings, read_only=True) as record:
        say_demo(mode_of(record.journal))
        if keys is not None:
            copy_keys(KeyFolder(settings.keys), keys, needed(deployment_of(record.journal), now()))
        with bar("Copying files") as progress:
            manifest = back_up(record, to, progress, say, hard_links=hard_links)
        lost = what_is_lost(record)
    number = len(manifest.files)
    click.echo(f"Backed up {manifest.contents.head} facts and {number} files ({manifest.bytes}) to {to}.")
    if hard_links:
        click.echo("The files share their bytes with this deployment: what damages one damages both.")
    click.echo(
        f"The keys were copied to {keys}: keep them where others than those with {to} can reach them."
        if keys is not None
        else f"The keys in {settings.keys} were not copied: back them up apart, once, with --keys."
    )
    click.echo("Previews are left out: after a restore `portfolio rebuild previews` makes them, or whoever asks first.")
    if lost:
        click.echo(f"The copy is no better than the record. {lost}")
    end(manifest, "was not copied; run `portfolio fsck`", also=bool(lost))


@click.command()
@click.argument("source", metavar="FROM", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--keys", type=click.Path(path_type=Path, exists=True), help="Where the copy of the keys lies.")
@folder_option
def restore(source: Path, keys: Path | None, folder: str | None) -> None:
    """Put back the copy in FROM where there is nothing: in the folder and the database that the settings name.

    Nothing that is there is ever written over. Without --keys the keys lie in PORTFOLIO_KEYS already.
    """
    settings = read_settings(folder)
    if keys is not None:
        copy_keys(KeyFolder(keys), settings.keys, read(source).keys)
    with bar("Copying files") as progress:
        manifest = put_back(settings, source, progress, say)
    number = len(manifest.files)
    click.echo(f"Restored {manifest.contents.head} facts and {number} files: all is as the manifest says.")
    if manifest.store == "postgres":
        click.echo("Next, let the service in with `portfolio migrate --role ROLE`.")
    say_token_keys(settings)
    click.echo("Next, run `portfolio fsck`, then `portfolio serve`.")
    end(manifest, "was missing when the copy was taken")


def say_token_keys(settings: Settings) -> None:
    """Say which keys of tokens the restored record needs and has not, or has and does not know."""
    keys = KeyFolder(settings.keys)
    with open_record(settings, read_only=True, despite_token_keys=True) as record:
        deployment = deployment_of(record.journal)
    try:
        keys.require(needed(deployment, now()))
    except KeyFault as fault:
        click.echo(fault)
    if told := keys.not_in_record(deployment):
        click.echo(told)


def say(sentence: str) -> None:
    """Say beside the output how far it has come."""
    click.echo(sentence, err=True)


def what_is_lost(record: Record) -> str | None:
    """Return what the record lacks that somebody has seen, as far as this role may ask; None if nothing."""
    try:
        heads = known_heads(record.settings.store, record.chain)
        return loss(record.journal, deployment_of(record.journal), heads, record.chain)
    except CannotOpen as error:
        return str(error)


def end(manifest: Manifest, what: str, *, also: bool = False) -> None:
    """Name the files that the copy lacks; raise ``Failed`` if there are any, or something else is wrong."""
    for fault in manifest.missing:
        click.echo(f"{fault.capitalize()}: it {what}.")
    if manifest.missing or also:
        raise Failed
