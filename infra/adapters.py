"""Opens what the settings name: where files lie, what looks for malware in them, and what takes mails."""

from infra.mail.smtp import Smtp
from infra.scanner.clamd import Clamd
from infra.scanner.none import NoScanner
from infra.settings import SERVERS_LOCK, Settings, SettingsFaulty
from infra.vault.folder import FolderVault
from portfolio.application.ports import Clock, Scanner, Vault

VAULT = "vault"
"""The folder of files, in that of the deployment."""


def open_vault(settings: Settings, upload_key: bytes, now: Clock) -> Vault:
    """Return where files lie: in the folder, or in the bucket that the settings name."""
    if settings.vault is None:
        return FolderVault(
            settings.folder / VAULT, upload_key, settings.base_url, now, reserve_bytes=settings.reserve_mb * 1_000_000
        )
    try:
        from infra.vault.s3 import S3Vault
        from infra.vault.s3_client import connect
    except ModuleNotFoundError as error:
        needed = f"PORTFOLIO_VAULT needs the driver of S3: {SERVERS_LOCK}, or leave files in the folder."
        raise SettingsFaulty([needed]) from error
    return S3Vault(connect(), settings.vault.name, settings.vault.prefix)


def open_scanner(settings: Settings, now: Clock) -> Scanner:
    """Return what looks for malware in uploaded files: the scanner that the settings name, or none."""
    kind, _, address = settings.scanner.partition(":")
    return Clamd(address, now) if kind == "clamd" else NoScanner()


def open_mailer(settings: Settings) -> Smtp | None:
    """Return what hands mails to the server that the settings name, None where they name none."""
    return None if settings.mail is None else Smtp(settings.mail, settings.name, settings.base_url)
