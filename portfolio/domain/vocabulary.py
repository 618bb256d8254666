"""Words that several aggregates share, and those for who somebody is, which stand nowhere else."""

from typing import Final, Literal
from uuid import UUID

ADMINISTRATOR: Final = "administrator"
APPRENTICE: Final = "apprentice"
COACH: Final = "coach"
EMPLOYER: Final = "employer"
ASSESSOR: Final = "assessor"
CENTRE_ASSESSOR: Final = "centre assessor"
INTERNAL_QUALITY_ASSURER: Final = "internal quality assurer"
EXTERNAL_QUALITY_ASSURER: Final = "external quality assurer"
LEAD_ASSESSOR: Final = "lead assessor"
RESULTS_OFFICER: Final = "results officer"
RESPONSIBLE_OFFICER: Final = "responsible officer"
APPEALS_OFFICER: Final = "appeals officer"
PANEL_MEMBER: Final = "panel member"

Role = Literal[
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
]
"""A role a person holds in the organisation, from recorded facts."""

Assignment = Literal["coach", "employer", "assessor", "internal quality assurer"]
"""What a person can be to one enrolment, from a start to an end."""

THE_SYSTEM: Final = "the system"
REGISTERED_PERSON: Final = "registered person"
SUSPENDED: Final = "suspended"
THE_PERSON: Final = "the person"
THE_APPRENTICE: Final = "the apprentice"
ASSIGNED_COACH: Final = "assigned coach"
ASSIGNED_EMPLOYER: Final = "assigned employer"
ASSIGNED_ASSESSOR: Final = "assigned assessor"
ASSIGNED_QUALITY_ASSURER: Final = "assigned internal quality assurer"
APPELLANT: Final = "appellant"
MEMBER_OF_THE_PANEL: Final = "member of the panel"
TOOK_PART: Final = "took part"
PANEL_MEMBER_HERE: Final = "panel member of an appeal here"
SECOND_PERSON: Final = "second person of a scrutiny route"
ANSWERED_AS_SECOND: Final = "second person who answered here"
ACTS_FOR_THE_APPRENTICE: Final = "acts for the apprentice in an appeal"
HAD_A_PART: Final = "had a part here"
PERHAPS_ASSIGNED: Final = "perhaps assigned here"
THE_OWNER: Final = "the owner"

Relation = Literal[
    "the system",
    "registered person",
    "suspended",
    "the person",
    "the apprentice",
    "assigned coach",
    "assigned employer",
    "assigned assessor",
    "assigned internal quality assurer",
    "appellant",
    "member of the panel",
    "took part",
    "panel member of an appeal here",
    "second person of a scrutiny route",
    "second person who answered here",
    "acts for the apprentice in an appeal",
    "had a part here",
    "perhaps assigned here",
    "the owner",
]
"""What somebody is to a record, from recorded facts."""

TIES: Final[frozenset[Assignment]] = frozenset({COACH, EMPLOYER})
"""Assignments that make a person no independent assessor of this apprentice, for ever (INTEREST-3)."""

ASSIGNED: Final[dict[Assignment, Relation]] = {
    COACH: ASSIGNED_COACH,
    EMPLOYER: ASSIGNED_EMPLOYER,
    ASSESSOR: ASSIGNED_ASSESSOR,
    INTERNAL_QUALITY_ASSURER: ASSIGNED_QUALITY_ASSURER,
}
"""What a person with this part is to the enrolment."""

Word = Role | Relation
"""A word of the permission table: the type checker knows them all, so none can be misspelt."""

ASSESSING: Final[frozenset[Role]] = frozenset({ASSESSOR, CENTRE_ASSESSOR, LEAD_ASSESSOR})
"""Roles of people who are able to judge an apprentice's work."""

NEEDS_ROLE: Final[dict[str, frozenset[Role]]] = {
    ASSIGNED_COACH: frozenset({COACH}),
    ASSIGNED_EMPLOYER: frozenset({EMPLOYER}),
    ASSIGNED_ASSESSOR: frozenset({ASSESSOR, CENTRE_ASSESSOR}),
    ASSIGNED_QUALITY_ASSURER: frozenset({INTERNAL_QUALITY_ASSURER}),
    MEMBER_OF_THE_PANEL: frozenset({PANEL_MEMBER}),
    PANEL_MEMBER_HERE: frozenset({PANEL_MEMBER}),
    SECOND_PERSON: ASSESSING,
    ANSWERED_AS_SECOND: ASSESSING,
}
"""Roles of which a person must hold one, at the moment, for what they are to a record to count (PERSON-1)."""

STAYS_WHEN_SUSPENDED: Final[frozenset[str]] = frozenset(
    {SUSPENDED, REGISTERED_PERSON, THE_PERSON, THE_APPRENTICE, APPELLANT}
)
"""What somebody is even while suspended: enough for apprentices to read their enrolment and to appeal (PERSON-3)."""

WorksFor = Literal["assessment organisation", "centre", "employer", "none of these"]
"""Where a person's loyalty lies, as registered: the panel rule asks it."""

Mode = Literal["live", "demo"]
"""Fixed when the deployment is created: a demo deployment may rest on draft plans and says so on everything."""

MarkerKind = Literal["assessment organisation", "centre"]
Scrutiny = Literal["none", "sampling", "moderation"]
EvidenceKind = Literal["work product", "witness testimony", "observation record", "professional discussion record"]

SYSTEM = UUID(int=1)
"""The actor of reactions and of ``portfolio init``: no person can hold a token for it."""
