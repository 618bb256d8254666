"""What a deployment is not started with: each thing in a sentence that says the way out."""

from ipaddress import ip_address
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from infra.adapters import VAULT
from infra.errors import OperatorError
from infra.settings import Settings
from portfolio.application.ports import Vault

if TYPE_CHECKING:
    from infra.vault.s3 import S3Vault  # its library is an extra


class NotFit(OperatorError):
    """Evidence would travel, lie or be taken as it must not; the message says how to mend it."""


def refuse_unfit(settings: Settings, vault: Vault, *, live: bool) -> None:
    """Raise ``NotFit`` where evidence would travel in the clear, or lie where not all find it, abroad, or unversioned.

    Of a live deployment somebody must have said as well what looks for malware in it, if only that nothing does.
    """
    if live and travels_in_the_clear(settings.base_url):
        raise NotFit(
            f"People would send passwords and evidence in the clear to {settings.base_url}: put a proxy that ends TLS "
            "in front (docs/operations.md) and set PORTFOLIO_BASE_URL to its https address."
        )
    if live and (sentence := unfit_scanner(settings.scanner)):
        raise NotFit(sentence)
    if settings.vault is None:
        if sentence := unfit_folder(settings):
            raise NotFit(sentence)
        return
    bucket = cast("S3Vault", vault)
    if live and travels_in_the_clear(bucket.endpoint):
        raise NotFit(f"Evidence would travel in the clear to {bucket.endpoint}: name an https address of the storage.")
    if sentence := bucket.unfit():
        raise NotFit(sentence)


def unfit_folder(settings: Settings) -> str | None:
    """Return why files cannot lie in the folder of this machine, None if they can, or lie in a bucket."""
    if settings.vault is not None or settings.shared_vault or not settings.store.shared:
        return None
    return (
        "Facts lie in a database that any machine may serve, and files in a folder where another machine may not find "
        f"them: set PORTFOLIO_SHARED_VAULT to yes if every machine that serves has the same folder {VAULT} in its "
        f"{settings.folder}, or if only this one does, or keep files in a bucket (PORTFOLIO_VAULT)."
    )


def unfit_scanner(scanner: str) -> str | None:
    """Return why a live deployment cannot be served with this scanner, None if it can."""
    if not scanner:
        return (
            "Nobody has said what looks for malware in uploaded files: set PORTFOLIO_SCANNER to ClamAV's socket, such "
            "as clamd:/run/clamav/clamd.ctl, or to none if you answer for it that nothing does."
        )
    address = scanner.removeprefix("clamd:")
    if address != scanner and not address.startswith("/") and travels_in_the_clear(f"http://{address}"):
        return (
            f"Evidence would travel in the clear to {address}: run clamd on this machine, or let a tunnel with TLS "
            "listen here, and set PORTFOLIO_SCANNER to that."
        )
    return None


def travels_in_the_clear(address: str) -> bool:
    """Tell whether what is sent to this address leaves the machine without TLS."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    try:
        here = ip_address(host).is_loopback
    except ValueError:
        here = host == "localhost" or host.endswith(".localhost")
    return parts.scheme == "http" and not here
