"""What docs/security.md says to be shown by a test is shown by one that there is."""

import re

from tests.architecture.source import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_test_that_is_named_is_there() -> None:
    there = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 50
    assert named - there == set()


def test_each_point_of_the_lists_names_a_test_or_says_why_none_can_show_it() -> None:
    lists = PAGE[PAGE.index("## OAuth 2") :]
    rows = [line for line in lists.splitlines() if re.match(r"\| \d", line)]
    assert len(rows) > 50
    assert [row for row in rows if "`test_" not in row and not re.search(r"\*not met\*|do(es)? not apply", row)] == []
