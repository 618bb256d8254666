"""Documents through LibreOffice, which reaches nothing but the folder that it is given."""

import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import IO

import pypdfium2
import pytest

from infra.vault.previews import confined
from infra.vault.previews.maker import SandboxMaker
from infra.vault.previews.office import PREFIX, lacking, take_away_left
from portfolio.application.preview_ports import NotMade
from tests.infra.vault import files

WORDS = "Safety bonds first"
SAID = f"{WORDS} für é"
ODF = "urn:oasis:names:tc:opendocument:xmlns"
MAIN = "http://schemas.openxmlformats.org"

needs_office = pytest.mark.skipif(lacking() is not None, reason=f"{lacking()}")


def zipped(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def related(target: str, kind: str) -> str:
    return (
        f'<Relationships xmlns="{MAIN}/package/2006/relationships"><Relationship Id="r1" '
        f'Type="{MAIN}/officeDocument/2006/relationships/{kind}" Target="{target}"/></Relationships>'
    )


def typed(name: str, media_type: str) -> str:
    return (
        f'<Types xmlns="{MAIN}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/{name}" ContentType="{media_type}.main+xml"/></Types>'
    )


def docx() -> bytes:
    body = f'<w:document xmlns:w="{MAIN}/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>{SAID}</w:t></w:r></w:p>'
    return zipped(
        **{
            "[Content_Types].xml": typed("word/document.xml", files.DOCX),
            "_rels/.rels": related("word/document.xml", "officeDocument"),
            "word/document.xml": f"{body}</w:body></w:document>",
        }
    )


def odt(content: str = f"<text:p>{SAID}</text:p>") -> bytes:
    spaces = " ".join(f'xmlns:{name}="{ODF}:{name}:1.0"' for name in ("office", "text", "draw"))
    return zipped(
        mimetype=files.ODT,
        **{
            "content.xml": f'<office:document-content {spaces} xmlns:xlink="http://www.w3.org/1999/xlink">'
            f"<office:body><office:text>{content}</office:text></office:body></office:document-content>",
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{ODF}:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{files.ODT}"/></manifest:manifest>',
        },
    )


def converted(media_type: str, content: bytes) -> str:
    """Return the text of the PDF that is made of a document."""
    made: list[bytes] = []

    def keep(name: str, part: IO[bytes]) -> None:
        assert name == "document"
        made.append(part.read())

    SandboxMaker().make("document", media_type, iter([content]), keep, lambda _: None)
    pdf = pypdfium2.PdfDocument(made[0])
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in pdf).split())


@needs_office
@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        ("text/plain", f"{SAID}\n".encode()),
        ("text/plain", f"{SAID}\r\n".encode("utf-16")),
        ("text/plain", f"{SAID}\r\n".encode("cp1252")),
        (files.DOCX, docx()),
        (files.ODT, odt()),
    ],
    ids=["UTF-8", "UTF-16", "Windows-1252", "DOCX", "ODT"],
)
def test_a_document_becomes_a_pdf_with_its_words(media_type: str, content: bytes) -> None:
    assert SAID in converted(media_type, content)


@needs_office
def test_a_document_brings_no_file_of_the_machine_with_it(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    section = (
        f'<text:section text:name="s"><text:section-source xlink:href="file://{secret}" text:filter-name="Text"/>'
        f"<text:p>before</text:p></text:section><text:p>{WORDS}</text:p>"
    )
    text = converted(files.ODT, odt(section))
    assert WORDS in text
    assert "the secret" not in text


@needs_office
def test_of_what_is_no_document_nothing_is_made() -> None:
    with pytest.raises(NotMade):
        converted(files.DOCX, zipped(**{"word/document.xml": "<"}))


def test_what_a_killed_process_left_of_a_document_is_taken_away() -> None:
    left, others = (Path(tempfile.mkdtemp(prefix=PREFIX)) for _ in range(2))
    (left / "document.docx").write_bytes(b"somebody's")
    os.utime(left, (0, 0))
    try:
        take_away_left()
        assert (left.exists(), others.exists()) == (False, True)
    finally:
        shutil.rmtree(others)


HOSTILE = """
tried() { if eval "$2" >/dev/null 2>&1; then echo "$1"; fi; }
tried "read a key" 'read -r line < "$1/key"'
tried "list a folder" 'cd "$1" && set -- * && [ "$1" = key ]'
tried "write elsewhere" 'echo x > "$1/new"'
tried "write to the system" 'echo x > /usr/portfolio-was-here'
tried "read who has an account" 'read -r line < /etc/passwd'
tried "look at other processes" 'read -r line < "/proc/$2/cmdline"'
tried "signal another process" 'kill -0 "$2"'
tried "reach the network" 'exec 3<>/dev/tcp/127.0.0.1/$3'
tried "write in its own folder" 'echo x > own && read -r line < own'
"""


@pytest.mark.skipif(not Path("/usr/bin/bash").exists(), reason="tries it as a script of bash")
@pytest.mark.skipif(lacking() is not None and "confine" in str(lacking()), reason=f"{lacking()}")
def test_a_program_reaches_its_own_folder_and_nothing_else(tmp_path: Path) -> None:
    own, others = tmp_path / "own", tmp_path / "others"
    for folder in (own, others):
        folder.mkdir()
    (others / "key").write_text("secret\n")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        arguments = ["/usr/bin/bash", "--norc", "-c", HOSTILE, "it", str(others), str(os.getpid()), port]
        command = [sys.executable, "-I", "-S", confined.__file__, str(own), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={})  # noqa: S603 - our own
    assert done.stdout.splitlines() == ["write in its own folder"], done.stderr
    assert [path.name for path in others.iterdir()] == ["key"]
