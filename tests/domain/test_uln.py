"""The unique learner number (ENROLMENT-2, section 7)."""

import pytest

from portfolio.domain.uln import uln_is_valid


def test_the_published_example_is_valid() -> None:
    assert uln_is_valid("9276308686")


@pytest.mark.parametrize(
    "uln",
    [
        "9999999999",  # the placeholder
        "1000108001",  # the certificate sandbox
        "9276308687",  # another check digit
        "9276308668",  # two digits changed places
        "0276308686",  # begins with 0
        "927630868",
        "92763086860",
        "92763O8686",  # a letter O
        "９２７６３０８６８６",  # digits, but not ours
        " 9276308686",
        "9276 308686",
        "",
    ],
)
def test_anything_else_is_not(uln: str) -> None:
    assert not uln_is_valid(uln)


def test_a_number_that_begins_with_nought_is_not_valid_even_with_a_right_sum() -> None:
    assert not uln_is_valid("0123456788")


def test_where_the_remainder_is_nought_no_check_digit_is_valid() -> None:
    assert not any(uln_is_valid(f"100000006{digit}") for digit in range(10))
