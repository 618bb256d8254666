"""Files of people, enrolments and assignments are checked whole, line by line, and nothing is recorded (IMPORT-1)."""

from uuid import UUID

import pytest

from portfolio.application.imports.carrying_out import Imports
from portfolio.application.imports.lines import KINDS, ColumnsUnknown, sample
from portfolio.domain.enrolment.aggregate import ENROLMENT as ENROLMENTS
from portfolio.domain.kernel import NotVisible
from tests.application.imported import (
    ASSIGNED,
    ENROLMENTS_HEADER,
    ID,
    PEOPLE,
    ZOE,
    ZOES,
    enrolment,
    faults,
    mixed,
    person,
    uln,
)
from tests.application.stage import ADMINISTRATOR, ASSESSOR, FORM, MIA, PLAN_ID, Stage
from tests.domain.world import an_id


def test_checking_a_file_records_nothing(stage: Stage, imports: Imports) -> None:
    head = stage.journal.head()
    assert faults(imports, PEOPLE + person() + person("Bo", "coach|assessor")) == []
    assert stage.journal.head() == head


def test_every_bad_line_is_named_with_its_column(imports: Imports) -> None:
    file = ENROLMENTS_HEADER + "".join(
        (
            enrolment(number="1234567890"),
            enrolment(apprentice=UUID(int=5)),
            enrolment(apprentice="nobody"),
            enrolment(apprentice=ASSESSOR),
            enrolment(route="XYZ"),
            enrolment(starts="31/02/2026"),
            enrolment(starts="2026/09/01"),
            enrolment().replace(str(FORM), "form"),
            enrolment().replace("Lantern", ""),
            enrolment().replace("Lantern", "Lan\u202etern"),
            enrolment().replace("\n", ",and more\n"),
            enrolment().replace("10000001", "lantern"),
            enrolment(starts="1999-12-31"),
            enrolment(starts="31/12/2099"),
        )
    )
    assert faults(imports, file) == [
        (2, "uln", "uln-invalid"),
        (3, "apprentice", "person-unknown"),
        (4, "apprentice", "cell-unreadable"),
        (5, "apprentice", "role-not-held"),
        (6, "route", "route-unknown"),
        (7, "starts_on", "cell-unreadable"),
        (8, "starts_on", "cell-unreadable"),
        (9, "form_id", "cell-unreadable"),
        (10, "employer", "cell-unreadable"),
        (11, "employer", "text-not-readable"),
        (12, "record", "cell-unreadable"),
        (13, "centre_ukprn", "ukprn-invalid"),
        (14, "starts_on", "day-not-taken"),
        (15, "starts_on", "day-too-far-ahead"),
    ]


def test_every_cell_of_a_line_that_cannot_be_read_is_named_at_once(imports: Imports) -> None:
    line = enrolment("nobody", "12", starts="1999-12-31").replace("10000001", "1").replace("Lantern", "")
    assert faults(imports, ENROLMENTS_HEADER + line.replace(str(PLAN_ID), "plan")) == [
        (2, "apprentice", "cell-unreadable"),
        (2, "uln", "uln-invalid"),
        (2, "plan_id", "cell-unreadable"),
        (2, "centre_ukprn", "ukprn-invalid"),
        (2, "employer", "cell-unreadable"),
        (2, "starts_on", "day-not-taken"),
    ]
    assert faults(imports, mixed(f"person,zoe,{'x' * 201},nowhere,pupil,{MIA}", "person,zoe,Zoë,nowhere,")) == [
        (2, "apprentice", "cell-unreadable"),
        (2, "name", "text-not-readable"),
        (2, "works_for", "cell-unreadable"),
        (2, "roles", "cell-unreadable"),
        (3, "reference", "cell-unreadable"),
        (3, "works_for", "cell-unreadable"),
    ]


def test_a_line_left_out_is_listed_with_every_cell_of_it_that_cannot_be_read(imports: Imports) -> None:
    record = imports.carry_out((PEOPLE + person() + "Bo,nowhere,pupil\n").encode(), ID, ADMINISTRATOR, faulty=True)
    assert [(each.line, each.column) for each in record.left_out] == [(3, "works_for"), (3, "roles")]
    assert imports.record_of(ID).left_out == record.left_out


