"""An appeal as the handler sees it. A panel hears a challenge to what was decided; it changes no grade."""

from portfolio.domain.appeal.admitting import (
    admit_appeal,
    admit_on_second_look,
    ask_second_look,
    refuse_appeal,
    refuse_on_second_look,
)
from portfolio.domain.appeal.consequences import close_consequence, note_consequence, note_refused_consequence
from portfolio.domain.appeal.deciding import confirm_outcome, dissent_from_outcome, propose_outcome
from portfolio.domain.appeal.fold import evolve
from portfolio.domain.appeal.lodging import lodge_appeal
from portfolio.domain.appeal.panel import add_member, convene_panel, recuse_member, replace_member
from portfolio.domain.appeal.state import Appeal
from portfolio.domain.appeal.withdrawing import withdraw_appeal, withdraw_on_paper
from portfolio.domain.kernel import Aggregate

APPEAL = Aggregate(
    "appeal_id",
    Appeal(),
    (
        lodge_appeal,
        admit_appeal,
        refuse_appeal,
        ask_second_look,
        admit_on_second_look,
        refuse_on_second_look,
        convene_panel,
        add_member,
        recuse_member,
        replace_member,
        propose_outcome,
        confirm_outcome,
        dissent_from_outcome,
        withdraw_appeal,
        withdraw_on_paper,
        note_consequence,
        note_refused_consequence,
        close_consequence,
    ),
    evolve,
)
