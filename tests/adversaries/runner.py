"""Carries calls out on a real service and keeps the story; what the model did not expect is a difference."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid5

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.adversaries.actors import kinds
from tests.adversaries.calls import Call
from tests.adversaries.model import ALLOWED, INVISIBLE, predict
from tests.adversaries.quick import Answer, ask
from tests.adversaries.rules_of_appeals import answered as panel_answers
from tests.adversaries.rules_of_appeals import outside, proposals
from tests.adversaries.rules_of_attempts import by_route, line_of, same_line, undecided
from tests.adversaries.story import NOTHING, Story
from tests.api.world import World
from tests.infra.vault import files

RIG = files.picture("PNG", (8, 8))

TOLD_AS = {
    "RegisterPerson": "person registered",
    "GrantRole": "role granted",
    "EndRole": "role ended",
    "SuspendPerson": "person suspended",
    "ReinstatePerson": "person reinstated",
    "SignOut": "signed out",
    "RegisterAddress": "address registered",
    "RemoveAddress": "address removed",
    "InvitePerson": "person invited",
    "DeclareInterest": "interest declared",
    "ChooseNotices": "notices chosen",
    "ConfirmCorrection": "correction confirmed",
    "RecordCompetence": "competence recorded",
    "CorrectCompetence": "competence corrected",
    "TakeCompetenceBack": "competence taken back",
    "RegisterProgram": "program registered",
    "ScopeProgram": "program scoped",
    "HandProgramOver": "program handed over",
    "AddProgramKey": "program key added",
    "AddProgramSecret": "program secret added",
    "RevokeCredential": "credential revoked",
    "SuspendProgram": "program suspended",
    "ReinstateProgram": "program reinstated",
    "EndProgram": "program ended",
    "ImportPlan": "plan imported",
    "RegisterWebhook": "webhook registered",
    "EndWebhook": "webhook ended",
    "RotateWebhookSecret": "secret rotated",
    "SendAgain": "sent again",
    "RuleOnDefect": "defect ruled",
    "ApprovePlan": "plan approved",
    "DraftCriteria": "criteria drafted",
    "ApproveCriteria": "criteria approved",
    "RecordPredecessor": "predecessor recorded",
    "DraftForm": "form drafted",
    "AddComponent": "component added",
    "ApproveForm": "form approved",
    "EnrolApprentice": "enrolled",
    "PauseEnrolment": "enrolment paused",
    "ResumeEnrolment": "enrolment resumed",
    "EndEnrolment": "enrolment ended",
    "TakeEndBack": "end taken back",
    "CorrectUln": "number corrected",
    "MoveToEmployer": "employer changed",
    "CorrectEmployer": "employer corrected",
    "CorrectCentre": "centre corrected",
    "CorrectStart": "first day corrected",
    "CorrectName": "name corrected",
    "CorrectEmployment": "employment corrected",
    "ChangeRoute": "route changed",
    "GiveConsent": "consent given",
    "TakeConsentBack": "consent taken back",
    "AskConsent": "consent asked",
    "DeclineConsent": "consent declined",
    "WithdrawQuestion": "question withdrawn",
    "AssignPerson": "assigned",
    "ReleasePerson": "released",
    "BringEndForward": "end brought forward",
    "CorrectAssignment": "part corrected",
    "TakeAssignmentBack": "part taken back",
    "ConfirmTakingBack": "taking back confirmed",
    "RecordScrutinyRoute": "scrutiny route recorded",
    "ConfirmDecision": "decision confirmed",
    "DeclineDecision": "decision declined",
    "OfferEvidence": "version offered",
    "OfferVersion": "version offered",
    "DescribeDraft": "described",
    "CompleteUpload": "file sealed",
    "WriteRecord": "record written",
    "SubmitEvidence": "submitted",
    "ReturnEvidence": "returned",
    "AcceptEvidence": "accepted",
    "ClaimStatements": "claimed",
    "DropClaim": "claim dropped",
    "AnnotateEvidence": "annotated",
    "RedactEvidence": "redacted",
    "OpenOriginal": "original opened",
    "WithdrawEvidence": "withdrawn",
    "DiscardDraft": "discarded",
    "ApproveErasure": "erasure approved",
    "ConfirmErasure": "erasure confirmed",
    "DropErasure": "erasure dropped",
    "ApprovePaperErasure": "erasure approved",
    "ConfirmPaperErasure": "erasure confirmed",
    "DropPaperErasure": "erasure dropped",
    "OpenAttempt": "attempt opened",
    "CloseAttempt": "attempt closed",
    "RecordFindings": "found",
    "DecideGrade": "decided",
    "SupersedeDecision": "decided",
    "VoidDecision": "set aside",
    "LodgeAppeal": "appeal lodged",
    "AdmitAppeal": "appeal admitted",
    "RefuseAppeal": "appeal not admitted",
    "AskSecondLook": "second look asked",
    "AdmitOnSecondLook": "appeal admitted",
    "RefuseOnSecondLook": "appeal not admitted",
    "ConvenePanel": "panel convened",
    "AddMember": "member added",
    "RecuseMember": "member recused",
    "ReplaceMember": "member replaced",
    "ProposeOutcome": "outcome proposed",
    "ConfirmOutcome": "outcome confirmed",
    "DissentFromOutcome": "dissent",
    "CloseConsequence": "consequence settled",
    "AnnouncePaper": "paper announced",
    "CompletePaper": "paper sealed",
    "WithdrawOnPaper": "appeal withdrawn",
    "WithdrawAppeal": "appeal withdrawn",
}
"""What is told of a command that was carried out."""


@dataclass
class Difference:
    """An answer that the model did not expect."""

    call: Call
    expected: set[str]
    got: str
    answer: str

    def __str__(self) -> str:
        wanted = " or ".join(sorted(self.expected))
        said = f"{self.call.name} by {self.call.by}: expected {wanted}, got {self.got}"
        return f"{said}\n  {self.call.told}\n  {self.answer[:300]}"


class PlainTokens:
    """Takes a person's id for their token: a signature checked at each of the many calls takes a sixth of the time."""

    def bearer_of(self, token: str, source: str | None = None) -> UUID:
        return UUID(token)


