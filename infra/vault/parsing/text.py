"""Text: UTF-8, UTF-16 with a mark, or Windows-1252, without control characters; and what is text but no plain text."""

import codecs
import re
from typing import BinaryIO

from infra.vault.parsing.refused import NotAllowed

CHUNK_BYTES = 1 << 20
CONTROL = bytes(sign for sign in (*range(0x20), 0x7F) if sign not in b"\t\n\r\x0c")
"""Characters that no text has; in UTF-8 each is a byte that stands for nothing else."""
UNDEFINED = b"\x81\x8d\x8f\x90\x9d"
"""Bytes that Windows-1252 leaves undefined."""
MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}

KINDS = {
    "SVG": re.compile(rb"(?:<!--(?>.*?-->)\s*|<[?!](?!--)[^>]*>\s*)*+<(?:\w+:)?svg[\s>]", re.DOTALL),
    "web page": re.compile(
        rb"(?:<!--(?>.*?-->)\s*)*+<(?:!doctype\s|\?xml\s|\?php|(?:html|head|body|script|iframe)[\s>/])", re.DOTALL
    ),
    "document": re.compile(rb"\{\\rtf|%!ps"),
    "program": re.compile(rb"#!\s*/"),
    "mail": re.compile(rb"(?:[\w-]+:[^\n]*\n|[ \t]+\S[^\n]*\n)*mime-version:\s*1\.0"),
}
"""How files begin, in small letters, that are written as text and are no plain text."""


def encoding_of(file: BinaryIO, head: bytes) -> str | None:
    """Return the name of the encoding in which the whole file is text, None if it is none."""
    marked = MARKS.get(head[:2])
    if marked:
        return "utf-16" if _is_utf_16(file, marked) else None
    if _is_clean(head, CONTROL):
        if _is_utf_8(file):
            return "utf-8"
        if _is_windows_1252(file):
            return "windows-1252"
    return None


def refuse_other_kinds(head: bytes) -> None:
    """Refuse a web page, a program and what else is written as text, by how it begins."""
    if head[:2] in MARKS:
        head = head.decode("utf-16", "replace").encode()
    start = head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    for kind, beginning in KINDS.items():
        if beginning.match(start):
            raise NotAllowed(kind)


def _is_clean(chunk: bytes, unwanted: bytes) -> bool:
    return len(chunk.translate(None, unwanted)) == len(chunk)


def _is_utf_8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while chunk := file.read(CHUNK_BYTES):
            decoder.decode(chunk)
            if not _is_clean(chunk, CONTROL):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_utf_16(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(2)
    try:
        while chunk := file.read(CHUNK_BYTES):
            if not _is_clean(decoder.decode(chunk).encode(), CONTROL):
                return False
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _is_windows_1252(file: BinaryIO) -> bool:
    file.seek(0)
    return all(_is_clean(chunk, CONTROL + UNDEFINED) for chunk in iter(lambda: file.read(CHUNK_BYTES), b""))
