"""Who may say whom accounts at providers sign in: rows of the one table in ``permissions.py``."""

from portfolio.domain import identity
from portfolio.domain.kernel import Command
from portfolio.domain.rows import Rule, any_of
from portfolio.domain.vocabulary import ADMINISTRATOR, THE_SYSTEM

OF_IDENTITY: dict[type[Command], Rule] = {
    identity.LinkIdentity: any_of(THE_SYSTEM),
    identity.UnlinkIdentity: any_of(ADMINISTRATOR),
    identity.AcceptIdentity: any_of(ADMINISTRATOR),
}
"""An account is linked as it signs somebody in for the first time; whatever else becomes of it, people decide."""
