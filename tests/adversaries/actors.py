"""Who tries: the cast, and what kinds of actor each of them is to an enrolment at a moment."""

from tests.adversaries.story import Story

ROLES = (
    "administrator",
    "apprentice",
    "coach",
    "employer",
    "assessor",
    "centre assessor",
    "internal quality assurer",
    "external quality assurer",
    "lead assessor",
    "results officer",
    "responsible officer",
    "appeals officer",
    "panel member",
)

ORGANISATION, CENTRE, OUTSIDE = "assessment organisation", "centre", "none of these"

CAST: dict[str, tuple[str, tuple[str, ...]]] = {
    "ada": (ORGANISATION, ("administrator",)),
    "lea": (ORGANISATION, ("lead assessor",)),
    "rosa": (ORGANISATION, ("responsible officer",)),
    "ruth": (ORGANISATION, ("responsible officer",)),
    "rex": (ORGANISATION, ("results officer",)),
    "otto": (ORGANISATION, ("appeals officer",)),
    "olga": (ORGANISATION, ("appeals officer",)),
    "mia": ("employer", ("apprentice",)),
    "noah": ("employer", ("apprentice",)),
    "carl": (CENTRE, ("coach",)),
    "cora": (CENTRE, ("coach", "assessor")),
    "emil": ("employer", ("employer",)),
    "ann": (ORGANISATION, ("assessor",)),
    "ben": (ORGANISATION, ("assessor",)),
    "cleo": (ORGANISATION, ("assessor",)),
    "cyd": (CENTRE, ("coach", "centre assessor")),
    "sid": (ORGANISATION, ("assessor",)),
    "zoe": (CENTRE, ("centre assessor",)),
    "iris": (ORGANISATION, ("internal quality assurer",)),
    "ezra": (ORGANISATION, ("external quality assurer",)),
    "pam": (OUTSIDE, ("panel member",)),
    "paul": (ORGANISATION, ("panel member",)),
    "pia": (OUTSIDE, ("panel member",)),
    "saul": (OUTSIDE, ()),
    "una": (ORGANISATION, ("assessor", "internal quality assurer", "lead assessor")),
}
"""Everybody's loyalty and roles on the first day; ``admin`` was there before."""

PARTS = {
    "coach": "the assigned coach",
    "employer": "the assigned employer",
    "assessor": "the assigned assessor",
    "internal quality assurer": "the assigned quality assurer",
}

JUDGES = {"assessor", "centre assessor", "internal quality assurer", "lead assessor", "panel member", "appeals officer"}

KINDS = (
    *ROLES,
    "the apprentice",
    *PARTS.values(),
    "formerly assigned",
    "appellant",
    "member of the panel",
    "took part",
    "second person",
    "conflicted",
    "undeclared",
    "suspended",
    "stranger",
)


def kinds(story: Story, person: str, enrolment: str) -> set[str]:
    """Return every kind of actor that a person is: by role, by relation to the enrolment, and by what bars them."""
    apprentice = story.apprentice(enrolment)
    roles = story.granted(person)
    found: set[str] = set(roles)
    if not roles:
        found.add("stranger")
    if person == apprentice:
        found.add("the apprentice")
    held = {part for part in PARTS if story.assigned(enrolment, person, part)}
    found |= {PARTS[part] for part in held}
    if story.ever_assigned(enrolment, person) - held:
        found.add("formerly assigned")
    for appeal in story.appeals(enrolment):
        if story.appellant(appeal) == person:
            found.add("appellant")
        if person in story.members(appeal.appeal):
            found.add("member of the panel")
    if any(each.second == person for each in story.all("scrutiny route recorded", enrolment=enrolment)):
        found.add("second person")
    if any(person in story.took_part(each.attempt) for each in story.attempts(enrolment)):
        found.add("took part")
    if roles & JUDGES and person != apprentice:
        if story.conflicted(person, apprentice):
            found.add("conflicted")
        if not story.declared(person, apprentice):
            found.add("undeclared")
    if story.suspended(person):
        found.add("suspended")
    return found
