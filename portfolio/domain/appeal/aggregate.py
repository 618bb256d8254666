"""An appeal as the handler sees it. A panel hears a challenge to what was decided; it changes no grade."""

from portfolio.domain.appeal.admitting import admit_appeal, refuse_appeal
from portfolio.domain.appeal.lodging import lodge_appeal
from portfolio.domain.appeal.outcome import decide_appeal
from portfolio.domain.appeal.panel import convene_panel
from portfolio.domain.appeal.state import Appeal, evolve
from portfolio.domain.appeal.withdrawing import withdraw_appeal
from portfolio.domain.kernel import Aggregate

APPEAL = Aggregate(
    "appeal_id",
    Appeal(),
    (lodge_appeal, admit_appeal, refuse_appeal, convene_panel, decide_appeal, withdraw_appeal),
    evolve,
)
