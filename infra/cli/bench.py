"""``portfolio bench``: our figures beside those of what users could pick instead."""

from functools import partial

import click
import msgspec

from infra.bench.report import BENCHES, line
from infra.bench.stores import Bench
from infra.bench.stores_sqlite import scratch_folder
from infra.settings import NO_DRIVER, SettingsFaulty, has_driver, is_database
from portfolio.domain.evidence.media import LARGEST_FILE


@click.command()
@click.argument("name", type=click.Choice([*BENCHES]))
@click.option(
    "--database", metavar="URL", help="A PostgreSQL server on which databases may be made, instead of SQLite."
)
@click.option("--seconds", default=1.5, show_default=True, help="Length of one round.")
@click.option("--rounds", default=3, show_default=True, help="Rounds of each candidate; medians are compared.")
@click.option(
    "--facts",
    default=100_000,
    show_default=True,
    help="Length of the log for `rebuild` and, at most, `growth`; how many people and enrolments for `lists`.",
)
@click.option(
    "--megabytes",
    default=256,
    show_default=True,
    type=click.IntRange(1, LARGEST_FILE // 10**6),
    help="Size of the files of `upload` and `check`.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects instead of lines.")
def bench(
    name: str, database: str | None, seconds: float, rounds: int, facts: int, megabytes: int, as_json: bool
) -> None:
    """Measure NAME in temporary folders or databases, beside its peers, as ratios of one run.

    Scratch databases are called portfolio_bench_… and dropped at the end, also on Ctrl-C.
    """
    measured = partial(Bench, seconds=seconds, rounds=rounds, facts=facts, megabytes=megabytes)
    if database is None:
        where = measured("SQLite", "sqlite3", scratch_folder)
    else:
        if not has_driver():
            raise SettingsFaulty([NO_DRIVER])
        if not is_database(database):
            raise click.UsageError("--database is not the address of a PostgreSQL database: postgresql://….")
        from infra.bench.stores_postgres import scratch_database

        where = measured("PostgreSQL", "psycopg", partial(scratch_database, database))
    rows = BENCHES[name](where)
    click.echo(msgspec.json.format(msgspec.json.encode(rows)).decode() if as_json else "\n".join(map(line, rows)))
