"""The naive rules of people, plans, criteria and forms."""

from collections.abc import Callable
from datetime import date

from tests.adversaries.calls import Call
from tests.adversaries.story import Story


def register(story: Story, call: Call) -> set[str]:
    return set()


def grant(story: Story, call: Call) -> set[str]:
    held = {"role-already-held"} if call.told.role in story.granted(call.told.person) else set()
    return held | (hears_a_case(story, call) if call.told.role != "panel member" else set()) | not_oneself(call)


def hears_a_case(story: Story, call: Call) -> set[str]:
    """Whoever hears an open case is given nothing that could end that."""
    cases = [each.appeal for each in story.cases_of(call.told.person) if story.status(each.appeal) != "decided"]
    return {"hears-open-case"} if any(call.told.person in story.hearing(each) for each in cases) else set()


def employ(story: Story, call: Call) -> set[str]:
    return not_oneself(call) | hears_a_case(story, call)


def not_oneself(call: Call) -> set[str]:
    """Nobody grants themselves a role, records their own competence, or suspends or reinstates themselves."""
    return {"own-standing"} if call.by == call.told.person else set()


def end(story: Story, call: Call) -> set[str]:
    told = call.told
    broken = set() if told.role in story.granted(told.person) else {"role-not-held"}
    if told.role == "administrator":
        broken |= last_administrator(story, told.person)
    return broken | party_to_a_case(story, call)


def last_administrator(story: Story, person: str) -> set[str]:
    return set() if story.holders("administrator") - {person} else {"last-administrator"}


def party_to_a_case(story: Story, call: Call) -> set[str]:
    """Somebody who is part of an open case goes only by a responsible officer who is part of none of these."""
    cases = story.cases_of(call.told.person)
    free = "responsible officer" in story.roles(call.by) and not any(call.by in story.parties(each) for each in cases)
    return {"party-to-open-case"} if cases and not free else set()


def suspend(story: Story, call: Call) -> set[str]:
    broken = not_oneself(call) | last_administrator(story, call.told.person) | party_to_a_case(story, call)
    return broken | {"already-suspended"} if story.suspended(call.told.person) else broken


def reinstate(story: Story, call: Call) -> set[str]:
    return set() if story.suspended(call.told.person) else {"not-suspended"}


def account(story: Story, call: Call) -> set[str]:
    """Nobody signed in at a provider in these stories, so there is no account."""
    return {"not-visible"}


def declare(story: Story, call: Call) -> set[str]:
    return set()


def confirm(story: Story, call: Call) -> set[str]:
    broken = set() if story.corrected(call.told.person, call.told.apprentice) else {"correction-unknown"}
    if story.conflicted(call.by, call.told.apprentice):
        broken.add("officer-conflicted")
    return broken | {"correction-by-another"} if call.by == call.told.person else broken


def competence(story: Story, call: Call) -> set[str]:
    """A lead assessor records who was standardised; every other competence is an administrator's to record."""
    others = call.told.kind != "standardised" and "administrator" not in story.roles(call.by)
    return not_oneself(call) | _ahead(story, call.told.since) | ({"not-for-lead-assessor"} if others else set())


def _ahead(story: Story, day: date) -> set[str]:
    return {"competence-ahead"} if day > story.today else set()


def put_competence_right(story: Story, call: Call) -> set[str]:
    told = call.told
    known = (told.kind, told.criteria, told.since) in story.competences(told.person)
    broken = not_oneself(call) | (set() if known else {"competence-unknown"})
    return broken | (_ahead(story, told.right) if call.name == "CorrectCompetence" else set())


def register_webhook(story: Story, call: Call) -> set[str]:
    broken = set() if call.told.fit else {"webhook-address-unfit"}
    return broken | ({"nobody-to-send-for"} if story.suspended(call.told.person) else set())


def of_a_webhook(story: Story, call: Call) -> set[str]:
    if call.told.webhook is None:
        return {"not-visible"}
    return {"webhook-is-over"} if story.any("webhook ended", webhook=call.told.webhook) else set()


def import_plan(story: Story, call: Call) -> set[str]:
    return {"plan-already-imported"} if story.any("plan imported", plan=call.told.plan) else set()


def rule_on(story: Story, call: Call) -> set[str]:
    broken = set()
    if call.told.number > 1000:
        broken.add("plan-defect-hidden")
    if story.any("plan approved"):
        broken.add("plan-version-fixed")
    return broken


def approve_plan(story: Story, call: Call) -> set[str]:
    broken = {"plan-defect-unruled"}  # the plan has more oddities than anybody here rules on
    if call.by == story.one("plan imported").by:
        broken.add("approver-is-importer")
    return broken


