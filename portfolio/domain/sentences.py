"""Sentences: what a fact says to a lay reader, to be read after the name of who did it and the day."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from portfolio.domain import (
    competences,
    criteria,
    form,
    imports,
    interests,
    notices,
    person,
    plan,
    standing,
    webhooks,
)
from portfolio.domain import corrections as people
from portfolio.domain.appeal import facts as appeal
from portfolio.domain.assessment import facts as assessment
from portfolio.domain.assessment.facts import AttemptOpened
from portfolio.domain.assessment.finding import StatementFound
from portfolio.domain.calendar import day_in_words
from portfolio.domain.enrolment import facts as enrolment
from portfolio.domain.kernel import NOBODY, Fact, ids_in
from portfolio.domain.sentences_of_addresses import OF_ADDRESSES
from portfolio.domain.sentences_of_deployment import OF_DEPLOYMENT, because
from portfolio.domain.sentences_of_erasure import OF_ERASURE, OF_PAPERS_ERASURE
from portfolio.domain.sentences_of_evidence import OF_EVIDENCE
from portfolio.domain.sentences_of_identity import OF_IDENTITY
from portfolio.domain.sentences_of_programs import NAMING_OWNERS, OF_PROGRAMS
from portfolio.domain.sentences_of_roles import OF_ROLES
from portfolio.domain.vocabulary import WorksFor

NameOf = Callable[[UUID], str]
"""Gives a person's name, or what people call an attempt or a decision: facts hold ids alone."""


def sentence(fact: Fact, name_of: NameOf, subject: UUID | None = None, stream: UUID = NOBODY) -> str:
    """Return the fact as a phrase that follows a name, such as "claimed K20 with version 1.".

    ``subject`` is the person whose data the record is, as ``Recorded`` says, and ``stream`` the record.
    """
    if teller := TELLERS.get(type(fact)):
        return f"{teller(fact)}."
    if about := SUBJECT_TELLERS.get(type(fact)):
        return f"{about(fact, name_of(subject or NOBODY))}."
    if of := RECORD_TELLERS.get(type(fact)):
        return f"{of(fact, name_of(stream))}."
    return f"{NAMING_TELLERS[type(fact)](fact, name_of)}."


def decision_in_words(attempt: AttemptOpened, decider: str, day: date) -> str:
    """Return what people call a decision: its attempt, its day and who decided."""
    return f"the decision on {attempt.in_words()} of {day_in_words(day)} by {decider}"


def _assigned(fact: enrolment.PersonAssigned, name_of: NameOf) -> str:
    components = ", ".join(sorted(fact.components))
    where = f" for component{'s' if len(fact.components) > 1 else ''} {components}" if components else ""
    return f"assigned {name_of(fact.person_id)} as {fact.assignment}{where} from {day_in_words(fact.starts_on)}"


def _in_place_of(agreed: Iterable[date]) -> str:
    days = " and ".join(map(day_in_words, agreed))
    return f", in the place of what was agreed for {days}" if days else ""


def _released(fact: enrolment.PersonReleased, name_of: NameOf) -> str:
    reason = fact.reason.rstrip(".")
    return f"released {name_of(fact.person_id)} as {fact.assignment} from {day_in_words(fact.ends_on)}: {reason}"


def _assignment_corrected(fact: enrolment.AssignmentCorrected, name_of: NameOf) -> str:
    def part(components: Iterable[str], since: date) -> str:
        return f"for {', '.join(sorted(components)) or 'all components'} from {day_in_words(since)}"

    return (
        f"corrected the part of {name_of(fact.person_id)} as {fact.assignment}: "
        f"{part(fact.components, fact.starts_on)}, not {part(fact.was, fact.began_on)}{because(fact.reason)}"
    )


def _assignment_taken_back(fact: enrolment.AssignmentTakenBack, name_of: NameOf) -> str:
    waits = ", which frees them once a responsible officer confirms it" if fact.waits else ""
    return (
        f"took back that {name_of(fact.person_id)} was assigned as {fact.assignment} "
        f"from {day_in_words(fact.began_on)}{waits}{because(fact.reason)}"
    )


