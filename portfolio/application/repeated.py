"""A request that is sent again with its idempotency key, which was carried out before."""

from portfolio.application.ports import Receipt


class AlreadyAnswered(Exception):
    """It was answered with this receipt, and nothing was written now: what was recorded are not the facts of today."""

    def __init__(self, receipt: Receipt) -> None:
        super().__init__()
        self.receipt = receipt
