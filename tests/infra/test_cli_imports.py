"""The command line reads plans, and files of people: what it prints of them, and what it records."""

import json
from pathlib import Path
from uuid import uuid4

from infra.main import open_record
from infra.settings import Settings
from tests.infra.terminal import DEMO, PLAN, SOMEBODY, Terminal

KEYS = {
    "reference",
    "version_label",
    "level",
    "options",
    "outcomes",
    "methods",
    "categories",
    "levels",
    "descriptors",
    "distinct_codes",
    "warnings",
}


# --- plans ------------------------------------------------------------------------------------------------------------


def test_check_prints_what_was_read_for_programs(portfolio: Terminal) -> None:
    assert portfolio("plan", "check", str(PLAN), "--json") == 0
    read = json.loads(portfolio.out)
    assert set(read) == KEYS
    assert (read["version_label"], read["distinct_codes"], len(read["outcomes"])) == ("ST1297/V2", 72, 10)


def test_check_prints_what_was_read_for_people(portfolio: Terminal) -> None:
    assert portfolio("plan", "check", str(PLAN)) == 0
    for part in ("CVT        6 outcomes, 46 codes", "72 distinct codes", "at least 1 observation", "line 41"):
        assert part in portfolio.out


def test_what_is_no_plan_is_refused_in_one_sentence(portfolio: Terminal) -> None:
    Path("empty.md").touch()
    Path("binary.md").write_bytes(b"\xff\xfe\x00")
    for name in ("empty.md", "binary.md", "nothing.md", "."):
        assert portfolio.fails("plan", "check", name)


def test_an_import_is_recorded_once_and_shown_again(portfolio: Terminal, administrator: str) -> None:
    assert portfolio("plan", "import", str(PLAN)) == 0
    assert portfolio.out.startswith("Recorded ST1297/V2 as edition ")
    assert "imported already" in portfolio.fails("plan", "import", str(PLAN))
    assert portfolio("plan", "show", "ST1297", "V2", "--json") == 0
    shown = portfolio.out
    assert portfolio("plan", "check", str(PLAN), "--json") == 0
    assert portfolio.out == shown
    assert portfolio("plan", "show", "ST1297", "V2") == 0
    assert "not approved; 0 of " in portfolio.out
    assert DEMO in portfolio.err


def test_an_import_in_the_name_of_nobody_known_is_refused(portfolio: Terminal, administrator: str) -> None:
    assert "not registered" in portfolio.fails("plan", "import", str(PLAN), "--as", str(uuid4()))
    assert portfolio("plan", "import", str(PLAN), "--as", administrator) == 0


def test_a_plan_that_is_not_on_record_is_not_shown(portfolio: Terminal, administrator: str) -> None:
    assert "not on record" in portfolio.fails("plan", "show", "ST1297", "V3")


# --- import -----------------------------------------------------------------------------------------------------------

PEOPLE = "name;works for;roles\nZoë Ito;employer;apprentice\nBo Li;nowhere;coach\nCy Fox;centre;coach\n"


def test_a_file_is_imported_once_without_the_lines_that_are_left_out(portfolio: Terminal, administrator: str) -> None:
    file, once = Path("people.csv"), ["import", "people.csv", "--id", str(SOMEBODY)]
    file.write_bytes(PEOPLE.encode("cp1252"))
    assert portfolio(*once, "--dry-run") == 1
    sentence = "Line 3, works_for: none of: assessment organisation, centre, employer, none of these."
    assert portfolio.out.splitlines() == [sentence]
    assert portfolio(*once) == 1
    assert portfolio.out.splitlines() == [sentence]
    assert "nothing was recorded" in portfolio.err
    done = ["Line 3 was left out (works_for: cell-unreadable).", "Every other line up to 4 is on record."]
    for chosen in ("--leave-out-faulty", "--as", "--leave-out=3"):
        assert portfolio(*once, chosen, *([administrator] if chosen == "--as" else [])) == 0
        assert portfolio.out.splitlines() == done
    with open_record(Settings.read({}), read_only=True) as record:
        assert sum(entry.tag == "person.registered" for entry in record.journal.since(0)) == 3
    file.write_text("name,works for,roles\nDi Ash,centre,coach\n")
    assert portfolio("import", "people.csv") == 0
    assert portfolio.out.splitlines() == ["Every line up to 2 is on record."]


def test_a_sample_of_a_file_is_printed(portfolio: Terminal, administrator: str) -> None:
    for kind in ("person", "enrolment", "assignment"):
        assert portfolio("import", "--sample", kind) == 0
        Path("sample.csv").write_text(portfolio.out)
        assert portfolio("import", "sample.csv", "--dry-run") == (0 if kind == "person" else 1)
    assert portfolio("import") == 2
