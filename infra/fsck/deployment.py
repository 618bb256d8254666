"""A whole deployment: facts, index rows, views and files against each other. It may run beside a server."""

from collections.abc import Iterator

from infra.fsck import facts, files, views
from infra.fsck.files import Progress
from infra.main import Record
from portfolio.application.indexes import index_rows


def differences(record: Record, progress: Progress = lambda _done, _of: None) -> Iterator[str]:
    """Yield one sentence for each thing that is not as the facts have it."""
    yield from facts.differences(record.journal, index_rows)
    yield from views.differences(record.settings.store, record.journal)
    yield from files.differences(record.journal, record.vault, progress)
