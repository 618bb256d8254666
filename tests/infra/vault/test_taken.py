"""One table says which files are taken; the parsers know these types and no others."""

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

from infra.vault import parsers
from infra.vault.parsing import documents, text
from portfolio.domain.evidence.media import TAKEN, ContentTypeNotAllowed, Family, check_type, taken_type
from portfolio.domain.evidence.not_taken import NOT_TAKEN, NotTaken

BY_TRACKS = {"video/webm", "audio/webm", "video/3gpp", "audio/3gpp", "audio/mp4", "video/mp4"}
"""Types that a parser puts together of the kind of the tracks and of the container."""
ADVISED = {"text/csv"}
"""Types that a file is known to be only by what it was declared as."""


def test_the_parsers_know_every_type_that_is_taken_and_no_other() -> None:
    paths = [Path(parsers.__file__), *Path(documents.__file__).parent.glob("*.py")]
    nodes = (node for path in paths for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    texts = [node.value for node in nodes if isinstance(node, ast.Constant)]
    families = ("audio/", "image/", "text/", "video/", "application/pdf")
    known = {text for text in texts if isinstance(text, str) and text.startswith(families) and " " not in text}
    assert known | BY_TRACKS | ADVISED | set(documents.OFFICE.values()) | documents.ODF == set(TAKEN)


def test_the_parsers_know_the_kinds_that_are_not_taken() -> None:
    assert {*parsers.UNTAKEN, *text.KINDS, *filter(None, documents.STREAMS.values())} <= NOT_TAKEN.keys()


def test_every_family_that_needs_libraries_has_them() -> None:
    assert {*parsers.LIBRARIES, "Office", "text"} == set(get_args(Family))


@pytest.mark.parametrize("kind", NOT_TAKEN.values(), ids=NOT_TAKEN)
def test_a_file_whose_name_or_type_says_that_it_is_not_taken_is_refused_with_the_way_out(kind: NotTaken) -> None:
    for word in kind.words:
        with pytest.raises(ContentTypeNotAllowed, match=re.escape(f"declared as {word}, {kind.in_words()}")):
            check_type(word, "work")
    for ending in kind.endings:
        with pytest.raises(ContentTypeNotAllowed, match=re.escape(f"ends in {ending} is {kind.in_words()}")):
            check_type("application/octet-stream", f"Work{ending.upper()}")


@pytest.mark.parametrize(
    ("declared", "filename"),
    [
        ("application/vnd.ms-excel", "hours.csv"),
        ("application/msword", "report.docx"),
        ("application/zip", "report.odt"),
        ("application/octet-stream", "photo"),
        ("image/x-of-nobody", "photo.jpg"),
        ("text/markdown", "notes.md"),
    ],
)
def test_a_word_that_systems_give_to_many_files_is_left_to_the_content(declared: str, filename: str) -> None:
    check_type(declared, filename)
    assert taken_type(declared) == "application/octet-stream"


def test_no_ending_and_no_word_is_both_taken_and_not() -> None:
    for name in ("endings", "words"):
        untaken = [each for kind in NOT_TAKEN.values() for each in getattr(kind, name)]
        assert len(untaken) == len(set(untaken))
        assert not set(untaken) & {each for taken in TAKEN.values() for each in (*taken.endings, *taken.aliases)}
    assert not {word for kind in NOT_TAKEN.values() for word in kind.words} & TAKEN.keys()


def test_no_word_stands_for_two_types() -> None:
    words = [word for media_type, taken in TAKEN.items() for word in (media_type, *taken.aliases)]
    assert len(words) == len(set(words))
