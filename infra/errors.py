"""Failures that an operator can mend."""


class OperatorError(Exception):
    """Something is not as it must be; the message is the sentence an operator reads."""
