"""What is installed, and from where: nothing that no lock names, and nothing from where the package is not ours."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from infra.demo.show import server
from infra.deployment import create
from infra.settings import Settings
from tests.architecture.source import PACKAGES, ROOT, files
from tests.faults.postgres import free_port
from tests.programs import run

DEPLOY = ROOT / "infra" / "deploy"
SYSTEMD = shutil.which("systemd-analyze")
TEXTS = [
    path
    for pattern in ("*.md", "docs/**/*.md", "infra/**/*", "api/**/*", "portfolio/**/*", "projections/**/*", "Makefile")
    for path in ROOT.glob(pattern)
    if path.is_file() and "__pycache__" not in path.parts
]


def pins(lock: str) -> dict[str, str]:
    """Return each version that a lock names."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE))


def test_nobody_is_told_to_install_the_product_from_an_index() -> None:
    install = re.compile(r"""pip3? install (?:-\S+ )*['"]?portfolio(?![-\w/*.])""")
    assert install.search("pip install 'portfolio[s3]'")
    assert len(TEXTS) > 300
    assert [path for path in TEXTS if install.search(path.read_text("utf-8", errors="replace"))] == []


@pytest.mark.parametrize("lock", sorted(path.name for path in ROOT.glob("*.lock")))
def test_each_requirement_of_a_lock_has_its_version_and_hashes(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n", "", (ROOT / lock).read_text("utf-8")).strip())
    assert entries
    for entry in entries:
        assert re.match(r"\S+==\S+", entry)
        assert "--hash=sha256:" in entry


def test_what_is_installed_for_real_is_what_was_tested() -> None:
    tested = pins("requirements-dev.lock")
    for lock in ("requirements.lock", "requirements-servers.lock"):
        assert pins(lock).items() <= tested.items()
    assert pins("requirements.lock").items() <= pins("requirements-servers.lock").items()


def test_what_builds_the_product_is_locked() -> None:
    system = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]
    assert system["requires"] == [f"{name}=={version}" for name, version in pins("requirements-build.lock").items()]
    ours = [line for line in (ROOT / "Makefile").read_text().splitlines() if re.search(r"(-e|-w dist) \.$", line)]
    assert len(ours) == 2
    assert all("--no-deps --no-build-isolation" in line for line in ours)


def test_no_process_of_ours_imports_from_where_it_is_started() -> None:
    started = [
        (path, [part.value for part in node.elts[1:] if isinstance(part, ast.Constant)])
        for path in files(*PACKAGES)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.List) and node.elts and ast.unparse(node.elts[0]) == "sys.executable"
    ]
    assert len(started) == 5
    assert [path for path, flags in started if not {"-P", "-I"} & set(flags)] == []


def hostile(folder: Path) -> Path:
    """Return a folder with modules of names that are ours or Python's, which end whoever imports them."""
    for name in ("portfolio", "infra", "api", "json", "signal", "logging", "gunicorn"):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text(f"raise SystemExit('imported {name} from the current folder')")
    return folder


@pytest.mark.slow
def test_a_server_of_the_demo_starts_in_a_folder_of_modules_that_are_not_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings.read(
        {"PORTFOLIO_FOLDER": str(tmp_path / "data"), "PORTFOLIO_PORT": str(free_port())},
    )
    settings.folder.mkdir()
    create(settings, "demo", "Ann Lee")
    monkeypatch.chdir(hostile(tmp_path / "elsewhere"))
    with server(settings) as process:
        assert process.poll() is None


def test_what_a_command_starts_does_not_import_from_the_current_folder(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys; from infra.cli import main; sys.argv = ['portfolio', '--version']\n"
        "try: main()\nexcept SystemExit: subprocess.run([sys.executable, '-c', 'import json; print(json.dumps(1))'])"
    )
    command = [sys.executable, "-P", "-c", script]
    done = run(command, cwd=hostile(tmp_path))
    assert done.stdout.splitlines()[-1] == "1", done.stderr


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """Return our unit, with a program that is there on every machine."""
    program = tmp_path / "portfolio"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    text = (DEPLOY / "portfolio.service").read_text("utf-8")
    assert text.count("/opt/portfolio/bin/portfolio") == 1
    copy = tmp_path / "portfolio.service"
    copy.write_text(text.replace("/opt/portfolio/bin/portfolio", str(program)))
    return copy


@pytest.mark.skipif(SYSTEMD is None, reason="systemd-analyze is not on this machine (Debian: systemd): not verified")
def test_systemd_takes_the_unit_and_finds_it_well_closed(unit: Path) -> None:
    for arguments in (["verify", "--man=no"], ["security", "--offline=true", "--threshold=20", "--no-pager"]):
        command = [SYSTEMD or "", *arguments, str(unit)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the system's own program
        assert done.returncode == 0, done.stdout + done.stderr
        if arguments[0] == "verify":
            assert done.stderr == ""


def test_the_unit_lets_the_process_that_opens_files_confine_itself() -> None:
    unit = (DEPLOY / "portfolio.service").read_text("utf-8")
    allowed = " ".join(re.findall(r"^SystemCallFilter=([^~].*)$", unit, re.MULTILINE)).split()
    assert {"landlock_create_ruleset", "landlock_restrict_self", "prctl", "@system-service"} <= set(allowed)


def test_the_container_says_that_it_was_not_run_and_takes_nothing_that_no_lock_names() -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    assert text.startswith("# An example, which our tests do not build or run.")
    for line in re.findall(r"pip install (.*)", text):
        assert "--require-hashes -r /dist/requirements-servers.lock" in line or "--no-deps --no-index" in line
    assert not re.search(r"^USER root", text, re.MULTILINE)
