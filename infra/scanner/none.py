"""No scanner: files are kept unseen, and their facts say so."""

from typing import IO

from portfolio.application.ports import NO_SCANNER, Scan


class NoScanner:
    """Finds nothing in anything; a live deployment has it only where its operator has said so."""

    def scan(self, stream: IO[bytes]) -> Scan:  # noqa: ARG002 - nobody reads it
        """See ``Scanner.scan``."""
        return Scan(signatures=NO_SCANNER)

    def check(self) -> str | None:
        """See ``Scanner.check``."""
        return None
