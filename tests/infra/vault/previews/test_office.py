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


def package(media_type: str, main: str, content: str, part: tuple[str, str, str] = ("", "", "")) -> bytes:
    """Return an Office document of a main part, and of one that it leads to: its name, its kind, and what is in it."""
    folder, _, name = main.rpartition("/")
    where, kind, inside = part
    more = {f"{folder}/_rels/{name}.rels": related(where, kind), f"{folder}/{where}": inside} if where else {}
    types = {main: f"{media_type}.main", f"{folder}/{where}": f"{media_type.rpartition('.')[0]}.{kind}"}
    overrides = "".join(f'<Override PartName="/{name}" ContentType="{each}+xml"/>' for name, each in types.items())
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    return zipped(
        **{
            "[Content_Types].xml": f'<Types xmlns="{MAIN}/package/2006/content-types">'
            f'<Default Extension="rels" ContentType="{rels}"/>{overrides}</Types>',
            "_rels/.rels": related(main, "officeDocument"),
            main: content,
            **more,
        }
    )


def spaces(kind: str) -> str:
    """Return what the parts of an Office document declare: their own names, those of drawings and of relations."""
    drawing, relations = f"{MAIN}/drawingml/2006/main", f"{MAIN}/officeDocument/2006/relationships"
    return f'xmlns="{MAIN}/{kind}/2006/main" xmlns:a="{drawing}" xmlns:r="{relations}"'


def docx() -> bytes:
    body = f"<body><p><r><t>{SAID}</t></r></p></body>".replace("<", "<w:").replace("<w:/", "</w:")
    document = f'<w:document xmlns:w="{MAIN}/wordprocessingml/2006/main">{body}</w:document>'
    return package(files.DOCX, "word/document.xml", document)


def xlsx() -> bytes:
    workbook = (
        f'<workbook {spaces("spreadsheetml")}><sheets><sheet name="Log" sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    cell = f'<c r="A1" t="inlineStr"><is><t>{SAID}</t></is></c>'
    sheet = f'<worksheet {spaces("spreadsheetml")}><sheetData><row r="1">{cell}</row></sheetData></worksheet>'
    return package(files.XLSX, "xl/workbook.xml", workbook, ("worksheets/sheet1.xml", "worksheet", sheet))


SLIDES = spaces("presentationml").replace("xmlns=", "xmlns:p=")


def pptx() -> bytes:
    show = (
        f'<p:presentation {SLIDES}><p:sldIdLst><p:sldId id="256" r:id="r1"/>'
        '</p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/><p:notesSz cx="6858000" cy="9144000"/></p:presentation>'
    )
    shape = (
        '<p:sp><p:nvSpPr><p:cNvPr id="2" name="Words"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr>'
        '<p:spPr><a:xfrm><a:off x="500000" y="500000"/><a:ext cx="8000000" cy="1000000"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr>'
        f"<p:txBody><a:bodyPr/><a:p><a:r><a:t>{SAID}</a:t></a:r></a:p></p:txBody></p:sp>"
    )
    slide = (
        f"<p:sld {SLIDES}><p:cSld><p:spTree><p:nvGrpSpPr>"
        '<p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>'
        f"<p:grpSpPr/>{shape}</p:spTree></p:cSld></p:sld>"
    )
    return package(files.PPTX, "ppt/presentation.xml", show, ("slides/slide1.xml", "slide", slide))


ODF_NAMES = {
    **{name: f"{ODF}:{name}:1.0" for name in ("office", "text", "table", "style")},
    **{"draw": f"{ODF}:drawing:1.0", "svg": f"{ODF}:svg-compatible:1.0", "xlink": "http://www.w3.org/1999/xlink"},
}
ODF_SPACES = " ".join(f'xmlns:{name}="{where}"' for name, where in ODF_NAMES.items())


def odf(media_type: str, body: str) -> bytes:
    document = f"<office:document-content {ODF_SPACES}><office:body>{body}</office:body></office:document-content>"
    entry = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{media_type}"/>'
    manifest = f'<manifest:manifest xmlns:manifest="{ODF}:manifest:1.0">{entry}</manifest:manifest>'
    return zipped(mimetype=media_type, **{"content.xml": document, "META-INF/manifest.xml": manifest})


def odt(content: str = f"<text:p>{SAID}</text:p>") -> bytes:
    return odf(files.ODT, f"<office:text>{content}</office:text>")


def ods() -> bytes:
    cell = f'<table:table-cell office:value-type="string"><text:p>{SAID}</text:p></table:table-cell>'
    table = f'<table:table table:name="Log"><table:table-row>{cell}</table:table-row></table:table>'
    return odf(files.ODS, f"<office:spreadsheet>{table}</office:spreadsheet>")


def odp() -> bytes:
    frame = '<draw:frame svg:x="1cm" svg:y="1cm" svg:width="20cm" svg:height="5cm">'
    box = f"{frame}<draw:text-box><text:p>{SAID}</text:p></draw:text-box></draw:frame>"
    return odf(files.ODP, f'<office:presentation><draw:page draw:name="Slide">{box}</draw:page></office:presentation>')


def csv(between: str = ",") -> bytes:
    return f"Day{between}What\r\n2026-11-29{between}{SAID}\r\n".encode()


def converted(media_type: str, content: bytes) -> str:
    """Return the text of the PDF that is made of a document."""
    made: list[bytes] = []

    def keep(name: str, part: IO[bytes]) -> None:
        assert name == "document"
        made.append(part.read())

    SandboxMaker().make("document", media_type, iter([content]), keep, lambda _: None)
    pdf = pypdfium2.PdfDocument(made[0])
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in pdf).split())


@pytest.mark.slow
@needs_office
@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        ("text/plain", f"{SAID}\n".encode()),
        ("text/plain", f"{SAID}\r\n".encode("utf-16")),
        ("text/plain", f"{SAID}\r\n".encode("cp1252")),
        ("text/csv", csv()),
        ("text/csv", csv(";")),
        ("text/csv", csv().decode().encode("utf-16")),
        (files.DOCX, docx()),
        (files.XLSX, xlsx()),
        (files.PPTX, pptx()),
        (files.ODT, odt()),
        (files.ODS, ods()),
        (files.ODP, odp()),
    ],
    ids=[
        *("UTF-8", "UTF-16", "Windows-1252", "CSV", "CSV with semicolons", "CSV in UTF-16"),
        *("DOCX", "XLSX", "PPTX", "ODT", "ODS", "ODP"),
    ],
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
