"""Ways: what a history begins with, so that it comes to where the rules are that chance alone seldom reaches."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.adversaries.actors import CAST
from tests.adversaries.base import DAY, MIA, NOAH, OTHER, scene
from tests.adversaries.calls import TRIES
from tests.adversaries.model import ALLOWED, predict
from tests.adversaries.runner import Run
from tests.adversaries.story import Story
from tests.adversaries.words import may_be_let_in

Fits = Callable[[Story, Any], bool]


@dataclass(frozen=True)
class Step:
    """What somebody of these does, or tries and is refused by this one rule."""

    name: str
    by: str = ""
    ends: str = ALLOWED
    fits: Fits | None = None


def told(**wanted: Any) -> Fits:
    return lambda _, call: all(getattr(call, name, None) == value for name, value in wanted.items())


def newest(story: Story, call: Any) -> bool:
    return bool(call.attempt == story.attempts(call.enrolment)[-1].attempt)


def all_judged(*judgements: str) -> Fits:
    def fits(story: Story, call: Any) -> bool:
        codes = set(story.attempts(call.enrolment)[-1].codes)
        return newest(story, call) and {(code, said) for code, said, _ in call.findings} == {
            (code, said) for code in codes for said in judgements
        }

    return fits


def says(reason: str, **wanted: Any) -> Fits:
    return told(reason=reason, **wanted)


def apprentice(story: Story, call: Any) -> bool:
    return bool(call.person == story.apprentice(call.enrolment))


def observes(story: Story, call: Any) -> bool:
    return call.kind == "observation record" and newest(story, call)


def frees(story: Story, call: Any) -> bool:
    return call.interest == "none" and bool(story.interested(call.person, call.apprentice))


WAIT = Step("")
"""Three weeks in which nobody does anything."""

HANDED_IN = (Step("OfferEvidence"), Step("CompleteUpload"), Step("SubmitEvidence"))
MET, NOT_MET = all_judged("met"), all_judged("not met")
PASS, C1, C2 = told(grade="pass"), told(key="C1"), told(key="C2")


def observed(by: str, findings: Fits = MET) -> tuple[Step, ...]:
    """Somebody observes the apprentice and judges what was seen."""
    return (
        Step("OpenAttempt", f"{by} ada", fits=C1),
        Step("WriteRecord", by, fits=observes),
        Step("RecordFindings", by, fits=findings),
    )


def passed(by: str) -> tuple[Step, ...]:
    return (*observed(by), Step("DecideGrade", by, fits=PASS))


OBSERVER = "ben"
DECIDED = (*HANDED_IN, *passed(OBSERVER))
APPEALED = (*HANDED_IN, *passed(OBSERVER), Step("LodgeAppeal", "mia noah"))
TO_A_PANEL = (*APPEALED, Step("AdmitAppeal"), Step("ConvenePanel"))
BY_ROUTE = (
    *HANDED_IN,
    Step("OpenAttempt", "cyd ada", fits=C2),
    Step("RecordFindings", "cyd", fits=MET),
    Step("DecideGrade", "cyd", fits=PASS),
)
LEFT = (
    *observed(OBSERVER),
    Step("GiveConsent", fits=told(person="ada", purpose=("route", "CVT"))),
    Step("ChangeRoute", "ada", fits=told(route="CVT", form="form three")),
    Step("DecideGrade", OBSERVER, "route-left", PASS),
)
BOTH = (MIA, NOAH)
PANEL = "pam paul pia"

WAYS: tuple[tuple[tuple[str, ...], tuple[Step, ...]], ...] = (
    (BOTH, ()),
    (BOTH, TO_A_PANEL),
    (
        (MIA,),
        (
            *TO_A_PANEL,
            Step("ProposeOutcome", fits=told(outcome="upheld")),
            Step("ConfirmOutcome"),
            Step("RecordFindings", OBSERVER, "remarker-not-different", MET),
            *observed("ann")[1:],
            Step("DecideGrade", "ann", fits=newest),
        ),
    ),
    (
        BOTH,
        (
            *TO_A_PANEL,
            Step("AddMember", "", "panel-not-divided"),
            Step("ProposeOutcome", "pam"),
            Step("DissentFromOutcome", "paul pia"),
            Step("AddMember"),
            Step("ConfirmOutcome", "paul pia"),
        ),
    ),
    (
        BOTH,
        (
            *TO_A_PANEL,
            Step("ReplaceMember", "", "panel-member-able"),
            Step("ReplaceMember", "", "panel-member-able", told(instead_of="ben")),
            Step("RecuseMember", PANEL),
            Step("ReplaceMember"),
            Step("ProposeOutcome", PANEL),
            Step("ConfirmOutcome", PANEL),
        ),
    ),
    (
        BOTH,
        (*TO_A_PANEL, Step("ProposeOutcome", PANEL), WAIT, Step("ReplaceMember"), Step("ProposeOutcome", PANEL)),
    ),
    (
        BOTH,
        (
            *APPEALED,
            Step("DeclareInterest", "otto", fits=told(interest="personal")),
            Step("AdmitAppeal", "otto", "officer-not-free"),
            Step("DeclareInterest", "olga", fits=told(person="olga", interest="none")),
            Step("RefuseAppeal", "olga"),
            Step("AskSecondLook", "mia noah"),
            Step("AdmitOnSecondLook", "rosa"),
            Step("AnnouncePaper", "ruth", fits=lambda _, call: call.says[0] == "withdrawn"),
            Step("CompletePaper", "ruth"),
            Step("ApprovePaperErasure", "ruth", "record-on-hold"),
            Step("WithdrawOnPaper", "rosa", "officer-not-free"),
            Step("WithdrawOnPaper", "ruth"),
        ),
    ),
    (
        BOTH,
        (
            *DECIDED,
            Step("VoidDecision", "rosa", fits=says("marking error", bars=False)),
            Step("LodgeAppeal", "mia noah"),
            Step("RefuseAppeal"),
            Step("AskSecondLook", "mia noah"),
            Step("AdmitOnSecondLook", "rosa", "officer-not-free"),
        ),
    ),
    (
        BOTH,
        (
            *APPEALED,
            Step("SuspendPerson", "ada", "party-to-open-case", apprentice),
            Step("EndRole", "ada", "party-to-open-case"),
            Step("ReleasePerson", "ada", "party-to-open-case"),
            Step("DiscardDraft", "mia noah", "record-on-hold"),
            Step("ApproveErasure", "rosa ruth", "record-on-hold"),
            Step("VoidDecision", "rosa ruth", "record-on-hold"),
        ),
    ),
    (
        BOTH,
        (
            *HANDED_IN,
            Step("ApproveErasure", "rosa ruth"),
            Step("DropErasure", "ada"),
            Step("ApproveErasure", "rosa ruth"),
            Step("ConfirmErasure", "rosa ruth", "erasure-by-one-alone"),
            Step("ConfirmErasure", "ada"),
            Step("ClaimStatements", "mia noah", "file-was-erased"),
        ),
    ),
    (
        BOTH,
        (
            Step("AnnouncePaper", "ruth", fits=lambda _, call: call.says[0] == "consent"),
            Step("ApprovePaperErasure", "ruth", "not-visible"),
            Step("CompletePaper", "ruth"),
            Step("ApprovePaperErasure", "ruth"),
            Step("DropPaperErasure", "ada"),
            Step("ApprovePaperErasure", "ruth"),
            Step("ConfirmPaperErasure", "ruth", "erasure-by-one-alone"),
            Step("ConfirmPaperErasure", "ada"),
            Step("DropPaperErasure", "ada", "file-was-erased"),
        ),
    ),
    (
        (MIA,),
        (
            *DECIDED,
            Step("VoidDecision", "rosa ruth", "barring-not-said", says("marking error", bars=None)),
            Step("VoidDecision", "rosa ruth", fits=says("marking error", bars=True)),
            *passed("ann"),
        ),
    ),
    (
        BOTH,
        (*HANDED_IN, *observed(OBSERVER, NOT_MET), Step("DecideGrade", OBSERVER, "grade-needs-every-code", PASS)),
    ),
    ((NOAH,), (*HANDED_IN, *observed("cleo"), Step("DecideGrade", "cleo", "assessor-not-standardised", PASS))),
    (BOTH, LEFT),
    ((NOAH,), (*BY_ROUTE, Step("ConfirmDecision", "ben"), Step("LodgeAppeal", "noah"))),
    (
        (NOAH,),
        (
            *BY_ROUTE,
            Step("LodgeAppeal", "noah", "appeal-subject-not-allowed"),
            Step("DeclineDecision", "ben"),
            Step("RecordFindings", "cyd", "assessor-declined", newest),
            Step("RecordFindings", "zoe", fits=MET),
            Step("DecideGrade", "zoe", fits=PASS),
        ),
    ),
    (
        (NOAH,),
        (
            *BY_ROUTE,
            Step(
                "RecordScrutinyRoute", "rosa ruth", fits=told(assessor="cyd", second="ann", form="form one", key="C2")
            ),
            Step("DeclareInterest", "ann"),
            Step("ConfirmDecision", "ann"),
        ),
    ),
    (
        (NOAH,),
        (
            *BY_ROUTE,
            Step("DeclareInterest", "zoe", fits=told(person="zoe", interest="coached")),
            Step(
                "RecordScrutinyRoute", "rosa ruth", fits=told(assessor="zoe", second="ann", form="form one", key="C2")
            ),
            Step("DeclareInterest", "ann", fits=told(person="ann", interest="none")),
            Step("ConfirmDecision", "ann", "not-the-second-person"),
        ),
    ),
    (
        (NOAH,),
        (
            *BY_ROUTE,
            Step("DeclareInterest", "ben", fits=told(person="ben", interest="personal")),
            Step("ConfirmDecision", "ben", "second-person-not-free"),
        ),
    ),
    (
        (MIA,),
        (
            *HANDED_IN,
            Step("OpenAttempt", "cora", "assessor-conflicted", C1),
            *observed(OBSERVER),
            Step("RecordFindings", "cora", "assessor-conflicted", newest),
        ),
    ),
    (
        BOTH,
        (
            *DECIDED,
            Step("SuspendPerson", "ada", fits=apprentice),
            Step("OfferEvidence", "mia noah", "access-suspended"),
            Step("LodgeAppeal", "mia noah"),
        ),
    ),
    (
        (MIA,),
        (
            *DECIDED,
            Step("GiveConsent", fits=lambda _, call: call.person == "carl" and call.purpose[0] == "appeal"),
            Step("LodgeAppeal", "carl"),
            Step("EnrolApprentice", "ada", "standard-already-taken"),
        ),
    ),
    ((OTHER,), TO_A_PANEL),
    ((MIA,), (*DECIDED, Step("SupersedeDecision", "ann"), Step("LodgeAppeal", "mia noah"))),
)
"""On which enrolments, and step by step; what does not go at once is left out."""

FREED: tuple[tuple[Step, ...], ...] = (
    (
        Step("DeclareInterest", "una zoe", fits=lambda _, call: call.interest == "personal"),
        Step("DeclareInterest", "una zoe", fits=frees),
        Step("ConfirmCorrection", "rosa ruth"),
    ),
    (Step("TakeAssignmentBack", fits=told(waits=True)), Step("ConfirmTakingBack", "rosa ruth")),
    (Step("ReleasePerson"), Step("BringEndForward")),
)
"""What puts right in two steps, of which chance alone seldom takes the second: at the end of each way one of them."""

BUILT, ANSWERED = 2000, 60
"""How often a call is made up at random until it is the one that a step wants, and judged for one person."""


def takes(run: Run, chance: Random, step: Step, enrolment: str) -> bool:
    """Tell whether somebody was found with whom a step ends as it should, who has taken it then."""
    everybody = step.by.split() or [*CAST, "admin"]
    people = [by for by in everybody if may_be_let_in(run.story, by, step.name, enrolment)]
    answers = dict.fromkeys(people, 0)
    for _ in range(BUILT if people else 0):
        by = chance.choice(people)
        call = TRIES[step.name](scene(run, by, enrolment, chance))
        if call is None or (step.fits and not step.fits(run.story, call.told)):
            continue
        if predict(run.story, call) == {step.ends}:
            run.attempt(call)
            return True
        answers[by] += 1
        if answers[by] > ANSWERED:
            people.remove(by)
        if not people:
            break
    return False


def a_way(run: Run, chance: Random, number: int) -> Iterator[None]:
    """Bring an enrolment as far on one of the ways as goes at once, act by act, and then another to a panel."""
    where, steps = WAYS[number % len(WAYS)]
    enrolment = chance.choice(where)
    heard = [(step, OTHER) for step in (*TO_A_PANEL, Step("AnnouncePaper"))]
    freed = [(step, enrolment) for step in FREED[number % len(FREED)]]
    for step, enrolment in [*((step, enrolment) for step in steps), *heard, *freed]:
        if step is WAIT:
            run.world.now += 21 * DAY
            run.story.today += 21 * DAY
        else:
            takes(run, chance, step, enrolment)
        yield
