"""Programs act for a person, within rows that they were given (PROGRAM-1 to -4)."""

from uuid import UUID

import pytest

from portfolio.domain.evidence.commands import OfferEvidence, SubmitEvidence
from portfolio.domain.kernel import Fact, Known, changed
from portfolio.domain.permissions import MAY, READS, SEES, check, check_read, check_sees, may
from portfolio.domain.person import Person, PersonUnknown
from portfolio.domain.program.aggregate import PROGRAM, ForOwner
from portfolio.domain.program.facts import (
    AddProgramKey,
    AddProgramSecret,
    CredentialRevoked,
    EndProgram,
    HandProgramOver,
    ProgramEnded,
    ProgramHandedOver,
    ProgramKeyAdded,
    ProgramRegistered,
    ProgramReinstated,
    ProgramScoped,
    ProgramSecretAdded,
    ProgramSuspended,
    RegisterProgram,
    ReinstateProgram,
    RevokeCredential,
    ScopeProgram,
    SuspendProgram,
)
from portfolio.domain.program.keys import PublicKey
from portfolio.domain.program.refusals import (
    CredentialKnown,
    CredentialsAreTheOwners,
    CredentialUnknown,
    KeyNotReadable,
    OutOfScope,
    OwnerSuspended,
    ProgramAlreadySuspended,
    ProgramExists,
    ProgramHasEnded,
    ProgramNotSuspended,
    ProgramUnknown,
    RowNotForPrograms,
    TooManyCredentials,
)
from portfolio.domain.program.rows import BRINGS_FILES, GIVEN_TO_PROGRAMS
from portfolio.domain.program.standing import IN_THE_WAY, standing
from portfolio.domain.rows import WITHIN_ROWS, Rule
from portfolio.domain.sentences import sentence
from portfolio.domain.vocabulary import REGISTERED_PERSON
from tests.domain.given import given
from tests.domain.world import NOW, OFFICER, TODAY, an_id
from tests.tools.examples import example_of

