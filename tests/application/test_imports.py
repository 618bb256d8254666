"""Files of people, enrolments and assignments: checked whole, then carried out once (IMPORT-1, -2)."""

import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from infra.store.journal import EventJournal
from portfolio.application.imports.carrying_out import Imports, LinesFaulty, LineUnknown, stream_of
from portfolio.application.imports.lines import KINDS, ColumnsUnknown, sample
from portfolio.application.ports import AppendConditions, Busy, Journal, Receipt
from portfolio.domain.enrolment.aggregate import ENROLMENT as ENROLMENTS
from portfolio.domain.enrolment.facts import ApprenticeEnrolled, PersonAssigned
from portfolio.domain.imports import ImportBegun, ImportOfAnotherFile, LineFault, LinesCarriedOut
from portfolio.domain.kernel import NotVisible, Recorded
from portfolio.domain.person import EndRole, GrantRole, PersonRegistered, RegisterPerson, RoleGranted
from tests.application.stage import ADMINISTRATOR, ASSESSOR, FORM, MIA, PLAN_ID, Stage
from tests.domain.world import an_id

ID, SECOND = UUID(int=4711), an_id("a second administrator")
PEOPLE = "name,works for,roles\n"
ENROLMENTS_HEADER = "apprentice,uln,plan id,form id,route,centre ukprn,employer,starts on\n"
MIXED = (
    "record,reference,name,works for,roles,apprentice,uln,plan id,form id,route,centre ukprn,employer,starts on,"
    "enrolment,person,assignment,components\n"
)


def uln(number: int) -> str:
    """Return a valid unique learner number; not every number of nine digits begins one."""
    while True:
        digits = str(100_000_000 + number)
        left = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True))
        if (check := (10 - left) % 11) < 10:
            return f"{digits}{check}"
        number += 1_000_000


def person(name: str = "Zoë Ito", roles: str = "apprentice") -> str:
    return f"{name},employer,{roles}\n"


def enrolment(apprentice: object = MIA, number: str = uln(1), route: str = "LET", starts: str = "01/09/2026") -> str:
    return f"{apprentice},{number},{PLAN_ID},{FORM},{route},10000001,Lantern,{starts}\n"


def mixed(*lines: str) -> bytes:
    return (MIXED + "".join(f"{line}\n" for line in lines)).encode()


ZOE = "person,zoe,Zoë,employer,apprentice"
ZOES = f"enrolment,zoe's,,,,zoe,{uln(2)},{PLAN_ID},{FORM},LET,10000001,Lantern,2026-09-01"
ASSIGNED = f"assignment,,,,,,,,,,,,2026-09-01,zoe's,{ASSESSOR},assessor,"


@pytest.fixture
def imports(stage: Stage) -> Imports:
    return Imports(stage.handler)


def faults(imports: Imports, file: str | bytes, left_out: Sequence[int] = ()) -> list[tuple[int, str, str]]:
    content = file if isinstance(file, bytes) else file.encode()
    listed = imports.check(content, ID, ADMINISTRATOR, left_out)
    return [(each.fault.line, each.fault.column, each.fault.code) for each in listed]


class Breaking:
    """A journal that breaks off after so many appends, before or after the last one."""

    def __init__(self, journal: Journal, appends: int, *, after: bool) -> None:
        self._journal, self._left, self._after = journal, appends, after

    def __getattr__(self, name: str) -> Any:
        return getattr(self._journal, name)

    def append(self, entries: Sequence[Recorded], conditions: AppendConditions) -> Receipt:
        self._left -= 1
        if self._left < 0 and not self._after:
            raise Busy
        receipt = self._journal.append(entries, conditions)
        if self._left < 0:
            raise Busy
        return receipt


# --- a file is checked whole against the record first ---


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


# --- nothing is recorded while a line is bad ---


def test_nothing_is_recorded_while_a_line_is_bad(stage: Stage, imports: Imports) -> None:
    head, file = stage.journal.head(), (PEOPLE + person() + person("", "coach") + person("Bo", "pupil")).encode()
    with pytest.raises(LinesFaulty) as refused:
        imports.carry_out(file, ID, ADMINISTRATOR)
    assert refused.value.members["lines"][0] == "line 3, name: This cell is empty."
    assert len(refused.value.members["lines"]) == 2
    with pytest.raises(LinesFaulty):
        imports.carry_out(file, ID, ADMINISTRATOR, left_out=[3])
    assert stage.journal.head() == head