@dataclass
class Run:
    """One history: the service, the story told of it, and what differed."""

    world: World
    story: Story
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world.services = replace(self.world.services, tokens=PlainTokens())
        self.client: FlaskClient = self.world.app.test_client(use_cookies=False)

    def token(self, person: str) -> str:
        return str(self.world[person])

    def send(self, call: Call) -> Answer:
        if call.context_of and call.body is not None:
            call.body["context_hash"] = self._hash_shown(call)
        elif hasattr(call.told, "fresh"):
            call.body = {**(call.body or {}), "context_hash": "0" * 64}
        return ask(self.world.app, self.token(call.by), call.method, f"/v1{call.path}", call.body, call.file)

    def _hash_shown(self, call: Call) -> str:
        address = f"/v1/assessments/{self.world[str(call.context_of)]}/context"
        shown = ask(self.world.app, self.token(call.by), "GET", address)
        call.told.fresh = shown.status_code == 200
        return str(shown.get_json()["shown"]) if call.told.fresh else "0" * 64

    def attempt(self, call: Call) -> str:
        """Carry a call out, keep what it did, and note it where the model expected another answer."""
        for kind in kinds(self.story, call.by, call.focus) if call.focus else ():
            self.counts[call.name, kind] += 1
        answer = self.send(call)
        expected, got = predict(self.story, call), answer_of(answer)
        if got not in expected:
            self.differences.append(Difference(call, expected, got, answer.text))
        if got == ALLOWED and call.name == "read the bytes":
            self.story.tell("shown", call.by, item=call.told.item, version=call.told.version)
        if got == ALLOWED and not call.reads:
            keep(self, call, answer.get_json())
            if call.name in ("ConfirmErasure", "ConfirmPaperErasure"):
                self.world.reads.settle()  # in a moment the file is gone
            if self.story.any("consequence waits"):
                self.world.reads.settle()
                drawn_late(self)
        return got

    def is_there(self, record: str) -> bool:
        """Tell whether a record exists, whoever sees it."""
        return bool(self.world.journal.read(self.world[record]))

    def must(self, call: Call) -> None:
        """Carry out a call of the first days, which is to be let in."""
        assert self.attempt(call) == ALLOWED, (call, self.differences[-1:])
        assert not self.differences, str(self.differences[0])


