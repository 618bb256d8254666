"""``portfolio serve``: the web service."""

import click

from infra.cli.options import folder_option, read_settings, say_demo
from infra.deployment import mode_of
from infra.main import open_record
from infra.serve import serve_until_stopped


@click.command()
@folder_option
@click.option("--port", type=click.IntRange(1, 65535), help="Where to listen; otherwise PORTFOLIO_PORT says so.")
def serve(folder: str | None, port: int | None) -> None:
    """Serve the deployment until Ctrl-C or SIGTERM; requests under way are answered first."""
    settings = read_settings(folder, port)
    with open_record(settings, read_only=True) as record:
        say_demo(mode_of(record.journal))
    serve_until_stopped(settings, lambda: click.echo(f"Serving on {settings.base_url}: Ctrl-C stops."))