def _scrutiny_route(fact: enrolment.ScrutinyRouteRecorded, name_of: NameOf) -> str:
    return (
        f"recorded a scrutiny route for component {fact.component}: {name_of(fact.assessor)}, who coached, may decide "
        f"and {name_of(fact.second_person)} confirms, because: {fact.reason.rstrip('.')}"
    )


def _convened(fact: appeal.PanelConvened, name_of: NameOf) -> str:
    def names(people: Iterable[UUID]) -> str:
        return ", ".join(map(name_of, sorted(people)))

    return f"convened a panel of {names(fact.members)}, independent of the organisation: {names(fact.independent)}"


def _added(fact: appeal.PanelMemberAdded, name_of: NameOf) -> str:
    return f"named {name_of(fact.member)} as a further member of the panel, which was divided"


def _replaced(fact: appeal.PanelMemberReplaced, name_of: NameOf) -> str:
    who, instead, reason = name_of(fact.member), name_of(fact.replacement), fact.reason.rstrip(".")
    return f"replaced {who} by {instead} on the panel: {reason}"


def _strict(fact: criteria.GradeRulesAdded) -> str:
    return ", ".join(rule.grade for rule in fact.grade_rules if rule.every_code_met) or "none"


def _account(account: assessment.Account | None) -> str:
    return f"; found: {account.found.rstrip('.')}; heard: {account.heard.rstrip('.')}" if account else ""


def _found(fact: StatementFound) -> str:
    cited = len(fact.finding.cites)
    on = f" on {_number(cited, 'evidence version')}" if cited else ""
    on = ", as nothing handed in shows it" if fact.finding.nothing_shows_it is True else on
    did = "left" if fact.finding.judgement == "not judged" else "judged"
    return f"{did} {fact.finding.code} {fact.finding.judgement}{on}: {fact.finding.reason.rstrip('.')}"


def _decided(fact: assessment.GradeDecided, name_of: NameOf) -> str:
    context = fact.context
    return (
        f"decided {fact.grade} for {name_of(context.assessment_id)}, as {context.decider.authority}, "
        f"with {_number(len(context.available), 'evidence version')} available and "
        f"{_number(len(context.findings), 'finding')}"
        f"{', those on ' + ', '.join(context.adopted) + ' adopted as they were' if context.adopted else ''} "
        f"(context {context.sha256[:12]}): {fact.reasons.rstrip('.')}"
        f"{_once_confirmed(fact, name_of)}"
    )


def _once_confirmed(fact: assessment.GradeDecided, name_of: NameOf) -> str:
    """Return for whom a decision by a scrutiny route waits, who stands last in what its context says of the route."""
    if not fact.needs_confirmation():
        return ""
    named = [f"{name_of(id_)}, " for id_ in ids_in(fact.context.decider.scrutiny_route)[2:3]]
    return f"; it counts once {''.join(named)}the second person of the scrutiny route{',' if named else ''} confirms it"


def _done_for_me(purpose: enrolment.Purpose, name_of: NameOf) -> str:
    if isinstance(purpose, enrolment.RouteForMe):
        return f"change the route to {purpose.route}"
    return f"appeal against {name_of(purpose.decision_id)}"


def _consented(fact: enrolment.ConsentGiven, name_of: NameOf) -> str:
    whom, what = name_of(fact.person_id), _done_for_me(fact.purpose, name_of)
    if fact.paper_id == NOBODY:
        return f"agreed that {whom} may {what}, once"
    return f"recorded from the apprentice's signed paper that {whom} may {what}, once"


def _asked(fact: enrolment.ConsentAsked, name_of: NameOf) -> str:
    return f"asked for consent to {_done_for_me(fact.purpose, name_of)}{because(fact.reason)}"


def _set_aside(fact: assessment.DecisionVoided, name_of: NameOf) -> str:
    told = f"set aside {name_of(fact.decision_id)} ({fact.reason_code}): {fact.reason.rstrip('.')}"
    told += _account(fact.account)
    if fact.bars is None:
        return told
    barred = "never judges" if fact.bars else "may judge"
    return f"{told}; who took part {barred} the component again, because: {fact.bars_because.rstrip('.')}"


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _appealed(fact: appeal.AppealLodged, name_of: NameOf) -> str:
    grounds = "; ".join(f"{ground.ground}: {ground.statement.rstrip('.')}" for ground in fact.grounds)
    whom = "" if fact.appellant == fact.apprentice else f" for {name_of(fact.apprentice)}"
    against = name_of(fact.subject.decision_id) if isinstance(fact.subject, appeal.DecisionSubject) else "what was done"
    against = f"the setting aside of {against}" if fact.set_aside else against
    return f"appealed{whom} against {against} ({grounds})"


