"""Appeals: lodged from a decision, followed, admitted, given to a panel, and what could not follow from them."""

from api.pages.appeals import (
    admitting,
    cases,
    convening,
    follow_ups,
    lodging,
    members,
    progress,
    withdrawing,
)

__all__ = ["admitting", "cases", "convening", "follow_ups", "lodging", "members", "progress", "withdrawing"]
