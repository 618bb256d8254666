"""Files of people, enrolments and assignments: recorded whole or not at all, and once (IMPORT-1, -2)."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest

from infra.store.journal import EventJournal
from portfolio.application.imports.carrying_out import Imports, LinesFaulty, LineUnknown, stream_of
from portfolio.application.ports import Busy
from portfolio.domain.enrolment.facts import ApprenticeEnrolled, PersonAssigned
from portfolio.domain.imports import ImportBegun, ImportOfAnotherFile, LineFault, LinesCarriedOut
from portfolio.domain.kernel import NotVisible
from portfolio.domain.person import EndRole, GrantRole, PersonRegistered, RegisterPerson, RoleGranted
from tests.application.imported import (
    ASSIGNED,
    ENROLMENTS_HEADER,
    ID,
    PEOPLE,
    SECOND,
    ZOE,
    ZOES,
    Breaking,
    enrolment,
    mixed,
    person,
    uln,
)
from tests.application.stage import ADMINISTRATOR, ASSESSOR, MIA, Stage

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