def answer_of(answer: Answer | TestResponse) -> str:
    """Return "allowed", or the code of the refusal; whatever is not there is one answer."""
    if answer.status_code < 300:
        return ALLOWED
    if answer.status_code == 404:
        return INVISIBLE
    return str(answer.get_json()["type"]).removeprefix("/problems/")


def keep(run: Run, call: Call, receipt: dict[str, Any]) -> None:
    """Add what a command did to the story, with the ids it was answered."""
    story, told = run.story, call.told
    if call.new:
        named = (receipt.get(f"{what}_id") for what in ("decision", "consent", "question", "paper"))
        run.world.ids[call.new] = UUID(next(filter(None, named), None) or receipt["id"])
    match call.name:
        case "RecordFindings":
            for code, judgement, cites in told.findings:
                story.tell(
                    "found",
                    call.by,
                    attempt=told.attempt,
                    enrolment=told.enrolment,
                    code=code,
                    judgement=judgement,
                    cites=cites,
                )
        case "DecideGrade" | "SupersedeDecision":
            if told.supersedes:
                story.tell("superseded", call.by, decision=told.supersedes, attempt=told.attempt)
            story.tell("decided", call.by, **vars(told), **rests_on(story, told), second=goes_by_route(story, call))
        case "ChangeRoute":
            held = story.route(told.enrolment, told.since)
            if (held.route, held.form) != (told.route, told.form):  # the same again is no change
                story.tell("route changed", call.by, **vars(told))
        case "OpenAttempt":
            story.tell("attempt opened", call.by, **vars(told), **opened(story, told.enrolment, told.key))
        case "LodgeAppeal":
            story.tell("appeal lodged", call.by, **vars(told), took_part=story.lineage(told.enrolment))
        case "SubmitEvidence":
            older = [each for each in story.versions(told.item) if each < told.version]
            for version in older:
                if story.stage(told.item, version) in ("submitted", "returned", "accepted"):
                    story.tell("replaced", call.by, item=told.item, version=version)
            story.tell("submitted", call.by, **vars(told))
        case "CorrectRecord":
            story.tell("record written", call.by, **vars(told))
            story.tell("replaced", call.by, item=told.item, version=told.version - 1)
        case "ProposeOutcome" | "ConfirmOutcome" | "DissentFromOutcome":
            story.tell(TOLD_AS[call.name], call.by, **vars(told))
            answered(run, told.appeal)
        case "AnnouncePaper":
            story.tell("paper announced", call.by, enrolment=told.enrolment, paper=told.paper, says=told.says)
            assert run.client.put(receipt["parts"][0]["url"], data=told.scan).status_code == 204
        case "CompletePaper" | "AddProgramSecret" | "HandProgramOver":
            AFTERWARDS[call.name](story, call, receipt)
        case _:
            story.tell(TOLD_AS[call.name], call.by, **vars(told))
            if call.name in ("OfferEvidence", "OfferVersion"):
                (part,) = receipt["parts"]
                assert run.client.put(part["url"], data=RIG).status_code == 204


def of_program(story: Story, call: Call, receipt: dict[str, Any]) -> None:
    """Tell what a program's new secret is called, or whose it is now; it may have been theirs already."""
    told = call.told
    if call.name == "AddProgramSecret":
        told.credential = receipt["credential"]
    elif story.owner(told.program) == told.owner:
        return
    story.tell(TOLD_AS[call.name], call.by, **vars(told))


def on_paper(story: Story, call: Call, _: dict[str, Any]) -> None:
    """Tell that a paper is sealed, once, and what holds by it from then on."""
    told, says = call.told, story.one("paper announced", paper=call.told.paper).says
    if story.any("paper sealed", paper=told.paper):
        return
    story.tell("paper sealed", call.by, **vars(told))
    if says[0] == "consent":
        given = {"enrolment": told.enrolment, "consent": told.paper, "person": says[1], "purpose": says[2]}
        story.tell("consent given", call.by, **given)
    if says[0] == "taken back" and not story.any("consent taken back", consent=says[1]):
        story.tell("consent taken back", call.by, enrolment=told.enrolment, consent=says[1])


AFTERWARDS: dict[str, Callable[[Story, Call, dict[str, Any]], None]] = {
    "CompletePaper": on_paper,
    "AddProgramSecret": of_program,
    "HandProgramOver": of_program,
}
"""What else is told of some commands."""


