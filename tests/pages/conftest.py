"""The service on real stores, told a story as far as a test needs it, and visited with a browser's session."""

from tests.api.conftest import stages, tell

__all__ = ["stages", "tell"]
