"""The setting that names other sites whose pages may ask the API from a browser (CORS)."""

import re
from collections.abc import Mapping

CORS: Mapping[str, str] = {"PORTFOLIO_CORS_ORIGINS": ""}  # none
NAME = next(iter(CORS))

HOST = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
ORIGIN = re.compile(rf"https://{HOST}(?:\.{HOST})*(?::[1-9][0-9]{{0,4}})?", re.ASCII)
LOCAL = re.compile(r"http://(?:localhost|127\.0\.0\.1|\[::1\])(?::[1-9][0-9]{0,4})?", re.ASCII)
"""A page on the developer's own machine: what it is sent goes over no network."""


def origins_of(text: str) -> frozenset[str]:
    """Return the origins that the setting lists."""
    return frozenset(text.split())


def faults_of_origins(text: str) -> list[str]:
    """Return a sentence for each part of the setting that no browser would send as an origin, or that is not safe."""
    return [
        f"{NAME} ({part}) is not the origin of one site as browsers send it: give https://learning.example or "
        "https://learning.example:8443, in small letters, without a path, a slash at its end, a * or the port 443."
        for part in sorted(origins_of(text))
        if not is_origin(part)
    ]


def is_origin(text: str) -> bool:
    """Tell whether this is written as a browser writes the origin of a page by https, or of one on this machine."""
    if not (ORIGIN.fullmatch(text) or LOCAL.fullmatch(text)):
        return False
    scheme, _, place = text.partition("://")
    _, colon, port = place.rpartition(":") if not place.endswith("]") else ("", "", "")
    return not colon or (int(port) <= 65_535 and port != {"https": "443", "http": "80"}[scheme])
