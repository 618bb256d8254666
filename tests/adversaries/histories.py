"""Histories: people act, mostly in ways that go somewhere, and at sampled states everybody tries everything."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

from tests.adversaries import tries, tries_of_appeals, tries_of_papers, tries_of_work
from tests.adversaries.actors import CAST, kinds
from tests.adversaries.base import DAY, copied, scene
from tests.adversaries.calls import TRIES, Call
from tests.adversaries.model import ALLOWED, FORBIDDEN, INVISIBLE, predict
from tests.adversaries.readiness import ready
from tests.adversaries.runner import ANYTHING, Run
from tests.adversaries.words import MAY

__all__ = ["tries", "tries_of_appeals", "tries_of_papers", "tries_of_work"]

WEIGHTS = {
    "OfferEvidence": 4,
    "OfferVersion": 1,
    "SealFile": 6,
    "SubmitEvidence": 8,
    "ClaimStatements": 3,
    "AcceptEvidence": 3,
    "ReturnEvidence": 1,
    "WriteRecord": 5,
    "OpenAttempt": 9,
    "RecordFindings": 14,
    "DecideGrade": 20,
    "SupersedeDecision": 3,
    "ConfirmDecision": 6,
    "DeclineDecision": 1,
    "RecordScrutinyRoute": 2,
    "VoidDecision": 1,
    "LodgeAppeal": 10,
    "AdmitAppeal": 10,
    "ConvenePanel": 10,
    "ProposeOutcome": 10,
    "ConfirmOutcome": 10,
    "DissentFromOutcome": 2,
    "AskSecondLook": 4,
    "AdmitOnSecondLook": 4,
    "AddMember": 4,
    "ReplaceMember": 2,
    "ConfirmCorrection": 2,
    "CloseAttempt": 1,
    "DeclareInterest": 1,
    "AssignPerson": 1,
    "ChangeRoute": 3,
    "GiveConsent": 4,
    "AnnouncePaper": 3,
    "SealPaper": 4,
    "WithdrawOnPaper": 2,
    "RecordPredecessor": 1,
    "ReleasePerson": 1,
    "GrantRole": 1,
    "EndRole": 1,
    "RecordCompetence": 1,
}
"""How much a command leads on; the other ones come up among the tries."""

LEADS_ON = 0.92
"""How often each particular of such a command is as it should be."""

TO_A_DECISION = (
    "OfferEvidence",
    "SealFile",
    "SubmitEvidence",
    "OpenAttempt",
    "WriteRecord",
    "RecordFindings",
    "RecordFindings",
    "DecideGrade",
)
TO_A_PANEL = (*TO_A_DECISION, "LodgeAppeal", "AdmitAppeal", "ConvenePanel")
TO_AN_OUTCOME = (*TO_A_PANEL, "ProposeOutcome", "ConfirmOutcome")
MANY_RULES = {
    "RecordFindings": 8,
    "DecideGrade": 10,
    "SupersedeDecision": 8,
    "VoidDecision": 6,
    "CloseAttempt": 4,
    "OpenAttempt": 3,
    "ConfirmDecision": 4,
    "DeclineDecision": 3,
    "RecordScrutinyRoute": 3,
    "AssignPerson": 3,
    "LodgeAppeal": 4,
    "ConvenePanel": 4,
    "AddMember": 4,
    "ReplaceMember": 4,
    "ProposeOutcome": 3,
    "ConfirmOutcome": 3,
    "DissentFromOutcome": 3,
}
"""How much oftener than any other a command is looked at for a rule that it alone breaks."""

DECIDED_AGAIN = ("OpenAttempt", "WriteRecord", "RecordFindings", "RecordFindings", "DecideGrade")
WAYS: tuple[tuple[str, ...], ...] = (
    (),
    TO_A_PANEL,
    TO_A_PANEL,
    (*TO_AN_OUTCOME, *DECIDED_AGAIN),
    (*TO_A_PANEL, "ProposeOutcome", "DissentFromOutcome", "DissentFromOutcome", "AddMember"),
    (*TO_A_DECISION, "ConfirmDecision", "VoidDecision", *DECIDED_AGAIN),
    (*TO_A_DECISION, "SupersedeDecision", "LodgeAppeal"),
    (*TO_A_DECISION, "GiveConsent", "GiveConsent", "LodgeAppeal", "RefuseAppeal", "AskSecondLook"),
    ("RecordScrutinyRoute", *TO_A_DECISION, "RecordFindings", "DecideGrade"),
    (*TO_A_DECISION, "RecordScrutinyRoute", "RecordScrutinyRoute", "ConfirmDecision"),
)
"""What a history begins with, as far as it goes at once; the rest comes by chance."""

ENROLMENTS = ("mia's", "noah's")
STATES, TRIED = 20, 20
"""Of a history, how many states are sampled, and how much is tried at each."""
MOST, PATIENCE, NEAR, ASKED, SINGLE = 5, 4, 40, 4, 3


def act(run: Run, chance: Random) -> None:
    """Do something that leads on, by somebody whom the rules let do it, if such a one is soon found."""
    for name in chance.choices([*WEIGHTS], [*WEIGHTS.values()], k=PATIENCE):
        if does(run, chance, name, chance.choice(ENROLMENTS)):
            return


def does(run: Run, chance: Random, name: str, enrolment: str, first: Iterable[str] = ()) -> bool:
    """Tell whether somebody was found whom the rules let do this, who has done it then; these are asked first."""
    everybody, hopeless = [*CAST, "admin"], set()
    for by in [*first, *first, *chance.sample(everybody * 3, len(everybody) * 3)]:
        if by in hopeless:
            continue
        call = TRIES[name](scene(run, by, enrolment, chance, LEADS_ON))
        expected = predict(run.story, call) if call else set()
        if call is not None and expected == {ALLOWED}:
            run.attempt(call)
            return True
        if expected <= {INVISIBLE, FORBIDDEN}:
            hopeless.add(by)
    return False


def a_way(run: Run, chance: Random) -> Iterator[None]:
    """Bring an enrolment as far on one of the ways as goes at once, act by act."""
    enrolment = chance.choice([*ENROLMENTS, "noah's"])  # where there is a second person, too
    first = ["cyd"] if chance.random() < 0.3 else []  # who coached, and decides by the scrutiny route
    for name in chance.choice(WAYS):
        does(run, chance, name, enrolment, first)
        yield


def nearly(run: Run, chance: Random) -> None:
    """Try what a single rule forbids, of what is found by chance the rules of a command that were tried least so."""
    found: dict[str, Call] = {}
    able = [person for person in (*CAST, "admin") if not run.story.suspended(person)]
    for name in chance.choices([*MAY], [MANY_RULES.get(name, 1) for name in MAY], k=NEAR):
        enrolment = chance.choice(ENROLMENTS)
        for by in chance.sample(able, ASKED):
            call = TRIES[name](scene(run, by, enrolment, chance, LEADS_ON))
            expected = predict(run.story, call) if call else set()
            if call is not None and len(expected) == 1 and not expected & {ALLOWED, INVISIBLE, FORBIDDEN}:
                found[f"{name}: {min(expected)}"] = call
            if not expected <= {INVISIBLE, FORBIDDEN}:
                break
    for rule in sorted(found, key=lambda rule: run.counts["a single rule", rule])[:SINGLE]:
        if {rule.partition(": ")[2]} == predict(run.story, found[rule]):
            run.counts["a single rule", rule] += 1
            run.attempt(found[rule])


def sampled(run: Run, chance: Random, tried: int) -> None:
    """Try so many things at this state, each time as the kind of actor there is that has tried least so far."""
    everybody = [*CAST, "admin"]
    there = {each: {by: kinds(run.story, by, each) for by in everybody} for each in ENROLMENTS}
    for _ in range(tried):
        found = [
            (run.counts[ANYTHING, kind], kind, each)
            for each in ENROLMENTS
            for kind in set().union(*there[each].values())
        ]
        _, kind, enrolment = min(found)
        who = [by for by, held in there[enrolment].items() if kind in held]
        run.attempt(rarest(run, chance, enrolment, kind, who))


def rarest(run: Run, chance: Random, enrolment: str, kind: str, who: list[str]) -> Call:
    """Return what this kind of actor has tried least, of what can be tried here, by one of these people."""
    names = chance.sample([*TRIES], len(TRIES))
    for name in sorted(names, key=lambda name: run.counts[name, kind]):
        if (call := TRIES[name](scene(run, chance.choice(who), enrolment, chance))) is not None:
            return call
    raise LookupError(kind)


def lived(run: Run, chance: Random, states: int) -> Iterator[bool]:
    """Let a history go on act by act, and tell after each whether it is one of so many sampled states."""
    for _ in a_way(run, chance):
        yield False
    for _ in range(states):
        for left in reversed(range(chance.randint(1, MOST))):
            act(run, chance)
            yield left == 0
        days = chance.choices([0, 1, 15], [80, 18, 2])[0] * DAY
        run.world.now += days
        run.story.today += days


def played(begun_at: Run, folder: Path, seed: int, counts: Counter[tuple[str, str]], *, every: bool = False) -> Run:
    """Return a history after the first days, in which so much was tried at its sampled states, or at every state."""
    chance = Random(seed)  # noqa: S311 - the same history for the same seed
    run = copied(begun_at, folder)
    run.counts = counts
    for one_of_the_sample in lived(run, chance, STATES):
        if every or one_of_the_sample:
            sampled(run, chance, TRIED)
            nearly(run, chance)
            ready(run, chance.choice(ENROLMENTS))
    return run
