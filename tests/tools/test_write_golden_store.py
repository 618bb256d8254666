from pathlib import Path

from tests.golden_stores import SUMS, checksums
from tests.tools.write_golden_store import write


def test_the_present_code_can_leave_a_store_of_each_kind(tmp_path: Path) -> None:
    held = write(tmp_path / "next")
    assert held["sqlite"].facts == held["postgres"].facts
    assert checksums(tmp_path / "next") == (tmp_path / "next" / SUMS).read_text()