def rests_on(story: Story, told: Any) -> dict[str, Any]:
    """Return what a decision rests on: what was found on each code, what is cited, and what was there."""
    found = story.findings(told.attempt)
    items = {each.item for each in story.all("version offered", "record written", enrolment=told.enrolment)}
    handed_in = {"submitted", "returned", "accepted", "replaced"}
    every = [(item, version) for item in items for version in story.versions(item)]
    lay_before = [each for each in every if story.stage(*each) in handed_in and not story.erased(*each)]
    return {
        "found": {code: each.judgement for code, each in found.items()},
        "cited": {each.cites for each in found.values() if each.cites not in (None, NOTHING)},
        "judged_on": [(each.cites, code) for code, each in found.items() if each.cites not in (None, NOTHING)],
        "available": sorted({item for item, _ in lay_before}),
        "lay_before": lay_before,
    }


def goes_by_route(story: Story, call: Call) -> bool:
    """Tell whether a decision waits for a second person, because who decided has coached the apprentice."""
    attempt = story.one("attempt opened", attempt=call.told.attempt)
    return story.conflicted(call.by, story.apprentice(attempt.enrolment)) and by_route(story, call.by, attempt)


def opened(story: Story, enrolment: str, key: str) -> dict[str, Any]:
    """Return what an attempt is opened with: the form and route of today, and the codes of the component in it."""
    route = story.route(enrolment)
    at = story.one("component added", form=route.form, key=key)
    codes = set(at.codes) & story.one("route", route=route.route).codes
    return {"form": route.form, "route": route.route, "codes": sorted(codes)}


def answered(run: Run, appeal: str) -> None:
    """Tell what follows from an answer of the panel: its outcome, or that it is divided."""
    story = run.story
    answers, members = panel_answers(story, appeal), story.members(appeal)
    for proposed in proposals(story, appeal):
        behind = {member for member, number in answers.items() if number == proposed.proposal}
        heard = any(outside(story, member) for member in answers)
        if heard and len(behind) >= 2 and 2 * len(behind) > len(members):
            story.tell("appeal decided", proposed.by, appeal=appeal, outcome=proposed.outcome)
            if proposed.outcome == "upheld":
                upheld(run, appeal)
            return
    if members <= set(answers):
        story.tell("panel divided", "the panel", appeal=appeal)


def upheld(run: Run, appeal: str) -> None:
    """Tell what follows when an appeal is upheld: the decision is set aside, and a new attempt opens or goes on."""
    story = run.story
    run.world.reads.settle()
    lodged = story.one("appeal lodged", appeal=appeal)
    before = story.one("attempt opened", attempt=lodged.attempt)
    told = {"enrolment": lodged.enrolment, "decision": lodged.decision, "attempt": lodged.attempt, "bars": True}
    if not story.any("superseded", "set aside", decision=lodged.decision):
        story.tell("set aside", "the system", **told)
    route = story.route(lodged.enrolment).route
    at_the_line = same_line(story, lodged.enrolment, line_of(story, before))
    if any(undecided(story, each) and each.route == route for each in at_the_line):
        return
    run.world.ids[f"attempt-after-{appeal}"] = uuid5(run.world[appeal], "attempt")
    story.tell("consequence waits", "the system", appeal=appeal)
    drawn_late(run)


def drawn_late(run: Run) -> None:
    """Tell of the new attempts that could be opened by now, on the component of this line on the form of today."""
    story = run.story
    for waits in [*story.all("consequence waits")]:
        attempt = f"attempt-after-{waits.appeal}"
        settled = story.any("consequence settled", appeal=waits.appeal)
        if settled or not run.is_there(attempt):
            continue
        lodged = story.one("appeal lodged", appeal=waits.appeal)
        method = line_of(story, story.one("attempt opened", attempt=lodged.attempt))
        form = story.route(lodged.enrolment).form
        key = story.one("component added", form=form, method=method).key
        told = opened(story, lodged.enrolment, key)
        story.tell("attempt opened", "the system", enrolment=lodged.enrolment, attempt=attempt, key=key, **told)
        story.tell("consequence settled", "the system", appeal=waits.appeal)
