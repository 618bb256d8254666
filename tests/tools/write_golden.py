"""Write the golden bytes of a fact, once: ``python -m tests.tools.write_golden TAG…`` or ``--missing``.

The file holds an encoded body a line, as stored, so that every alternative of every field is met. What is stored stays
readable for ever, so nothing here writes over a file: a changed meaning is a new fact under a new tag.

The shapes of all facts lie beside, a file for each number of the catalogue. That of the present number is written anew
until a release has left a store under it; then ``NUMBER`` in ``portfolio/domain/catalogue.py`` has to rise first.
"""

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from portfolio.domain.catalogue import FACTS, NUMBER
from portfolio.domain.kernel import Fact, tag_of
from tests.golden_stores import left_numbers
from tests.tools.examples import examples_of

GOLDEN = Path(__file__).parents[1] / "golden"
KINDS: dict[str, type[Fact]] = {tag_of(kind): kind for kind in FACTS}


def file_of(tag: str) -> Path:
    """Return where the golden bytes of a fact lie."""
    return GOLDEN / f"{tag}.jsonl"


def bodies(kind: type[Fact]) -> list[bytes]:
    """Return the encoded examples of a fact."""
    return [msgspec.json.encode(fact, order="deterministic") for fact in examples_of(kind)]


def file_of_shapes(number: int) -> Path:
    """Return where the shapes of all facts under a number of the catalogue lie."""
    return GOLDEN / "shapes" / f"{number}.json"


def shapes() -> bytes:
    """Return the shape of every fact of today, without what people read of it."""
    facts, parts = msgspec.json.schema_components(FACTS, ref_template="{name}")
    named = {tag_of(kind): shape for kind, shape in zip(FACTS, facts, strict=True)}
    return msgspec.json.format(msgspec.json.encode(bare([named, parts]), order="sorted")) + b"\n"


def bare(shape: Any) -> Any:
    """Return a part of a JSON schema without the words that explain it."""
    match shape:
        case dict():
            return {name: bare(part) for name, part in shape.items() if name != "description"}
        case list():
            return list(map(bare, shape))
        case _:
            return shape


def write_shapes() -> None:
    """Write the shapes under the present number; raise ``FileExistsError`` if a release has left a store under it."""
    file = file_of_shapes(NUMBER)
    if file.exists() and file.read_bytes() != shapes() and NUMBER in left_numbers():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(file))
    file.write_bytes(shapes())


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
        if asked.missing:
            write_shapes()
    except FileExistsError as error:
        sys.exit(f"{error.filename} is written already, and golden bytes never change.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