def _opened(fact: assessment.AttemptOpened, name_of: NameOf) -> str:
    return f"opened {fact.in_words()} of {name_of(fact.apprentice)}"


def _declared(fact: interests.InterestDeclared, name_of: NameOf) -> str:
    late = ", after seeing the work" if fact.late else ""
    if fact.interest == "none":
        return f"declared no interest in {name_of(fact.apprentice)}{late}"
    return f"declared an interest in {name_of(fact.apprentice)}: {fact.interest}{late}"


FROM: dict[WorksFor, str] = {
    "assessment organisation": ", of the assessment organisation",
    "centre": ", of a centre",
    "employer": ", of an employer",
    "none of these": ", of neither the assessment organisation nor a centre nor an employer",
}
"""Whom somebody works for, after their name."""

MAILS_CHOSEN: dict[notices.Mails, str] = {
    "at once": "chose to be told by mail as things happen",
    "daily": "chose to be told by mail once a day",
    "none": "chose not to be told by mail",
}

TELLERS: dict[type[Fact], Callable[[Any], str]] = {
    **OF_DEPLOYMENT,
    **OF_EVIDENCE,
    **OF_ERASURE,
    **OF_PROGRAMS,
    person.PersonRegistered: lambda fact: f"registered {fact.name}{FROM[fact.works_for]}",
    people.NameCorrected: lambda fact: f"corrected the name of {fact.was} to {fact.name}{because(fact.reason)}",
    people.EmploymentCorrected: lambda fact: (
        f"recorded that the person is{FROM[fact.works_for].removeprefix(',')}, not{FROM[fact.was].removeprefix(',')}"
        f"{because(fact.reason)}"
    ),
    plan.PlanImported: lambda fact: f"brought in the plan {fact.plan.version_label}, {fact.plan.title}".rstrip(", "),
    plan.DefectRuled: lambda fact: f"ruled on oddity {fact.warning + 1} of the plan: {fact.reading.rstrip('.')}",
    plan.PlanApproved: lambda _: "approved the plan for use",
    criteria.CriteriaDrafted: lambda fact: f"drafted the criteria {fact.title}, version {fact.version}",
    criteria.CriteriaApproved: lambda _: "approved the criteria",
    criteria.GradeRulesAdded: lambda fact: f"said for which grades every code must be met: {_strict(fact)}",
    criteria.PredecessorRecorded: lambda fact: f"recorded which earlier criteria these follow{because(fact.reason)}",
    imports.ImportBegun: lambda fact: (
        f"began to import a file of {fact.last_line} lines, of which {len(fact.left_out)} were left out"
    ),
    imports.LinesCarriedOut: lambda fact: (
        f"imported the lines from {fact.first} to {fact.last}, of which {len(fact.refused)} were refused"
    ),
    form.FormDrafted: lambda fact: f"drafted the form {fact.title} for {', '.join(fact.routes)}",
    form.ComponentAdded: lambda fact: f"added component {fact.component.key}, {fact.component.name}, to the form",
    form.FormApproved: lambda _: "approved the form with its coverage proof",
    enrolment.ConsentDeclined: lambda fact: f"said no to a question for consent{because(fact.reason)}",
    enrolment.ConsentQuestionWithdrawn: lambda _: "took back a question for consent",
    StatementFound: _found,
    appeal.AppealAdmitted: lambda _: "admitted the appeal",
    appeal.AppealNotAdmitted: lambda fact: (
        f"did not admit the appeal{f' ({fact.because})' if fact.because else ''}: {fact.reason.rstrip('.')}"
    ),
    appeal.SecondLookAsked: lambda fact: (
        f"asked that somebody else looks again at whether the appeal is heard: {fact.statement.rstrip('.')}"
    ),
    appeal.OutcomeProposed: lambda fact: (
        f"proposed to the panel, as proposal {fact.proposal}, the outcome {fact.outcome}: {fact.reasons.rstrip('.')}"
    ),
    appeal.OutcomeConfirmed: lambda fact: f"stood behind proposal {fact.proposal}: {fact.account.rstrip('.')}",
    appeal.DissentRecorded: lambda fact: f"stood behind no proposal: {fact.account.rstrip('.')}",
    appeal.PanelDivided: lambda _: "left the panel divided: all answered, and too few stand behind one outcome",
    appeal.PanelMemberRecused: lambda fact: f"said that they cannot hear the appeal: {fact.reason.rstrip('.')}",
    appeal.ConsequenceDrawn: lambda fact: f"noted what followed from the appeal: {fact.consequence}",
    appeal.ConsequenceRefused: lambda fact: (
        f"noted what could not follow from the appeal, that {fact.consequence}: {fact.why.rstrip('.')}"
    ),
    appeal.ConsequenceClosed: lambda fact: (
        f"closed what was to follow from the appeal, that {fact.consequence}: {fact.reason.rstrip('.')}"
    ),
    notices.NoticesChosen: lambda fact: MAILS_CHOSEN[fact.mails],
    appeal.AppealDecided: lambda fact: f"gave the panel's outcome, {fact.outcome}: {fact.reasons.rstrip('.')}",
}
"""What facts say that speak of nobody else."""

