"""Why a file is not taken, as a parser says it."""


class Refused(Exception):
    """The file is not taken; ``code`` says by which of the gate's refusals."""

    code = "unreadable"


class NotAllowed(Refused):
    """The file is of a kind that is not taken: the word for it in the table of those, or what it looks like."""

    code = "not allowed"
