"""Histories: people act, mostly in ways that go somewhere, and at sampled states everybody tries everything."""

from collections import Counter
from pathlib import Path
from random import Random

from tests.adversaries import tries, tries_of_appeals, tries_of_work
from tests.adversaries.actors import CAST, kinds
from tests.adversaries.base import DAY, copied, scene
from tests.adversaries.calls import TRIES, Call
from tests.adversaries.model import ALLOWED, FORBIDDEN, INVISIBLE, predict
from tests.adversaries.readiness import ready
from tests.adversaries.runner import Run

__all__ = ["tries", "tries_of_appeals", "tries_of_work"]

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
    "RecordPredecessor": 1,
    "ReleasePerson": 1,
    "GrantRole": 1,
    "EndRole": 1,
    "RecordCompetence": 1,
}
"""How much a command leads on; the other ones come up among the tries."""

PATIENCE, DRAWN = 4, 100


def act(run: Run, chance: Random) -> None:
    """Do something that leads on, by somebody whom the rules let do it, if such a one is soon found."""
    names, weights = [*WEIGHTS], [*WEIGHTS.values()]
    everybody = [*CAST, "admin"]
    for name in chance.choices(names, weights, k=PATIENCE):
        enrolment = chance.choice(["mia's", "mia's", "noah's"])
        hopeless: set[str] = set()
        for by in chance.sample(everybody * 3, len(everybody) * 3):
            if by in hopeless:
                continue
            call = TRIES[name](scene(run, by, enrolment, chance))
            expected = predict(run.story, call) if call else set()
            if call is not None and expected == {ALLOWED}:
                run.attempt(call)
                return
            if expected <= {INVISIBLE, FORBIDDEN}:
                hopeless.add(by)


def sampled(run: Run, chance: Random, tried: int) -> None:
    """Try so many things at this state, what has been tried least by a kind of actor first."""
    enrolments = ["mia's", "noah's"]
    busiest = max(enrolments, key=lambda each: len(run.story.appeals(each)))
    enrolment = chance.choice([*enrolments, busiest, busiest])
    who = {person: kinds(run.story, person, enrolment) for person in [*CAST, "admin"]}
    for _ in range(tried):
        call = rarest(run, chance, enrolment, who)
        for kind in who[call.by]:
            run.counts[call.name, kind] += 1
        run.attempt(call)


def rarest(run: Run, chance: Random, enrolment: str, who: dict[str, set[str]]) -> Call:
    """Return, of some calls drawn at random, the one that a kind of actor among those there has tried least."""
    names, everybody = [*TRIES], [*who]
    while True:
        drawn = zip(chance.choices(names, k=DRAWN), chance.choices(everybody, k=DRAWN), strict=True)
        for name, by in sorted(drawn, key=lambda pair: min(run.counts[pair[0], kind] for kind in who[pair[1]])):
            if (call := TRIES[name](scene(run, by, enrolment, chance))) is not None:
                return call


def played(
    begun_at: Run, folder: Path, seed: int, states: int, tried: int, counts: Counter[tuple[str, str]], most: int = 6
) -> Run:
    """Return a history of so many sampled states after the first days, with up to ``most`` acts before each."""
    chance = Random(seed)  # noqa: S311 - the same history for the same seed
    run = copied(begun_at, folder)
    run.counts = counts
    for _ in range(states):
        for _ in range(chance.randint(1, most)):
            act(run, chance)
        sampled(run, chance, tried)
        ready(run, chance.choice(["mia's", "noah's"]))
        if chance.random() < 0.2:
            run.world.now += DAY
            run.story.today += DAY
    return run
