"""A program brings a file over to a real server: killed on the way, it goes on where it was."""

import subprocess
import sys
from pathlib import Path

from joserfc.jwk import OKPKey

from infra.demo.stage import Stage
from portfolio.domain.program.rows import BRINGS_FILES
from tests.journeys.service import serving

PARTS = 4
LINE = b"Rigged six lanterns, checked by Amina, and logged it in the book.\n"


def test_a_file_is_brought_over_by_a_program_that_is_killed_on_the_way(tmp_path: Path) -> None:
    with serving(tmp_path) as stage:
        brought_over(stage, tmp_path)


def brought_over(stage: Stage, tmp_path: Path) -> None:
    key = OKPKey.generate_key("Ed25519", private=True)
    (tmp_path / "key.pem").write_bytes(key.as_pem(private=True))
    file = tmp_path / "log.txt"
    file.write_bytes(LINE * (PARTS * (5 << 20) // len(LINE)))
    owner = {"name": "Learner system", "owner": stage.id("administrator"), "rows": sorted(BRINGS_FILES)}
    office = stage.client("administrator")
    program = office.post("/v1/programs", owner)["id"]
    office.post(f"/v1/programs/{program}/keys", dict(key.as_dict(private=False)))
    enrolment = stage.id("mia enrolment")
    command = [sys.executable, "-c", "from infra.cli import main; main()", "upload", str(file)]
    command += ["--enrolment", enrolment, "--server", stage._base_url]
    command += ["--program", program, "--key", str(tmp_path / "key.pem")]

    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:  # noqa: S603 - ours
        assert first.stderr is not None
        begun = first.stderr.readline()
        first.kill()
    assert begun == f"log.txt: 1 of {PARTS} parts\n"

    again = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert again.returncode == 0, again.stderr
    assert again.stdout.startswith("log.txt is ")
    assert "log.txt: 1 of" not in again.stderr
    third = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert (third.stdout, third.stderr) == ("log.txt is there already.\n", "")
    (tmp_path / "empty.txt").write_bytes(b"")
    command.insert(command.index("upload") + 1, str(tmp_path / "empty.txt"))
    fourth = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert (fourth.returncode, fourth.stdout) == (1, "log.txt is there already.\n"), "what is not taken keeps none back"
    assert fourth.stderr.startswith("empty.txt: ")
    rows = stage.client("mia").get(f"/v1/enrolments/{enrolment}/audit-trail", kind="evidence.upload-offered")["items"]
    assert [row["name"].startswith("The program Learner system for ") for row in rows] == [True]
