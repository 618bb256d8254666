"""A vault and providers that no request asks which others wait for: whoever may wait long has a lane of its own."""

from typing import Any

from flask import has_request_context, request

from infra.server.lanes import Lane, lane_of
from infra.vault.folder import FolderVault
from portfolio.application.providers import NoProviders

OF_FILES = {"offer", "held", "complete", "take", "seal", "read", "blocks", "discard", "erase", "digest"}
"""What takes as long as the disk, the bucket or the scanner does."""
OF_PROVIDERS = {"begin", "finish", "leave", "ended"}
"""What takes as long as a provider does."""


class ApartVault(FolderVault):
    """Is asked in its own lane alone."""

    def __getattribute__(self, name: str) -> Any:
        if name in OF_FILES:
            require(Lane.VAULT, name)
        return super().__getattribute__(name)


class ApartProviders(NoProviders):
    """Are asked in their own lane alone."""

    def __getattribute__(self, name: str) -> Any:
        if name in OF_PROVIDERS:
            require(Lane.PROVIDERS, name)
        return super().__getattribute__(name)


def require(lane: Lane, name: str) -> None:
    """Fail where the request that is under way, if one is, has another lane."""
    if has_request_context():
        head = f"{request.method} {request.full_path} HTTP/1.1\r\n\r\n"
        assert lane_of(bytearray(head.encode())) is lane, f"{name} is asked by {request.method} {request.path}"
