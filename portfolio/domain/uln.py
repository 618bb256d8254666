"""The unique learner number and its check digit."""


def uln_is_valid(uln: str) -> bool:
    """Return whether the text is ten digits, the first not 0, whose weighted sum (10, 9 … 1) leaves 10 modulo 11."""
    if len(uln) != 10 or not (uln.isascii() and uln.isdigit()) or uln[0] == "0":
        return False
    return sum(int(digit) * weight for digit, weight in zip(uln, range(10, 0, -1), strict=True)) % 11 == 10