def test_lines_are_left_out_one_by_one_or_all_that_are_bad_and_listed(stage: Stage, imports: Imports) -> None:
    file = (PEOPLE + person("Ada") + person("", "coach") + person("Bo") + person("Cy")).encode()
    by_hand = imports.carry_out(file, ID, ADMINISTRATOR, left_out=[3, 4])
    assert by_hand.left_out == (LineFault(line=3), LineFault(line=4))
    bad = LineFault(line=3, column="name", code="cell-unreadable")
    assert imports.carry_out(file, UUID(int=2), ADMINISTRATOR, faulty=True).left_out == (bad,)
    both = imports.carry_out(file, UUID(int=3), ADMINISTRATOR, left_out=[2], faulty=True)
    assert both.left_out == (LineFault(line=2), bad)
    names = [entry.fact.name for entry in stage.facts(PersonRegistered) if isinstance(entry.fact, PersonRegistered)]
    assert names[-7:] == ["Ada", "Cy", "Ada", "Bo", "Cy", "Bo", "Cy"]


def test_a_line_that_is_none_cannot_be_left_out(stage: Stage, imports: Imports) -> None:
    for line in (1, 3, 99):
        with pytest.raises(LineUnknown):
            imports.carry_out((PEOPLE + person()).encode(), ID, ADMINISTRATOR, left_out=[line])
        with pytest.raises(LineUnknown):
            list(imports.check((PEOPLE + person()).encode(), ID, ADMINISTRATOR, [line]))
    assert stage.facts(ImportBegun) == []


# --- then recorded once ---


def test_each_line_is_recorded_as_if_its_commands_were_given_one_by_one(stage: Stage, imports: Imports) -> None:
    record = imports.carry_out(mixed(ZOE, ZOES, ASSIGNED), ID, ADMINISTRATOR)
    assert (record.last_line, record.reached, record.complete(), record.refused) == (4, 4, True, ())
    registered, enrolled, assigned = (
        stage.facts(each)[-1] for each in (PersonRegistered, ApprenticeEnrolled, PersonAssigned)
    )
    assert {each.by for each in (registered, enrolled, assigned)} == {ADMINISTRATOR}
    assert isinstance(enrolled.fact, ApprenticeEnrolled)
    assert enrolled.fact.apprentice == registered.originator_id == enrolled.subject
    assert assigned.originator_id == enrolled.originator_id
    assert isinstance(stage.facts(RoleGranted)[-1].fact, RoleGranted)


def test_no_word_of_the_file_stands_in_the_record_of_the_import(stage: Stage, imports: Imports) -> None:
    imports.carry_out(mixed(ZOE, ZOES, ZOES), ID, ADMINISTRATOR, faulty=True)
    for entry in [*stage.facts(ImportBegun), *stage.facts(LinesCarriedOut)]:
        assert entry.originator_id == stream_of(ID)
        assert "zo" not in repr(entry.fact).lower()
        assert uln(2) not in repr(entry.fact)


def test_who_has_the_record_without_its_keys_confirms_no_guess_of_what_was_left_out(
    begun: Path, tmp_path: Path
) -> None:
    def digest(secret: bytes) -> str:
        with closing(EventJournal.in_file(Path(shutil.copy(begun, tmp_path / "facts.db")), secret=secret)) as journal:
            return Imports(Stage(journal).handler).carry_out(file, ID, ADMINISTRATOR, faulty=True).digest

    file = (ENROLMENTS_HEADER + enrolment(number="1234567890")).encode()
    assert digest(b"one key") == digest(b"one key") != digest(b"another")
    assert digest(b"one key") != sha256(ID.bytes + file).hexdigest()


def test_a_second_press_records_nothing(stage: Stage, imports: Imports) -> None:
    first = imports.carry_out(mixed(ZOE, ZOES, ASSIGNED), ID, ADMINISTRATOR)
    head = stage.journal.head()
    assert imports.carry_out(mixed(ZOE, ZOES, ASSIGNED), ID, ADMINISTRATOR) == first
    assert stage.journal.head() == head


def test_another_file_under_the_same_id_is_refused(imports: Imports) -> None:
    imports.carry_out(mixed(ZOE), ID, ADMINISTRATOR)
    with pytest.raises(ImportOfAnotherFile):
        imports.carry_out(mixed(ZOE, ZOES), ID, ADMINISTRATOR)


def test_an_import_may_be_called_like_any_record_and_does_not_touch_it(stage: Stage, imports: Imports) -> None:
    before = stage.session().history(MIA)
    imports.carry_out(mixed(ZOE), MIA, ADMINISTRATOR)
    assert stage.session().history(MIA) == before


