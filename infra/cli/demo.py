"""``portfolio demo``: a worked story, told and served."""

import os

import click

from infra.cli.options import read_settings, say_demo
from infra.demo.show import show


@click.command()
@click.option("--folder", metavar="DIR", help="Where the demo lies; otherwise PORTFOLIO_FOLDER, or demo.")
@click.option("--port", type=click.IntRange(1, 65535), help="Where to listen; otherwise PORTFOLIO_PORT, or 8080.")
@click.option("--no-serve", is_flag=True, help="Tell the story, then stop.")
def demo(folder: str | None, port: int | None, no_serve: bool) -> None:
    """Tell a worked story on the plan ST1297/V2, as of the weeks before, then serve it."""
    settings = read_settings(folder or os.environ.get("PORTFOLIO_FOLDER", "demo"), port)
    say_demo("demo")
    show(settings, click.echo, serve=not no_serve)
