"""Settings of signing in: how long sessions last, and how long the security log is kept."""

from collections.abc import Mapping

MOST = {
    "PORTFOLIO_IDLE_MINUTES": ("minutes", 720),
    "PORTFOLIO_SESSION_HOURS": ("hours", 24),
    "PORTFOLIO_SECURITY_LOG_DAYS": ("days", 3660),
}
"""How much each setting may be, from 1 on."""


def faults_of_sign_in(value: Mapping[str, str]) -> list[str]:
    """Return a sentence for each of these settings that cannot be used."""
    return [
        f"{name} ({value[name]}) is not a number of {unit}: give one from 1 to {most}."
        for name, (unit, most) in MOST.items()
        if not (value[name].isascii() and value[name].isdigit() and 1 <= int(value[name][:6]) <= most)
    ]
