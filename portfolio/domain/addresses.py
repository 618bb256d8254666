"""E-mail addresses: which texts are one."""

import re

LONGEST = 254
"""Characters of an address that mail servers deliver to (RFC 5321, 4.5.3.1)."""

ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@){ATOM}(?:\.{ATOM})*@(?:{LABEL}\.)+{LABEL}")
"""Letters without accents, figures and signs, as mail servers everywhere take them, and a dot in the domain.

What only looks like one of these letters stands in no address, so no two of them differ by a letter's script."""


def is_address(text: str) -> bool:
    """Tell whether a text is one e-mail address and nothing else."""
    return len(text) <= LONGEST and ADDRESS.fullmatch(text) is not None