PROGRAM_ID, OWNER, OTHER = an_id("learner system"), an_id("owner"), an_id("other owner")
ROWS = frozenset({"see:enrolment", "ask:own-enrolments"})
REGISTERED = ProgramRegistered(name="Learner system", owner=OWNER, rows=ROWS)
KEY = PublicKey(crv="Ed25519", x="11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
"""The key of RFC 8037, appendix A."""
NAMED = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
KEYED = ProgramKeyAdded(credential=NAMED, key=KEY)
SECRET = ProgramSecretAdded(credential="ab" * 8, check="ab" * 32)
WHY = "The contract has ended."

THE_OWNER = Known(by=OWNER, at=NOW, today=TODAY)


def owned_by(person: Person) -> ForOwner:
    return ForOwner(by=OFFICER, at=NOW, today=TODAY, owner=person)


AT_WORK = owned_by(Person(name="Rosa"))


def register(rows: frozenset[str] = ROWS) -> RegisterProgram:
    return RegisterProgram(program_id=PROGRAM_ID, name="Learner system", owner=OWNER, rows=rows)


def secret() -> AddProgramSecret:
    return AddProgramSecret(program_id=PROGRAM_ID, check=SECRET.check)


def test_a_program_is_registered_once_for_an_owner_who_is_at_work() -> None:
    given(PROGRAM).when(register(), AT_WORK).records(REGISTERED)
    given(PROGRAM, REGISTERED).when(register(), AT_WORK).rejected(ProgramExists)
    given(PROGRAM).when(register(), owned_by(Person())).rejected(PersonUnknown)
    given(PROGRAM).when(register(), owned_by(Person(name="Rosa", suspended=True))).rejected(OwnerSuspended)


@pytest.mark.parametrize(
    "row", ["do:decide-grade", "do:submit-evidence", "do:give-consent", "do:grant-role", "do:scope-program", "do:fly"]
)
def test_no_program_is_given_what_people_do_themselves(row: str) -> None:
    given(PROGRAM).when(register(ROWS | {row}), AT_WORK).rejected(RowNotForPrograms, row)
    scope = ScopeProgram(program_id=PROGRAM_ID, rows=ROWS | {row}, reason=WHY)
    given(PROGRAM, REGISTERED).when(scope).rejected(RowNotForPrograms, row)


def test_a_program_is_given_other_rows_and_the_same_ones_change_nothing() -> None:
    scope = ScopeProgram(program_id=PROGRAM_ID, rows=BRINGS_FILES, reason=WHY)
    then = given(PROGRAM, REGISTERED).when(scope)
    then.records(ProgramScoped(rows=BRINGS_FILES, was=ROWS, reason=WHY))
    given(PROGRAM, REGISTERED).when(changed(scope, rows=ROWS)).records_nothing()
    given(PROGRAM).when(scope).rejected(ProgramUnknown)
    assert given(PROGRAM, REGISTERED, *then.facts).state.rows == BRINGS_FILES


def test_every_row_that_a_program_can_be_given_is_one_of_the_table() -> None:
    names = [rule.name for table in (SEES, READS, MAY) for rule in table.values()]
    assert len(set(names)) == len(names)
    assert set(names) >= GIVEN_TO_PROGRAMS


def test_a_program_holds_by_no_row_that_it_was_not_given_whatever_its_owner_holds() -> None:
    held = frozenset({REGISTERED_PERSON, "administrator", "the apprentice", WITHIN_ROWS, *BRINGS_FILES})
    check(example_of(OfferEvidence), "evidence", held)
    with pytest.raises(OutOfScope):
        check(example_of(SubmitEvidence), "evidence", held)
    with pytest.raises(OutOfScope):
        check_read("people", held)
    for words in (held, frozenset({WITHIN_ROWS})):
        with pytest.raises(OutOfScope):
            check_sees("enrolment", words)
    let_in = {rule.name for table in (SEES, READS, MAY) for rule in table.values() if may(rule, held)}
    assert let_in == BRINGS_FILES
    assert not may(Rule(any_of=frozenset({"administrator"})), held)


def test_the_owner_alone_gives_a_program_keys_and_secrets() -> None:
    for command in (AddProgramKey(program_id=PROGRAM_ID, key=KEY), secret()):
        given(PROGRAM, REGISTERED).when(command).rejected(CredentialsAreTheOwners)
        given(PROGRAM).when(command, THE_OWNER).rejected(ProgramUnknown)
        given(PROGRAM, REGISTERED, ProgramEnded(reason=WHY)).when(command, THE_OWNER).rejected(ProgramHasEnded)
    given(PROGRAM, REGISTERED).when(AddProgramKey(program_id=PROGRAM_ID, key=KEY), THE_OWNER).records(KEYED)
    given(PROGRAM, REGISTERED).when(secret(), THE_OWNER).records(SECRET)


def test_keys_overlap_up_to_four_and_none_comes_back() -> None:
    four = [changed(SECRET, credential=f"{number}") for number in range(4)]
    given(PROGRAM, REGISTERED, *four).when(secret(), THE_OWNER).rejected(TooManyCredentials)
    given(PROGRAM, REGISTERED, *four[1:]).when(secret(), THE_OWNER).records(SECRET)
    gone = CredentialRevoked(credential=NAMED, reason=WHY)
    add = AddProgramKey(program_id=PROGRAM_ID, key=KEY)
    given(PROGRAM, REGISTERED, KEYED).when(add, THE_OWNER).rejected(CredentialKnown)
    given(PROGRAM, REGISTERED, KEYED, gone).when(add, THE_OWNER).rejected(CredentialKnown)


@pytest.mark.parametrize(
    "key",
    [
        PublicKey(crv="Ed25519", x=KEY.x[:-1]),
        PublicKey(crv="Ed25519", x=KEY.x, y=KEY.x),
        PublicKey(crv="P-256", x=KEY.x),
        PublicKey(crv="Ed25519", x=f"{KEY.x[:-1]}p"),
        PublicKey(crv="Ed25519", x=f"+{KEY.x[1:]}"),
        PublicKey(crv="Ed25519", x=f"{KEY.x}="),
    ],
)
def test_what_is_no_public_key_is_refused(key: PublicKey) -> None:
    add = AddProgramKey(program_id=PROGRAM_ID, key=key)
    given(PROGRAM, REGISTERED).when(add, THE_OWNER).rejected(KeyNotReadable)


def test_a_key_or_secret_that_counts_is_revoked_once() -> None:
    revoke = RevokeCredential(program_id=PROGRAM_ID, credential=NAMED, reason=WHY)
    then = given(PROGRAM, REGISTERED, KEYED, SECRET).when(revoke)
    then.records(CredentialRevoked(credential=NAMED, reason=WHY))
    after = given(PROGRAM, REGISTERED, KEYED, SECRET, *then.facts)
    assert after.state.credentials() == {SECRET.credential}
    after.when(revoke).rejected(CredentialUnknown)
    after.when(changed(revoke, credential=SECRET.credential)).records(
        CredentialRevoked(credential=SECRET.credential, reason=WHY)
    )
    gone = CredentialRevoked(credential=SECRET.credential, reason=WHY)
    assert given(PROGRAM, REGISTERED, KEYED, SECRET, gone).state.credentials() == {NAMED}
    given(PROGRAM).when(revoke).rejected(ProgramUnknown)


def test_with_a_new_owner_every_key_and_secret_ends() -> None:
    hand_over = HandProgramOver(program_id=PROGRAM_ID, owner=OTHER, reason=WHY)
    then = given(PROGRAM, REGISTERED, KEYED, SECRET).when(hand_over, AT_WORK)
    then.records(ProgramHandedOver(owner=OTHER, was=OWNER, reason=WHY))
    after = given(PROGRAM, REGISTERED, KEYED, SECRET, *then.facts).state
    assert (after.owner, after.credentials()) == (OTHER, frozenset())
    given(PROGRAM, REGISTERED).when(changed(hand_over, owner=OWNER), AT_WORK).records_nothing()
    given(PROGRAM, REGISTERED).when(hand_over, owned_by(Person())).rejected(PersonUnknown)
    given(PROGRAM, REGISTERED).when(hand_over, owned_by(Person(name="Rosa", suspended=True))).rejected(OwnerSuspended)
    given(PROGRAM).when(hand_over, AT_WORK).rejected(ProgramUnknown)


def test_a_program_is_suspended_and_goes_on_when_it_is_reinstated() -> None:
    suspend = SuspendProgram(program_id=PROGRAM_ID, reason=WHY)
    reinstate = ReinstateProgram(program_id=PROGRAM_ID, reason=WHY)
    suspended = ProgramSuspended(reason=WHY)
    given(PROGRAM, REGISTERED).when(suspend).records(suspended)
    assert given(PROGRAM, REGISTERED, suspended).state.stopped()
    given(PROGRAM, REGISTERED, suspended).when(suspend).rejected(ProgramAlreadySuspended)
    given(PROGRAM, REGISTERED).when(reinstate).rejected(ProgramNotSuspended)
    given(PROGRAM, REGISTERED, suspended).when(reinstate).records(ProgramReinstated(reason=WHY))
    assert not given(PROGRAM, REGISTERED, suspended, ProgramReinstated(reason=WHY)).state.stopped()
    for command in (suspend, reinstate):
        given(PROGRAM).when(command).rejected(ProgramUnknown)


def test_a_program_that_has_ended_is_ended_for_good() -> None:
    ended = ProgramEnded(reason=WHY)
    given(PROGRAM, REGISTERED).when(EndProgram(program_id=PROGRAM_ID, reason=WHY)).records(ended)
    after = given(PROGRAM, REGISTERED, KEYED, ended)
    assert after.state.stopped()
    assert after.state.credentials() == frozenset()
    for command in (
        EndProgram(program_id=PROGRAM_ID, reason=WHY),
        SuspendProgram(program_id=PROGRAM_ID, reason=WHY),
        ReinstateProgram(program_id=PROGRAM_ID, reason=WHY),
        ScopeProgram(program_id=PROGRAM_ID, rows=ROWS, reason=WHY),
    ):
        after.when(command).rejected(ProgramHasEnded)
    after.when(HandProgramOver(program_id=PROGRAM_ID, owner=OTHER, reason=WHY), AT_WORK).rejected(ProgramHasEnded)
    given(PROGRAM).when(EndProgram(program_id=PROGRAM_ID, reason=WHY)).rejected(ProgramUnknown)


def test_the_owner_is_known_to_the_program_and_nobody_is_to_one_that_is_not_registered() -> None:
    assert given(PROGRAM, REGISTERED).state.relations(OWNER, TODAY) == {"the owner"}
    assert given(PROGRAM, REGISTERED).state.relations(OTHER, TODAY) == set()
    assert given(PROGRAM).state.relations(UUID(int=0), TODAY) == set()


@pytest.mark.parametrize(
    ("program", "owner", "stands"),
    [
        ((REGISTERED, KEYED), Person(name="Rosa", roles=frozenset({"coach"})), "at work"),
        ((REGISTERED, SECRET), Person(name="Rosa", roles=frozenset({"coach"})), "at work"),
        ((REGISTERED,), Person(name="Rosa", roles=frozenset({"coach"})), "without a key"),
        ((REGISTERED, KEYED), Person(name="Rosa"), "owner without a role"),
        ((REGISTERED, KEYED), Person(name="Rosa", suspended=True), "owner suspended"),
        ((REGISTERED, KEYED, ProgramSuspended(reason=WHY)), Person(name="Rosa", suspended=True), "suspended"),
        ((REGISTERED, KEYED, ProgramEnded(reason=WHY)), Person(name="Rosa", suspended=True), "ended"),
    ],
)
def test_what_stands_in_the_way_of_a_program_is_said_the_first_to_be_mended(
    program: tuple[Fact, ...], owner: Person, stands: str
) -> None:
    found = standing(given(PROGRAM, *program).state, owner)
    assert found == stands
    assert (found in IN_THE_WAY) is (stands != "at work")


def test_what_a_program_may_do_is_told_in_words_and_not_all_of_it_where_that_is_much() -> None:
    told = sentence(
        ProgramScoped(rows=frozenset({"ask:people", "ask:me"}), was=ROWS - {"see:enrolment"}, reason=WHY), str
    )
    assert told == (
        "changed what the program may do: now also “People: know whom it acts for”, “People: list and search people”; "
        "no longer “Enrolments: list and search those it may see”: The contract has ended."
    )
    everything = sentence(ProgramRegistered(name="X", owner=OWNER, rows=GIVEN_TO_PROGRAMS), lambda _: "Rosa")
    assert everything.endswith(f" and {len(GIVEN_TO_PROGRAMS) - 3} more.")
    nothing = sentence(ProgramRegistered(name="X", owner=OWNER, rows=frozenset({"do:forgotten"})), lambda _: "Rosa")
    assert nothing == "registered the program X of Rosa, which may do: “do:forgotten”."