SUBJECT_TELLERS: dict[type[Fact], Callable[[Any, str], str]] = {
    **OF_IDENTITY,
    **OF_ADDRESSES,
    **OF_ROLES,
    standing.PersonSuspended: lambda fact, name: f"suspended {name}{because(fact.reason)}",
    standing.PersonReinstated: lambda fact, name: f"reinstated {name}{because(fact.reason)}",
    standing.PersonSignedOut: lambda _, name: f"signed {name} out everywhere",
    competences.CompetenceRecorded: lambda fact, name: (
        f"recorded a competence of {name} ({fact.kind}) of {day_in_words(fact.occurred_on)}"
    ),
    competences.CompetenceCorrected: lambda fact, name: (
        f"corrected a competence of {name} ({fact.kind}): {day_in_words(fact.occurred_on)}, "
        f"not {day_in_words(fact.was_on)}"
        f"{', and on other criteria' if fact.criteria_id != fact.was_criteria_id else ''}{because(fact.reason)}"
    ),
    competences.CompetenceTakenBack: lambda fact, name: (
        f"took back a competence of {name} ({fact.kind}) of {day_in_words(fact.occurred_on)}{because(fact.reason)}"
    ),
    enrolment.ConsentTakenBack: lambda fact, name: (
        f"recorded from signed paper that {name} took a consent back"
        if fact.paper_id != NOBODY
        else "took a consent back"
    ),
    enrolment.PaperAnnounced: lambda _, name: f"announced the scan of a paper that {name} signed, who cannot sign in",
    enrolment.PaperReceived: lambda _, name: f"sent the whole scan of a paper that {name} signed",
    enrolment.PaperRefused: lambda fact, name: f"refused a paper that {name} signed: {fact.why.rstrip('.')}",
    enrolment.PaperSealed: lambda fact, name: (
        f"sealed a paper that {name} signed, {fact.size} bytes of {fact.media_type}; "
        f"malware screening: {fact.screening}"
    ),
    **OF_PAPERS_ERASURE,
    appeal.AppealWithdrawn: lambda fact, name: (
        f"withdrew the appeal, as {name} said on signed paper" if fact.paper_id != NOBODY else "withdrew the appeal"
    ),
    enrolment.EnrolmentPaused: lambda fact, name: (
        f"paused the enrolment of {name} from {day_in_words(fact.pauses_on)}{because(fact.reason)}"
    ),
    enrolment.EnrolmentResumed: lambda fact, name: (
        f"resumed the enrolment of {name} from {day_in_words(fact.resumes_on)}{because(fact.reason)}"
    ),
    enrolment.EnrolmentEnded: lambda fact, name: (
        f"ended the enrolment of {name} on {day_in_words(fact.ended_on)} ({fact.how}){because(fact.reason)}"
    ),
    enrolment.EndTakenBack: lambda fact, name: (
        f"took back that the enrolment of {name} ended on {day_in_words(fact.ended_on)}{because(fact.reason)}"
    ),
    enrolment.UlnCorrected: lambda fact, name: (
        f"corrected the unique learner number of {name}{f' from {fact.was} to {fact.uln}' if fact.uln else ''}"
        f"{because(fact.reason)}"
    ),
    enrolment.EmployerChanged: lambda fact, name: (
        f"moved {name} from {fact.was} to the employer {fact.employer} "
        f"from {day_in_words(fact.effective_on)}{because(fact.reason)}"
    ),
    enrolment.EmployerCorrected: lambda fact, name: (
        f"corrected the employer of {name} from {day_in_words(fact.since)} on: {fact.employer}, "
        f"not {fact.was}{because(fact.reason)}"
    ),
    enrolment.CentreCorrected: lambda fact, name: (
        f"corrected the centre of {name}: {fact.centre_ukprn}, not {fact.was}{because(fact.reason)}"
    ),
    enrolment.StartCorrected: lambda fact, name: (
        f"corrected the first day of the enrolment of {name}: {day_in_words(fact.starts_on)}, "
        f"not {day_in_words(fact.was)}{because(fact.reason)}"
    ),
    enrolment.RouteChanged: lambda fact, name: (
        f"moved {name} to route {fact.route} from {day_in_words(fact.effective_on)}{_in_place_of(fact.cancels)}: "
        f"{fact.reason.rstrip('.')}"
    ),
}
"""What facts say whose sentence names the person whose data the record is."""