def draft_criteria(story: Story, call: Call) -> set[str]:
    return set()


def approve_criteria(story: Story, call: Call) -> set[str]:
    if story.any("criteria approved", criteria=call.told.criteria):
        return set()
    own = story.any("criteria drafted", criteria=call.told.criteria, by=call.by)
    return {"approver-is-drafter"} if own else set()


def add_grade_rules(story: Story, call: Call) -> set[str]:
    return {"grade-rules-said"}  # everybody here says them in the draft


def record_predecessor(story: Story, call: Call) -> set[str]:
    told, broken = call.told, set()
    if story.any("predecessor recorded", criteria=told.criteria):
        broken.add("predecessor-fixed")
    if not story.any("criteria approved", criteria=told.criteria):
        broken.add("criteria-not-approved")
    written, before = (story.one("criteria drafted", criteria=each) for each in (told.criteria, told.follows))
    if told.criteria in line(story, told.follows) or written.plan != before.plan:
        broken.add("predecessor-not-in-plan")
    return broken


def line(story: Story, criteria: str) -> list[str]:
    """Return a version of criteria and all that it follows."""
    before = story.one("predecessor recorded", criteria=criteria)
    return [criteria, *(line(story, before.follows) if before else [])]


def draft_form(story: Story, call: Call) -> set[str]:
    return set()


def add_component(story: Story, call: Call) -> set[str]:
    broken = set()
    if story.any("form approved", form=call.told.form):
        broken.add("version-in-use")
    if story.any("component added", form=call.told.form, key=call.told.key):
        broken.add("component-repeated")
    return broken


def approve_form(story: Story, call: Call) -> set[str]:
    if story.any("form approved", form=call.told.form):
        return {"version-in-use"}
    methods = {each.method for each in story.all("component added", form=call.told.form)}
    covers = {code for each in story.all("component added", form=call.told.form) for code in each.codes}
    (route,) = story.one("form drafted", form=call.told.form).routes
    broken = set() if "observation" in methods else {"observation-missing"}
    if story.any("form drafted", "component added", form=call.told.form, by=call.by):
        broken.add("approver-is-drafter")
    left_out = story.one("route", route=route).codes - covers
    return broken | ({"mandatory-code-uncovered", "outcome-uncovered"} if left_out else set())


def register_address(story: Story, call: Call) -> set[str]:
    """One address is one person's."""
    others = {each.person for each in story.all("address registered", address=call.told.address)} - {call.told.person}
    return {"address-of-another"} if any(address_of(story, each) == call.told.address for each in others) else set()


def remove_address(story: Story, call: Call) -> set[str]:
    return set() if address_of(story, call.told.person) else {"address-not-registered"}


def invite(story: Story, call: Call) -> set[str]:
    """Nobody is invited without an address, while suspended, twice a day to one address or a fourth time in a day."""
    person = call.told.person
    today = [each.address for each in story.all("person invited", person=person) if each.day == story.today]
    address = address_of(story, person)
    broken = set() if address else {"address-not-registered"}
    broken |= {"invited-lately"} if len(today) > 2 or address in today else set()
    return broken | {"invitee-suspended"} if story.suspended(person) else broken


def address_of(story: Story, person: str) -> str:
    last = story.last("address registered", "address removed", person=person)
    return last.address if last and last.what == "address registered" else ""


BROKEN: dict[str, Callable[[Story, Call], set[str]]] = {
    "RegisterPerson": register,
    "CorrectEmployment": employ,
    "GrantRole": grant,
    "EndRole": end,
    "SuspendPerson": suspend,
    "ReinstatePerson": reinstate,
    "SignOut": register,
    "ChooseNotices": register,
    "UnlinkIdentity": account,
    "AcceptIdentity": account,
    "RegisterAddress": register_address,
    "RemoveAddress": remove_address,
    "InvitePerson": invite,
    "DeclareInterest": declare,
    "ConfirmCorrection": confirm,
    "RecordCompetence": competence,
    "CorrectCompetence": put_competence_right,
    "TakeCompetenceBack": put_competence_right,
    "ImportPlan": import_plan,
    "RegisterWebhook": register_webhook,
    "EndWebhook": of_a_webhook,
    "RotateWebhookSecret": of_a_webhook,
    "SendAgain": of_a_webhook,
    "RuleOnDefect": rule_on,
    "ApprovePlan": approve_plan,
    "DraftCriteria": draft_criteria,
    "ApproveCriteria": approve_criteria,
    "AddGradeRules": add_grade_rules,
    "RecordPredecessor": record_predecessor,
    "DraftForm": draft_form,
    "AddComponent": add_component,
    "ApproveForm": approve_form,
}
