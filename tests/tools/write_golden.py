"""Write the golden bytes of a fact, once: ``python -m tests.tools.write_golden TAG…`` or ``--missing``.

The file holds an encoded body a line, as stored, so that every alternative of every field is met. What is stored stays
readable for ever, so nothing here writes over a file: a changed meaning is a new fact under a new tag.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from portfolio.domain.catalogue import FACTS
from portfolio.domain.kernel import Fact, tag_of
from tests.tools.examples import examples_of

GOLDEN = Path(__file__).parents[1] / "golden"
KINDS: dict[str, type[Fact]] = {tag_of(kind): kind for kind in FACTS}


def file_of(tag: str) -> Path:
    """Return where the golden bytes of a fact lie."""
    return GOLDEN / f"{tag}.jsonl"


def bodies(kind: type[Fact]) -> list[bytes]:
    """Return the encoded examples of a fact."""
    return [msgspec.json.encode(fact, order="deterministic") for fact in examples_of(kind)]


def write(tag: str) -> None:
    """Write the golden bytes of a fact; raise ``FileExistsError`` if there are some."""
    with file_of(tag).open("xb") as file:
        file.write(b"".join(body + b"\n" for body in bodies(KINDS[tag])))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tags", nargs="*", metavar="TAG", choices=[[], *KINDS], help="stored names of facts")
    parser.add_argument("--missing", action="store_true", help="every fact that has no golden bytes yet")
    asked = parser.parse_args(arguments)
    tags = [tag for tag in KINDS if not file_of(tag).exists()] if asked.missing else asked.tags
    try:
        for tag in tags:
            write(tag)
    except FileExistsError as error:
        sys.exit(f"{error.filename} is written already, and golden bytes never change.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
