"""Notices: how a person wants to be told by mail of what concerns them; on their own page they are told all of it."""

from typing import Literal
from uuid import UUID

from portfolio.domain.kernel import Command, Fact

Mails = Literal["at once", "daily", "none"]
"""How often a person is told by mail: as things happen, once a day together, or never."""

DEFAULT_MAILS: Mails = "daily"
"""How often whoever has not chosen is told by mail."""


class ChooseNotices(Command):
    """Choose how often one is told by mail of what concerns one."""

    person_id: UUID
    mails: Mails


class NoticesChosen(Fact, tag="person.notices-chosen"):
    """The person wants to be told by mail this often from here on."""

    mails: Mails
