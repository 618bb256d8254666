"""Words that several aggregates share."""

from typing import Literal
from uuid import UUID

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

WorksFor = Literal["assessment organisation", "centre", "employer", "none of these"]
"""Where a person's loyalty lies, as registered: the panel rule asks it."""

Mode = Literal["live", "demo"]
"""Fixed when the deployment is created: a demo deployment may rest on draft plans and says so on everything."""

MarkerKind = Literal["assessment organisation", "centre"]
Scrutiny = Literal["none", "sampling", "moderation"]
EvidenceKind = Literal["work product", "witness testimony", "observation record", "professional discussion record"]

SYSTEM = UUID(int=1)
"""The actor of reactions and of ``portfolio init``: no person can hold a token for it."""