def test_a_number_that_is_enrolled_already_or_twice_in_the_file_is_found(stage: Stage, imports: Imports) -> None:
    stage.enrol()
    taken = stage.session().state(ENROLMENTS, an_id("enrolment")).uln
    people = [f"person,{n},Person {n},employer,apprentice" for n in range(3)]
    enrolled = [ZOES.replace(",zoe,", f",{n},").replace("zoe's", "") for n in range(3)]
    file = mixed(*people, enrolled[0].replace(uln(2), taken), enrolled[1], enrolled[2])
    assert faults(imports, file) == [(5, "uln", "uln-already-enrolled"), (7, "uln", "uln-already-enrolled")]


def test_lines_rest_on_the_lines_above_them(imports: Imports) -> None:
    assert faults(imports, mixed(ZOE, ZOES, ASSIGNED)) == []
    assert faults(imports, mixed(ZOES, ZOE)) == [(2, "apprentice", "cell-unreadable")]
    assert faults(imports, mixed(ZOE, ZOES, ZOES.replace(uln(2), uln(3)).replace("zoe's", ""))) == [
        (4, "apprentice", "standard-already-taken")
    ]


def test_lines_that_rest_on_a_bad_line_or_on_one_left_out_are_bad_too(imports: Imports) -> None:
    bad = ZOE.replace("apprentice", "appentice")
    assert faults(imports, mixed(bad, ZOES, ASSIGNED)) == [
        (2, "roles", "cell-unreadable"),
        (3, "apprentice", "person-unknown"),
        (4, "enrolment", "enrolment-unknown"),
    ]
    assert faults(imports, mixed(ZOE, ZOES), [2]) == [(3, "apprentice", "person-unknown")]


def test_of_a_bad_line_nothing_counts_for_later_ones(imports: Imports) -> None:
    bad = ZOES.replace(str(PLAN_ID), str(UUID(int=9)))
    assert faults(imports, mixed(ZOE, bad, ZOES.replace("zoe's", "again"))) == [(3, "plan_id", "plan-unknown")]


def test_what_a_reference_means_is_said_once(imports: Imports) -> None:
    assert faults(imports, mixed(ZOE, ZOE, ZOE.replace("zoe", str(UUID(int=1)), 1))) == [
        (3, "reference", "cell-unreadable"),
        (4, "reference", "cell-unreadable"),
    ]


def test_a_line_of_no_kind_or_with_cells_of_another_kind_is_bad(imports: Imports) -> None:
    assert faults(imports, mixed("pupil,,Zoë,employer,", f"{ZOE},{MIA}")) == [
        (2, "record", "cell-unreadable"),
        (3, "apprentice", "cell-unreadable"),
    ]


def test_a_column_that_nobody_knows_is_refused_by_name(imports: Imports) -> None:
    with pytest.raises(ColumnsUnknown, match="Not known: e_mail, shoe_size") as refused:
        faults(imports, "name,works for,e-mail,Shoe size\nx,employer,,\n")
    assert refused.value.members == {"unknown": ["e_mail", "shoe_size"], "missing": []}
    with pytest.raises(ColumnsUnknown) as refused:
        faults(imports, ",".join(f"{n}{'x' * 100}" for n in range(100)) + "\n1\n")
    assert {len(name) for name in refused.value.members["unknown"]} == {50}
    assert len(refused.value.members["unknown"]) == 50
    with pytest.raises(ColumnsUnknown, match="Missing: uln"):
        faults(imports, ENROLMENTS_HEADER.replace("uln,", "") + "x\n")
    with pytest.raises(ColumnsUnknown, match="Not known: pupil"):
        faults(imports, "record,pupil\nperson,x\n")


def test_a_line_is_judged_by_what_its_importer_may_do(imports: Imports) -> None:
    checked = list(imports.check((PEOPLE + person()).encode(), ID, ASSESSOR))
    assert [each.fault.code for each in checked] == ["not-visible"]
    with pytest.raises(NotVisible):
        imports.carry_out((PEOPLE + person()).encode(), ID, ASSESSOR, faulty=True)


@pytest.mark.parametrize("kind", KINDS)
def test_there_is_a_sample_of_each_kind(imports: Imports, kind: str) -> None:
    codes = {code for _, _, code in faults(imports, sample(kind))}
    assert codes <= {"person-unknown", "enrolment-unknown"}  # the ids in it are examples
