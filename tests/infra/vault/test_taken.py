"""One table says which files are taken; the parsers know these types and no others."""

import ast
from pathlib import Path

from infra.vault import parsers
from portfolio.domain.evidence.media import TAKEN

NAMES_OF_LIBRARIES = {"audio/wave"}
"""Words for a type that the library of signatures uses."""


def test_the_parsers_know_every_type_that_is_taken_and_no_other() -> None:
    texts = [
        node.value
        for node in ast.walk(ast.parse(Path(parsers.__file__).read_text("utf-8")))
        if isinstance(node, ast.Constant)
    ]
    families = tuple({f"{media_type.partition('/')[0]}/" for media_type in TAKEN})
    known = {text for text in texts if isinstance(text, str) and text.startswith(families) and " " not in text}
    assert known - NAMES_OF_LIBRARIES == set(TAKEN)


def test_no_word_stands_for_two_types() -> None:
    words = [word for media_type, taken in TAKEN.items() for word in (media_type, *taken.aliases)]
    assert len(words) == len(set(words))
