"""A parser that a file has taken over can do nothing: it tries, on this kernel and on older ones."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec, resolve_name
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from infra.deployment import create
from infra.settings import Settings
from infra.vault import media, parsers
from tests.architecture.source import ROOT
from tests.faults.postgres import free_port
from tests.infra.vault import files
from tests.infra.vault.kernels import BEFORE, on_a_kernel_without
from tests.infra.vault.test_media import judged
from tests.programs import run

HOSTILE = """
import ctypes, os, resource, signal, socket, subprocess, sys

def load(declared):
    global KEY, FOLDER
    KEY, FOLDER = declared.split(":")

def tried(attempt):
    try:
        attempt()
    except (PermissionError, ValueError):
        return "refused"
    except OSError as error:
        return error.strerror
    return "done"

def fork():
    if os.fork() == 0:
        os._exit(0)

def traced(number):
    if ctypes.CDLL(None, use_errno=True).ptrace(2, number, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "")

def answer(file):
    local = socket.AF_INET, socket.SOCK_STREAM
    return {
        "read the key": tried(lambda: open(KEY).read()),
        "list the keys": tried(lambda: os.listdir(FOLDER)),
        "look at the key": tried(lambda: os.stat(KEY)),
        "write a file": tried(lambda: open(FOLDER + "/new", "w")),
        "overwrite the key": tried(lambda: os.truncate(KEY, 0)),
        "remove the key": tried(lambda: os.unlink(KEY)),
        "rename the key": tried(lambda: os.rename(KEY, KEY + "2")),
        "make a folder": tried(lambda: os.mkdir(FOLDER + "/made")),
        "make a link": tried(lambda: os.symlink("/", FOLDER + "/link")),
        "change rights": tried(lambda: os.chmod(KEY, 0o666)),
        "open a TCP socket": tried(lambda: socket.socket(*local)),
        "open a UDP socket": tried(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)),
        "open a local socket": tried(lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)),
        "make a pair of sockets": tried(lambda: socket.socketpair()),
        "fork": tried(fork),
        "run a program": tried(lambda: subprocess.run(["/bin/true"])),
        "become a program": tried(lambda: os.execv("/nowhere", ["nowhere"])),
        "signal who started it": tried(lambda: os.kill(os.getppid(), 0)),
        "trace who started it": tried(lambda: traced(os.getppid())),
        "raise its limits": tried(lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40))),
    }
"""

ON_FILES = {"read the key", "list the keys", "write a file", "remove the key", "make a folder", "make a link"}
"""What every version of Landlock refuses by itself."""

HONEST = """
import mmap, os, random, threading, time

def load(declared):
    pass