RECORD_TELLERS: dict[type[Fact], Callable[[Any, str], str]] = {
    assessment.AttemptClosed: lambda fact, attempt: f"closed {attempt} undecided: {fact.reason.rstrip('.')}",
}
"""What facts say whose sentence names the record itself."""

NAMING_TELLERS: dict[type[Fact], Callable[[Any, NameOf], str]] = {
    **NAMING_OWNERS,
    interests.InterestDeclared: _declared,
    interests.CorrectionConfirmed: lambda fact, name_of: (
        f"confirmed that no interest in {name_of(fact.apprentice)} is declared any more: {fact.reason.rstrip('.')}"
    ),
    enrolment.ApprenticeEnrolled: lambda fact, name_of: f"enrolled {name_of(fact.apprentice)} on route {fact.route}",
    webhooks.WebhookRegistered: lambda fact, name_of: (
        f"registered the webhook {fact.title}: what {name_of(fact.for_id)} "
        f"{'is told' if webhooks.NOTICE in fact.types else 'may see'} is sent to {fact.address}"
    ),
    enrolment.ConsentGiven: _consented,
    enrolment.ConsentAsked: _asked,
    enrolment.PersonAssigned: _assigned,
    enrolment.PersonReleased: _released,
    enrolment.EndBroughtForward: lambda fact, name_of: (
        f"brought the end of {name_of(fact.person_id)}'s part as {fact.assignment} forward "
        f"from {day_in_words(fact.was)} to {day_in_words(fact.ends_on)}{because(fact.reason)}"
    ),
    enrolment.AssignmentCorrected: _assignment_corrected,
    enrolment.AssignmentTakenBack: _assignment_taken_back,
    enrolment.TakingBackConfirmed: lambda fact, name_of: (
        f"confirmed that {name_of(fact.person_id)} was never {fact.assignment} here{because(fact.reason)}"
    ),
    enrolment.ScrutinyRouteRecorded: _scrutiny_route,
    assessment.AttemptOpened: _opened,
    assessment.GradeDecided: _decided,
    assessment.DecisionConfirmed: lambda fact, name_of: (
        f"confirmed {name_of(fact.decision_id)} as the second person of the scrutiny route: it counts now"
    ),
    assessment.DecisionDeclined: lambda fact, name_of: (
        f"declined {name_of(fact.decision_id)} as the second person of the scrutiny route, so that the "
        f"attempt is open for another assessor: {fact.reason.rstrip('.')}"
    ),
    assessment.GradeDecisionSuperseded: lambda fact, name_of: (
        f"superseded {name_of(fact.decision_id)} ({fact.reason_code}, {fact.authority.rstrip('.')})"
    ),
    assessment.DecisionVoided: _set_aside,
    appeal.AppealLodged: _appealed,
    appeal.PanelConvened: _convened,
    appeal.PanelMemberAdded: _added,
    appeal.PanelMemberReplaced: _replaced,
}
"""What facts say whose sentence names people, attempts or decisions. A test compares the tables with the catalogue."""
