"""Questions to a plain list of what happened, answered by looking through it."""

from datetime import date
from typing import Any

from tests.adversaries.log import Log, remembered
from tests.adversaries.parts import PUT_RIGHT, all_put_right, same_part

TIES = {"coach", "employer"}
ROLES_FOR = {
    "coach": {"coach"},
    "employer": {"employer"},
    "assessor": {"assessor", "centre assessor"},
    "internal quality assurer": {"internal quality assurer"},
}
STATUS = {
    "appeal lodged": "lodged",
    "appeal admitted": "admitted",
    "appeal not admitted": "not admitted",
    "second look asked": "waits for a second look",
    "panel convened": "with panel",
    "appeal decided": "decided",
    "appeal withdrawn": "withdrawn",
}
NOTHING = ("nothing handed in shows it", 0)
"""What a finding rests on that cites nothing."""
ENDED = ("not admitted", "decided", "withdrawn")


class Story(Log):
    """What happened, and what follows from it for people, enrolments, evidence, attempts and appeals."""

    # --- people ---

    @remembered
    def registered(self, person: str) -> bool:
        return self.any("person registered", person=person)

    def works_for(self, person: str) -> str:
        last = self.last("person registered", "employment corrected", person=person)
        return last.works_for  # type: ignore[no-any-return]  # what was told has no types

    @remembered
    def suspended(self, person: str) -> bool:
        last = self.last("person suspended", "person reinstated", person=person)
        return last is not None and last.what == "person suspended"

    @remembered
    def roles(self, person: str) -> set[str]:
        """Return the roles held now: none while the person is suspended."""
        return set() if self.suspended(person) else self.granted(person)

    @remembered
    def granted(self, person: str) -> set[str]:
        held: set[str] = set()
        for each in self.all("role granted", "role ended", person=person):
            held = held | {each.role} if each.what == "role granted" else held - {each.role}
        return held

    @remembered
    def ever_held(self, person: str) -> set[str]:
        return {each.role for each in self.all("role granted", person=person)}

    def holders(self, role: str) -> set[str]:
        return {each.person for each in self.all("role granted", role=role) if role in self.roles(each.person)}

    @remembered
    def declared(self, person: str, apprentice: str) -> bool:
        return self.any("interest declared", person=person, apprentice=apprentice)

    @remembered
    def interested(self, person: str, apprentice: str) -> bool:
        """Tell whether a declared interest holds: until an officer confirms the correction that takes it back."""
        return any(each.interest != "none" for each in self._declared_since(person, apprentice))

    def _declared_since(self, person: str, apprentice: str) -> list[Any]:
        """Return what somebody declared since a correction of theirs was confirmed last."""
        since: list[Any] = []
        for each in self.all("interest declared", "correction confirmed", person=person, apprentice=apprentice):
            since = [*since, each] if each.what == "interest declared" else []
        return since

    def corrected(self, person: str, apprentice: str) -> bool:
        """Tell whether a declaration waits for confirmation: the last one says "none" after one that did not."""
        last = self.last("interest declared", person=person, apprentice=apprentice)
        return last is not None and last.interest == "none" and self.interested(person, apprentice)

    def competent(self, person: str, kind: str, criteria: str | None = None) -> bool:
        """Tell whether a competence is on record that was gained by today."""
        return any((held, on) == (kind, criteria) and day <= self.today for held, on, day in self.competences(person))

    def competences(self, person: str) -> list[tuple[str, str | None, date]]:
        """Return what somebody was trained for and from which day on, as it was put right."""
        found: list[tuple[str, str | None, date]] = []
        for each in self.all("competence recorded", "competence corrected", "competence taken back", person=person):
            named = (each.kind, each.criteria, each.since)
            if each.what == "competence recorded":
                found.append(named)
            elif each.what == "competence taken back":
                found = [one for one in found if one != named]
            else:
                right = (each.kind, each.criteria, each.right)
                found = [right if one == named else one for one in found]
        return found

    # --- programs ---

    def owner(self, program: str) -> str:
        """Return who owns a program, nobody if it is not registered."""
        last = self.last("program registered", "program handed over", program=program)
        return str(last.owner) if last else ""

    def credentials(self, program: str) -> set[str]:
        """Return the keys and secrets of a program that count: none from before another owner, or after its end."""
        counting: set[str] = set()
        for each in self.all(
            "program key added",
            "program secret added",
            "credential revoked",
            "program handed over",
            "program ended",
            program=program,
        ):
            if each.what in ("program handed over", "program ended"):
                counting = set()
            elif each.what == "credential revoked":
                counting = counting - {each.credential}
            else:
                counting = counting | {each.credential}
        return counting

    def program_suspended(self, program: str) -> bool:
        last = self.last("program suspended", "program reinstated", program=program)
        return last is not None and last.what == "program suspended"

    # --- enrolments ---

    @remembered
    def apprentice(self, enrolment: str) -> str:
        return str(self.one("enrolled", enrolment=enrolment).person)

    @remembered
    def route(self, enrolment: str, day: date | None = None) -> Any:
        """Return the choice of route and form that holds on a day: the one that began last, of the latest recorded."""
        day = day or self.today
        chosen = [*self.all("enrolled", "route changed", enrolment=enrolment)]
        held = [each for each in chosen if each.since <= day]
        return max(held, key=lambda each: (each.since, each.place)) if held else chosen[0]

    @remembered
    def ended(self, enrolment: str) -> Any:
        """Return how an enrolment ended, None if it goes on or that was taken back."""
        last = self.last("enrolment ended", "end taken back", enrolment=enrolment)
        return last if last is not None and last.what == "enrolment ended" else None

    @remembered
    def breaks(self, enrolment: str) -> list[tuple[date, date | None]]:
        """Return from when to when an enrolment was paused: no break that was resumed on its very day ever was."""
        found: list[tuple[date, date | None]] = []
        for each in self.all("enrolment paused", "enrolment resumed", enrolment=enrolment):
            found = (
                [*found, (each.since, None)]
                if each.what == "enrolment paused"
                else [*found[:-1], *([(found[-1][0], each.until)] if each.until > found[-1][0] else [])]
            )
        return found

    def paused(self, enrolment: str) -> bool:
        return not self.ended(enrolment) and any(
            since <= self.today and (until is None or self.today < until) for since, until in self.breaks(enrolment)
        )

    def first_day(self, enrolment: str) -> date:
        day: date = self.last("enrolled", "first day corrected", enrolment=enrolment).since
        return day

    def moves(self, enrolment: str) -> list[date]:
        return [each.since for each in self.all("employer changed", enrolment=enrolment)]

    def uln(self, enrolment: str) -> str:
        return str(self.last("enrolled", "number corrected", enrolment=enrolment).uln)

    def plan(self, enrolment: str) -> str:
        return str(self.one("enrolled", enrolment=enrolment).plan)

    def number_taken(self, uln: str, plan: str, but: str = "") -> bool:
        """Tell whether another enrolment on this plan that goes on has this learner number."""
        others = {each.enrolment for each in self.all("enrolled", plan=plan)} - {but}
        return any(self.uln(each) == uln and not self.ended(each) for each in others)

    def on_the_standard(self, person: str, plan: str) -> bool:
        return any(not self.ended(each.enrolment) for each in self.all("enrolled", person=person, plan=plan))

    def opened_days(self, enrolment: str) -> list[date]:
        """Return the days on which attempts were opened that nobody closed and no appeal ordered."""
        opened = [each for each in self.attempts(enrolment) if each.by != "the system"]
        return [each.day for each in opened if not self.any("attempt closed", attempt=each.attempt)]

    def takes_work(self, enrolment: str) -> bool:
        """Tell whether something new may be uploaded or written: always until the end, then for an open attempt."""
        return not self.ended(enrolment) or any(
            not self.any("attempt closed", attempt=each.attempt)
            and (not self.decided(each.attempt) or self.waiting(each.attempt))
            for each in self.attempts(enrolment)
        )

    @remembered
    def parts(self, enrolment: str) -> list[tuple[Any, date | None]]:
        """Return each assignment of an enrolment as it was put right, with the day it ends."""
        held: list[tuple[Any, date | None]] = []
        for each in self.all("assigned", *PUT_RIGHT, enrolment=enrolment):
            if each.what == "assigned":
                held.append((each, None))
            elif each.what == "released":
                held = [(part, each.ends if ends is None and same_part(part, each) else ends) for part, ends in held]
            else:
                held = all_put_right(held, each)
        return held

    def share(self, part: Any, other: Any) -> bool:
        """Tell whether two parts are for one and the same component; none named means all."""
        some = not part.components or not other.components
        return some or bool(self._methods(part) & self._methods(other))

    def open_part(self, enrolment: str, person: str, part: str) -> bool:
        return any(ends is None and (each.person, each.part) == (person, part) for each, ends in self.parts(enrolment))

    @remembered
    def assigned(self, enrolment: str, person: str, part: str, method: str | None = None) -> bool:
        """Tell whether a person has a part today, at the component of a method, and holds a role for it now."""
        return bool(ROLES_FOR[part] & self.roles(person)) and any(
            (each.person, each.part) == (person, part)
            and each.since <= self.today
            and (ends is None or self.today < ends)
            and (method is None or not each.components or method in self._methods(each))
            for each, ends in self.parts(enrolment)
        )

    def assures(self, enrolment: str, person: str, method: str) -> bool:
        """Tell whether a person assures the quality of the component of a method, today or later."""
        return any(
            (each.person, each.part) == (person, "internal quality assurer")
            and (ends is None or self.today < ends)
            and (not each.components or method in self._methods(each))
            for each, ends in self.parts(enrolment)
        )

    def _methods(self, part: Any) -> set[str]:
        """Return the methods of the components that a part was given for, by their keys on the form of that day."""
        return {self.one("component added", form=part.form, key=key).method for key in part.components}

    def ran(self, part: Any, ends: date | None) -> bool:
        """Tell whether a part was held on some day up to today."""
        waits = hasattr(part, "waits")  # it ties until an officer has confirmed that it never was
        return waits or (part.since <= self.today and (ends is None or part.since < ends))

    @remembered
    def ever_assigned(self, enrolment: str, person: str) -> set[str]:
        return {each.part for each, ends in self.parts(enrolment) if each.person == person and self.ran(each, ends)}

    @remembered
    def conflicted(self, person: str, apprentice: str) -> bool:
        """Whoever ever coached or employed the apprentice, on any enrolment, declared an interest, or is the person."""
        enrolments = [each.enrolment for each in self.all("enrolled", person=apprentice)]
        tied = any(self.ever_assigned(enrolment, person) & TIES for enrolment in enrolments)
        return tied or person == apprentice or self.interested(person, apprentice)

    @remembered
    def scrutiny_route(self, enrolment: str, person: str, form: str, key: str) -> Any:
        """Return the route by which somebody who coached assesses a component, as it was named last."""
        return self.last("scrutiny route recorded", enrolment=enrolment, assessor=person, form=form, key=key)

    @remembered
    def coached_at_the_centre(self, person: str, apprentice: str) -> bool:
        """Tell whether a centre's own assessor has no tie to the apprentice but having coached them."""
        roles = self.roles(person)
        assesses_there = self.works_for(person) == "centre" and "centre assessor" in roles and "assessor" not in roles
        return assesses_there and self.only_coached(person, apprentice)

    def only_coached(self, person: str, apprentice: str) -> bool:
        """Tell whether somebody has no tie to the apprentice but having coached them."""
        enrolments = [each.enrolment for each in self.all("enrolled", person=apprentice)]
        parts = {part for enrolment in enrolments for part in self.ever_assigned(enrolment, person)}
        declared = {each.interest for each in self._declared_since(person, apprentice)}
        return person != apprentice and not parts & {"employer"} and declared <= {"none", "coached"}

    def consent(self, enrolment: str, person: str, purpose: tuple[str, str]) -> str | None:
        """Return the apprentice's consent by which somebody may do this once: not taken back and not used."""
        moved = self.last("route changed", enrolment=enrolment)
        given = self.all("consent given", enrolment=enrolment, person=person, purpose=purpose)
        lasting = (each for each in given if purpose[0] == "appeal" or moved is None or each.place > moved.place)
        spent = ("consent taken back", "route changed", "appeal lodged")
        return next((each.consent for each in lasting if not self.any(*spent, consent=each.consent)), None)

    # --- evidence ---

    def item(self, item: str) -> Any:
        return self.one("version offered", "record written", item=item)

    @remembered
    def stage(self, item: str, version: int) -> str:
        stages = {
            "version offered": "offered",
            "record written": "accepted",
            "file sealed": "sealed",
            "submitted": "submitted",
            "returned": "returned",
            "accepted": "accepted",
            "replaced": "replaced",
            "withdrawn": "withdrawn",
            "discarded": "discarded",
        }
        last = self.last(*stages, item=item, version=version)
        return stages[last.what] if last else "none"

    def redactions(self, item: str, version: int) -> int:
        """Return how many redactions a version has had: the newest has this number."""
        return len([*self.all("redacted", item=item, version=version)])

    def hidden(self, item: str, version: int) -> Any:
        """Return the redaction that counts, None if nothing is hidden from anybody."""
        last = self.last("redacted", item=item, version=version)
        return last if last is not None and last.places else None

    @remembered
    def erasure(self, item: str, version: int) -> Any:
        """Return what was said last of erasing a file, None if nothing was that counts."""
        said = ("erasure approved", "erasure confirmed", "erasure dropped")
        last = self.last(*said, item=item, version=version)
        return None if last is None or last.what == "erasure dropped" else last

    def erased(self, item: str, version: int) -> bool:
        """Tell whether a file is gone for good: that is so in a moment, once a second person confirms it."""
        last = self.erasure(item, version)
        return last is not None and last.what == "erasure confirmed"

    def versions(self, item: str) -> list[int]:
        return [each.version for each in self.all("version offered", "record written", item=item)]

    @remembered
    def claims(self, item: str, version: int) -> set[str]:
        claimed: set[str] = set()
        if self.stage(item, version) in ("withdrawn", "discarded") or self.erased(item, version):
            return claimed  # whoever takes a version away claims nothing with it any more
        for each in self.all("claimed", "claim dropped", item=item, version=version):
            claimed = claimed | set(each.codes) if each.what == "claimed" else claimed - set(each.codes)
        return claimed

    # --- attempts ---

    @remembered
    def attempts(self, enrolment: str) -> list[Any]:
        return [*self.all("attempt opened", enrolment=enrolment)]

    @remembered
    def findings(self, attempt: str) -> dict[str, Any]:
        """Return the finding in force on each code: the latest."""
        return {each.code: each for each in self.all("found", attempt=attempt)}

    @remembered
    def decisions(self, attempt: str) -> list[Any]:
        return [*self.all("decided", attempt=attempt)]

    @remembered
    def standing(self, attempt: str) -> Any:
        """Return the decision that counts: neither superseded, set aside nor declined, and waiting for nobody."""
        last = self.last_in_force(attempt)
        waits = last is not None and last.second and not self.any("decision confirmed", decision=last.decision)
        return None if waits else last

    @remembered
    def last_in_force(self, attempt: str) -> Any:
        """Return the decision that was neither superseded, set aside nor declined, whether or not it waits."""
        ends = ("superseded", "set aside", "decision declined")
        return next((each for each in self.decisions(attempt) if not self.any(*ends, decision=each.decision)), None)

    @remembered
    def waiting(self, attempt: str) -> Any:
        last = self.last_in_force(attempt)
        return last if last is not None and last is not self.standing(attempt) else None

    @remembered
    def decided(self, attempt: str) -> bool:
        """Tell whether a decision was made that was not declined."""
        return any(not self.any("decision declined", decision=each.decision) for each in self.decisions(attempt))

    @remembered
    def took_part(self, attempt: str) -> set[str]:
        return {
            each.by for each in self.all("found", "decided", "decision confirmed", "decision declined", attempt=attempt)
        }

    # --- appeals ---

    @remembered
    def appeals(self, enrolment: str) -> list[Any]:
        return [*self.all("appeal lodged", enrolment=enrolment)]

    @remembered
    def status(self, appeal: str) -> str:
        last = self.last(*STATUS, appeal=appeal)
        return STATUS[last.what] if last else "none"

    @remembered
    def is_open(self, appeal: str) -> bool:
        """Tell whether a case goes on: until it has ended, and what follows from it is drawn or given up."""
        waits = self.last("consequence waits", "consequence settled", appeal=appeal)
        return self.status(appeal) not in ENDED or (waits is not None and waits.what == "consequence waits")

    @remembered
    def members(self, appeal: str) -> set[str]:
        """Return the panel as it is now."""
        members: set[str] = set()
        for each in self.all("panel convened", "member added", "member replaced", appeal=appeal):
            members = (members | set(each.members)) - {getattr(each, "instead_of", None)}
        return members

    def hearing(self, appeal: str) -> set[str]:
        """Return the members of the panel who did not step aside."""
        return self.members(appeal) - self.recused(appeal)

    def officers(self, appeal: str) -> set[str]:
        """Return the officers who admitted, refused, convened or changed the panel."""
        acts = ("appeal admitted", "appeal not admitted", "panel convened", "member added", "member replaced")
        return {each.by for each in self.all(*acts, appeal=appeal)}

    @remembered
    def recused(self, appeal: str) -> set[str]:
        return {each.by for each in self.all("member recused", appeal=appeal)}

    @remembered
    def open_case(self, attempt: str) -> Any:
        """Return an open appeal against a decision of this attempt."""
        return next((each for each in self.all("appeal lodged", attempt=attempt) if self.is_open(each.appeal)), None)

    def appellant(self, lodged: Any) -> str:
        """Return who acts as appellant: who lodged, while they coach and the consent stands, else the apprentice."""
        acts = self.assigned(lodged.enrolment, lodged.by, "coach")
        taken_back = self.any("consent taken back", consent=lodged.consent)
        return str(lodged.by) if acts and not taken_back else self.apprentice(lodged.enrolment)

    def cases_of(self, person: str) -> list[Any]:
        """Return the open cases that somebody is a party to."""
        return [
            each for each in self.all("appeal lodged") if self.is_open(each.appeal) and person in self.parties(each)
        ]

    def parties(self, lodged: Any) -> set[str]:
        """The apprentice, the appellant, the panel, the officers who acted, and whoever took part."""
        people = {self.appellant(lodged), lodged.by, self.apprentice(lodged.enrolment)}
        return people | self.officers(lodged.appeal) | set(lodged.took_part) | self.members(lodged.appeal)

    @remembered
    def lineage(self, enrolment: str) -> set[str]:
        """Everybody who found, decided, managed or coached here."""
        parts = {each.person for each, ends in self.parts(enrolment) if self.ran(each, ends)}
        judged = {person for attempt in self.attempts(enrolment) for person in self.took_part(attempt.attempt)}
        return parts | judged | {self.apprentice(enrolment)}

    def in_the_matter(self, lodged: Any) -> set[str]:
        """Everybody who had a part in what is appealed: then, since, or by setting a decision aside."""
        set_aside = {each.by for each in self.all("set aside") if each.enrolment == lodged.enrolment}
        return set(lodged.took_part) | self.lineage(lodged.enrolment) | set_aside
