"""Histories: people act, mostly in ways that go somewhere, and at sampled states everybody tries everything."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

from tests.adversaries import (
    tries,
    tries_of_appeals,
    tries_of_consents,
    tries_of_enrolments,
    tries_of_papers,
    tries_of_plans,
    tries_of_programs,
    tries_of_webhooks,
    tries_of_work,
)
from tests.adversaries.actors import CAST
from tests.adversaries.base import DAY, ENROLMENTS, copied, scene
from tests.adversaries.calls import TRIES, Call
from tests.adversaries.model import ALLOWED, FORBIDDEN, INVISIBLE, predict
from tests.adversaries.readiness import ready
from tests.adversaries.runner import Run
from tests.adversaries.sampling import sampled
from tests.adversaries.ways import a_way
from tests.adversaries.words import MAY, may_be_let_in

__all__ = ["tries", "tries_of_appeals", "tries_of_consents", "tries_of_enrolments", "tries_of_papers"]
__all__ += ["tries_of_plans", "tries_of_programs", "tries_of_webhooks", "tries_of_work"]

WEIGHTS = {
    "OfferEvidence": 4,
    "OfferVersion": 1,
    "DescribeDraft": 2,
    "CompleteUpload": 6,
    "SubmitEvidence": 8,
    "ClaimStatements": 3,
    "AcceptEvidence": 3,
    "ReturnEvidence": 1,
    "WriteRecord": 5,
    "CorrectRecord": 3,
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
    "AskConsent": 2,
    "DeclineConsent": 1,
    "WithdrawQuestion": 1,
    "AnnouncePaper": 3,
    "CompletePaper": 4,
    "WithdrawOnPaper": 2,
    "RecordPredecessor": 1,
    "ReleasePerson": 1,
    "GrantRole": 1,
    "EndRole": 1,
    "RecordCompetence": 1,
    "PauseEnrolment": 1,
    "ResumeEnrolment": 5,
    "TakeEndBack": 5,
}
"""How much a command leads on; the other ones come up among the tries."""

PUTS_RIGHT = {
    "CorrectName": 1,
    "CorrectEmployment": 1,
    "CorrectCompetence": 2,
    "TakeCompetenceBack": 1,
    "EndEnrolment": 1,
    "CorrectUln": 2,
    "CorrectEmployer": 2,
    "MoveToEmployer": 2,
    "CorrectCentre": 1,
    "CorrectStart": 2,
    "BringEndForward": 4,
    "CorrectAssignment": 2,
    "TakeAssignmentBack": 3,
    "ConfirmTakingBack": 4,
}
"""What puts right, or ends, what is on record: it leads nowhere, but what comes after rests on it."""
SELDOM = 3
"""At one in so many states something is put right."""

LEADS_ON = 0.92
"""How often each particular of such a command is as it should be."""

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

STATES, TRIED = 20, 42
"""Of a history, how many states are sampled, and how much is tried at each."""
MOST, PATIENCE, NEAR, ASKED, SINGLE = 4, 4, 24, 4, 3


def act(run: Run, chance: Random, weights: dict[str, int] = WEIGHTS) -> None:
    """Do something that leads on, by somebody whom the rules let do it, if such a one is soon found."""
    for name in chance.choices([*weights], [*weights.values()], k=PATIENCE):
        if does(run, chance, name, chance.choice(ENROLMENTS)):
            return


def does(run: Run, chance: Random, name: str, enrolment: str) -> bool:
    """Tell whether somebody was found whom the rules let do this, or perhaps do, who has done it then."""
    everybody, hopeless = [*CAST, "admin"], set()
    for by in chance.sample(everybody * 3, len(everybody) * 3):
        if by in hopeless or not may_be_let_in(run.story, by, name, enrolment):
            continue
        call = TRIES[name](scene(run, by, enrolment, chance, LEADS_ON))
        expected = predict(run.story, call) if call else set()
        if call is not None and ALLOWED in expected and run.attempt(call) == ALLOWED:
            return True
        if expected <= {INVISIBLE, FORBIDDEN}:
            hopeless.add(by)
    return False


def nearly(run: Run, chance: Random) -> None:
    """Try what a single rule forbids, of what is found by chance the rules of a command that were tried least so."""
    found: dict[str, Call] = {}
    able = [person for person in (*CAST, "admin") if not run.story.suspended(person)]
    for name in chance.choices([*MAY], [MANY_RULES.get(name, 1) for name in MAY], k=NEAR):
        enrolment = chance.choice(ENROLMENTS)
        let_in = [person for person in able if may_be_let_in(run.story, person, name, enrolment)]
        for by in chance.sample(let_in, min(ASKED, len(let_in))):
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


def lived(run: Run, chance: Random, states: int, way: int) -> Iterator[bool]:
    """Let a history go on act by act, and tell after each whether it is one of so many sampled states."""
    for _ in a_way(run, chance, way):
        yield False
    for _ in range(states):
        if chance.randrange(SELDOM) == 0:
            act(run, chance, PUTS_RIGHT)
            yield False
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
    part, number = divmod(seed, 1_000_000)
    for one_of_the_sample in lived(run, chance, STATES, part * 2 + number):
        if every or one_of_the_sample:
            sampled(run, chance, TRIED, part)
            nearly(run, chance)
            ready(run, chance.choice(ENROLMENTS))
    return run