@pytest.mark.parametrize("after", [False, True])
def test_an_import_that_broke_off_is_completed_by_a_second_press_and_doubles_nothing(
    stage: Stage, imports: Imports, after: bool
) -> None:
    file, broken = mixed(ZOE, ZOES, ASSIGNED), 0
    for appends in range(20):
        breaking = Breaking(stage.journal, appends, after=after)
        handler = replace(stage.handler, journal=breaking)
        try:
            Imports(handler).carry_out(file, ID, ADMINISTRATOR)
        except Busy:
            broken += 1
    assert broken >= 2
    assert [len(stage.facts(each)) for each in (ApprenticeEnrolled, PersonAssigned)] == [1, 1]
    assert (
        len([e for e in stage.facts(PersonRegistered) if isinstance(e.fact, PersonRegistered) and e.fact.name == "Zoë"])
        == 1
    )
    assert imports.record_of(ID).complete()
    assert imports.record_of(ID).refused == ()


def test_it_is_recorded_and_told_how_far_an_import_has_come(
    stage: Stage, imports: Imports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portfolio.application.imports.carrying_out.BATCH_SIZE", 2)
    told = list[tuple[int, int]]()
    file = (PEOPLE + "".join(person(f"Person {n}") for n in range(5))).encode()
    imports.carry_out(file, ID, ADMINISTRATOR, left_out=[3], noted=lambda *so_far: told.append(so_far))
    assert told == [(4, 6), (6, 6)]
    noted = [entry.fact for entry in stage.facts(LinesCarriedOut)]
    assert noted == [
        LinesCarriedOut(first=2, last=4, refused=()),
        LinesCarriedOut(first=5, last=6, refused=()),
    ]


def test_two_presses_at_once_double_nothing(stage: Stage, imports: Imports) -> None:
    file = mixed(ZOE, ZOES, ASSIGNED, *(f"person,,Person {n},centre,coach" for n in range(40)))
    with ThreadPoolExecutor(2) as both:
        for press in [both.submit(imports.carry_out, file, ID, ADMINISTRATOR) for _ in range(2)]:
            press.result()
    assert imports.record_of(ID).refused == ()
    assert [len(stage.facts(each)) for each in (ImportBegun, ApprenticeEnrolled, PersonAssigned)] == [1, 1, 1]
    names = [entry.fact.name for entry in stage.facts(PersonRegistered) if isinstance(entry.fact, PersonRegistered)]
    assert len(set(names[-41:])) == 41


def test_another_administrator_may_complete_what_broke_off(stage: Stage, imports: Imports) -> None:
    stage.do(RegisterPerson(person_id=SECOND, name="Second", works_for="assessment organisation"), ADMINISTRATOR)
    stage.do(GrantRole(person_id=SECOND, role="administrator"), ADMINISTRATOR)
    handler = replace(stage.handler, journal=Breaking(stage.journal, 5, after=False))
    with pytest.raises(Busy):
        Imports(handler).carry_out(mixed(ZOE, ZOES, ASSIGNED), ID, ADMINISTRATOR)
    record = imports.carry_out(mixed(ZOE, ZOES, ASSIGNED), ID, SECOND)
    assert (record.complete(), record.refused) == (True, ())
    assert [len(stage.facts(each)) for each in (ApprenticeEnrolled, PersonAssigned)] == [1, 1]


def test_a_line_that_became_impossible_meanwhile_is_listed_and_tried_again(stage: Stage, imports: Imports) -> None:
    file = mixed(ZOE, ZOES, ASSIGNED)
    handler = replace(stage.handler, journal=Breaking(stage.journal, 4, after=False))
    with pytest.raises(Busy):
        Imports(handler).carry_out(file, ID, ADMINISTRATOR)
    stage.do(EndRole(person_id=ASSESSOR, role="assessor"), ADMINISTRATOR)
    record = imports.carry_out(file, ID, ADMINISTRATOR)
    assert record.refused == (LineFault(line=4, column="person", code="role-not-held"),)
    assert record.complete()
    stage.do(GrantRole(person_id=ASSESSOR, role="assessor"), ADMINISTRATOR)
    assert imports.carry_out(file, ID, ADMINISTRATOR).refused == ()
    assert len(stage.facts(PersonAssigned)) == 1


def test_whoever_is_no_administrator_any_more_goes_no_further(stage: Stage, imports: Imports) -> None:
    stage.do(RegisterPerson(person_id=SECOND, name="Second", works_for="assessment organisation"), ADMINISTRATOR)
    stage.do(GrantRole(person_id=SECOND, role="administrator"), ADMINISTRATOR)
    handler = replace(stage.handler, journal=Breaking(stage.journal, 2, after=False))
    with pytest.raises(Busy):
        Imports(handler).carry_out(mixed(ZOE, ZOES), ID, SECOND)
    stage.do(EndRole(person_id=SECOND, role="administrator"), ADMINISTRATOR)
    head = stage.journal.head()
    with pytest.raises(NotVisible):
        imports.carry_out(mixed(ZOE, ZOES), ID, SECOND)
    assert stage.journal.head() == head