def answer(file):
    parts, block = [], bytearray(64 << 20)
    threads = [threading.Thread(target=lambda: parts.append(len(os.pread(0, 4, 0)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    time.sleep(0.001)
    mapped = mmap.mmap(0, 0, prot=mmap.PROT_READ)
    twin = os.dup(0)
    os.close(twin)
    return [file.read().decode(), parts, len(block), mapped[:4].decode(), os.fstat(0).st_size, time.time() > 0]
"""

TRIED = (
    "import json, sys; from infra.vault import media; "
    "print(media.in_sandbox(open(sys.argv[1], 'rb'), media.libraries(), *sys.argv[2:]).decode())"
)
SAID = "import json; from infra.vault import media; print(json.dumps(media.confinement().in_words()))"


@pytest.fixture(scope="session")
def offered() -> set[str]:
    """Return which guards this kernel really has, asked in a way of our own."""
    guards = set()
    with Path("/proc/self/status").open() as status:
        if any(line.startswith("Seccomp:") for line in status):
            guards.add("seccomp")
    asked = "import ctypes; print(ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1))"
    version = run([sys.executable, "-I", "-c", asked]).stdout
    if int(version) > 0:
        guards.add("Landlock")
    return guards


@pytest.mark.parametrize("lacking", [[], ["Landlock"], ["seccomp"], ["Landlock", "seccomp"]], ids="-".join)
def test_a_parser_that_a_file_has_taken_over_does_nothing_that_the_kernel_can_refuse(
    lacking: list[str], tmp_path: Path, offered: set[str]
) -> None:
    keys, parser = tmp_path / "keys", tmp_path / "hostile.py"
    keys.mkdir()
    key = keys / "index-key"
    key.write_text("secret")
    parser.write_text(HOSTILE)
    tried = on_a_kernel_without(lacking, TRIED, str(parser), str(parser), f"{key}:{keys}")
    guards = offered - set(lacking)
    refused = {what for what, outcome in tried.items() if outcome == "refused"}
    if "seccomp" in guards:
        assert refused == tried.keys()
    elif "Landlock" in guards:
        assert refused >= ON_FILES
    else:
        assert not refused & ON_FILES  # nobody could refuse it, and the sentence at the start says so
        return
    assert key.read_text() == "secret"
    assert list(keys.iterdir()) == [key]


def test_what_a_system_has_not_is_said_and_what_can_be_done_there(offered: set[str]) -> None:
    said = media.confinement().in_words()
    if offered == {"Landlock", "seccomp"}:
        assert said is None
    else:
        assert all(guard in (said or "") for guard in {"Landlock", "seccomp"} - offered)
    without_landlock, without_seccomp, without_both = (
        on_a_kernel_without(lacking, SAID) for lacking in (["Landlock"], ["seccomp"], ["Landlock", "seccomp"])
    )
    assert without_landlock.startswith("This system has no Landlock for the process that opens uploaded files: ")
    assert without_seccomp.startswith("This system has no seccomp for the process that opens uploaded files: ")
    assert "could reach the network, start processes" in without_seccomp
    assert without_both.startswith("This system has no Landlock and no seccomp for the process")
    assert "could open other files, reach the network, start processes" in without_both
    if "seccomp" in offered:
        assert "refused all the same" in without_landlock


@pytest.mark.slow
def test_the_service_says_at_its_start_what_the_system_has_not(tmp_path: Path) -> None:
    variables = {"PORTFOLIO_FOLDER": str(tmp_path / "data"), "PORTFOLIO_PORT": str(free_port())}
    settings = Settings.read(variables)
    settings.folder.mkdir()
    create(settings, "demo", "Ann Lee")
    script = f"{BEFORE} from infra.cli import main; main()"
    with subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-P", "-c", script, '["Landlock"]', "serve"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **settings.environment()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout
        assert "Serving on" in server.stdout.readline()
        server.terminate()
        assert "This system has no Landlock for the process that opens uploaded files" in server.communicate()[1]


@pytest.mark.parametrize("lacking", [[], ["Landlock"], ["seccomp"], ["Landlock", "seccomp"]], ids="-".join)
def test_a_parser_reads_its_file_and_has_threads_memory_and_the_time(lacking: list[str], tmp_path: Path) -> None:
    parser = tmp_path / "honest.py"
    parser.write_text(HONEST)
    answer = on_a_kernel_without(lacking, TRIED, str(parser), str(parser), "")
    assert answer == [HONEST, [4] * 4, 64 << 20, HONEST[:4], len(HONEST), True]


def pdf_for_everybody(algorithm: str) -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(595, 842)
    writer.encrypt("", "owner", algorithm=algorithm)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256"])
def test_a_pdf_that_everybody_may_read_is_opened_however_it_is_encrypted(algorithm: str, tmp_path: Path) -> None:
    assert judged(pdf_for_everybody(algorithm), "application/pdf", tmp_path).pages == ((595, 842),)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        *(("PNG", mode) for mode in ("P", "1", "LA", "RGBA", "I;16")),
        *(("JPEG", mode) for mode in ("L", "CMYK")),
        *(("WEBP", mode) for mode in ("RGB", "RGBA")),
    ],
)
def test_a_picture_is_opened_whatever_its_colours_are(kind: str, mode: str, tmp_path: Path) -> None:
    picture = files.picture(kind, orientation=6, mode=mode)
    assert judged(picture, f"image/{kind.lower()}", tmp_path).width == 30


def test_a_picture_with_texts_in_it_is_opened(tmp_path: Path) -> None:
    texts, out = PngInfo(), BytesIO()
    texts.add_text("Comment", "rigged", zip=True)
    texts.add_itxt("Title", "Gerüst", "de", "Titel", zip=True)
    Image.new("RGB", (40, 30)).save(out, "PNG", pnginfo=texts)
    assert judged(out.getvalue(), "image/png", tmp_path).width == 40


NOT_NEEDED = {
    "brotli": "not installed",
    "numpy": "not installed",
    "tabulate": "not installed",
    "pickle": "a log to a socket",
    "fontTools.cffLib": "not installed",
    "defusedxml": "not installed",
    "pypdf.generic._image_xobject": "pictures inside pages",
    "pypdf.generic._image_inline": "what is drawn on pages",
    "PIL.ImageCms": "pictures are measured, not converted",
    "PIL.ImageColor": "the same",
    "PIL.ImageFilter": "the same",
    "PIL.ImageQt": "windows",
    "PIL.ImageShow": "windows",
    "colorsys": "pictures are measured, not made",
    "random": "the same",
    "copy": "pictures that move, which a JPEG or PNG of ours does not",
    "mmap": "pictures opened by their names",
    "tempfile": "the same",
}
"""What a library imports only on the way, and why a parser never goes that way."""


LOADED = """
import json, sys
from infra.vault import parsers
parsers.load(sys.argv[1])
told = ("__package__", "__file__")
print(json.dumps({name: [getattr(module, each, None) for each in told] for name, module in sys.modules.items()}))
"""


def imported_on_the_way(path: Path, package: str) -> Iterator[str]:
    """Yield the modules that the functions of a file import."""
    functions = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef))
    for node in (inner for function in functions for inner in ast.walk(function)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = resolve_name("." * node.level + (node.module or ""), package)
            yield base
            found = find_spec(base.partition(".")[0]) and find_spec(base)
            if found and found.submodule_search_locations:
                names = (f"{base}.{alias.name}" for alias in node.names)
                yield from (name for name in names if find_spec(name))


@pytest.mark.parametrize("family", sorted({*parsers.LIBRARIES, "text"}))
def test_what_a_library_imports_on_the_way_is_there_before_the_file_is_read(family: str) -> None:
    command = [sys.executable, "-P", "-c", LOADED, family]
    loaded = json.loads(run(command).stdout)
    used = {name.partition(".")[0] for name in (*parsers.ALWAYS, *parsers.LIBRARIES.get(family, ()))}
    late = {
        (late, name)
        for name, (package, file) in loaded.items()
        if name.partition(".")[0] in used - {"encodings"} and str(file).endswith(".py")
        for late in imported_on_the_way(Path(file), package)
    }
    assert not {(module, name) for module, name in late if module not in loaded and module not in NOT_NEEDED}
