"""`portfolio bench`: our figures beside those of what users could pick instead."""

import click
import msgspec

from infra.bench.report import BENCHES, line


@click.command()
@click.argument("name", type=click.Choice([*BENCHES]))
@click.option("--seconds", default=1.5, show_default=True, help="Length of one round.")
@click.option("--rounds", default=3, show_default=True, help="Rounds of each candidate; medians are compared.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects instead of lines.")
def bench(name: str, seconds: float, rounds: int, as_json: bool) -> None:
    """Measure NAME in temporary folders, beside its peers, as ratios of one run."""
    rows = BENCHES[name](seconds, rounds)
    click.echo(msgspec.json.format(msgspec.json.encode(rows)).decode() if as_json else "\n".join(map(line, rows)))
