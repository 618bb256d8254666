"""Carrying out: a file is checked whole against the record, then its lines are given as commands, each of them once."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID, uuid5

from portfolio.application.handler import FINAL, CommandHandler, follow_nothing
from portfolio.application.imports.lines import Line, lines
from portfolio.application.imports.rehearsal import Rehearsal
from portfolio.application.imports.sheet import Sheet
from portfolio.application.ports import Busy, Idempotency, StorageFull
from portfolio.application.read_session import ReadSession
from portfolio.application.state_cache import StateCache
from portfolio.domain.imports import IMPORT, BeginImport, Import, LineFault, NoteLines
from portfolio.domain.kernel import Command, Rejected, RuleBroken, Unreadable, Value

BATCH_SIZE = 100
"""Lines after which the record says how far an import has come."""

FINGERPRINT = b"import"
"""Which of the file's lines a key is for, the key says; which file it is, the import's own record."""

UNAVAILABLE = (Busy, StorageFull)
"""What is not the fault of a line."""


class Fault(Value):
    """A line that is not carried out, and the sentence that says why."""

    fault: LineFault
    sentence: str

    def in_words(self) -> str:
        """Return line, column and sentence."""
        return f"line {self.fault.line}, {self.fault.column}: {self.sentence}"


class LinesFaulty(RuleBroken, rule="IMPORT-1"):
    """Lines of this file cannot be carried out, so nothing was recorded: mend them, or leave them out."""


class LineUnknown(Unreadable, rule="IMPORT-1"):
    """A line that was to be left out is none of this file: the header is line 1, and empty lines are none."""


def stream_of(import_id: UUID) -> UUID:
    """Return the stream of an import: people choose its id, which may be that of any record."""
    return uuid5(import_id, "import")


@dataclass(frozen=True)
class Imports:
    """Checks files and carries them out."""

    handler: CommandHandler

    def record_of(self, import_id: UUID) -> Import:
        """Return what the record says of an import."""
        return ReadSession(self.handler.journal).state(IMPORT, stream_of(import_id))

    def check(self, file: bytes, import_id: UUID, by: UUID, left_out: Collection[int] = ()) -> Iterator[Fault]:
        """Yield every fault of every line, as the record is now; nothing is recorded.

        Each line rests on those above it but the faulty ones and those ``left_out``.
        """
        sheet = Sheet(file)
        if unknown := sorted({*left_out} - {number for number, _ in sheet.rows()}):
            raise LineUnknown(f"There is no line {unknown[0]}.", lines=map(str, unknown))
        handler = replace(
            self.handler, journal=Rehearsal(self.handler.journal), cache=StateCache(), follow=follow_nothing
        )
        for line in lines(sheet, import_id):
            if line.number not in left_out:
                yield from faults_of(line, lambda _, command: handler.execute(command, by))

    def carry_out(
        self,
        file: bytes,
        import_id: UUID,
        by: UUID,
        *,
        left_out: Collection[int] = (),
        faulty: bool = False,
        noted: Callable[[int, int], object] = lambda *_: None,
    ) -> Import:
        """Record what the lines ask for, but those ``left_out``, and the ``faulty`` ones if they may be left out too.

        An import that has begun goes on where it is: what is on record stays as it is, and what was refused meanwhile
        is tried again. Raises ``LinesFaulty``, or what the file as a whole is refused for, and records nothing then.
        ``noted`` is told, now and then, up to which line of which it has come.
        """
        self.begin(file, import_id, by, left_out=left_out, faulty=faulty)
        return self.go_on(file, import_id, by, noted=noted)

    def begin(
        self, file: bytes, import_id: UUID, by: UUID, *, left_out: Collection[int] = (), faulty: bool = False
    ) -> None:
        """Check a file and record that its lines are being carried out; refuse as ``carry_out`` does."""
        chosen = () if self.record_of(import_id).begun() else self._chosen(file, import_id, by, left_out, faulty)
        digest = self.handler.journal.keyed("import", import_id.bytes + file)
        begin = BeginImport(
            import_id=stream_of(import_id), digest=digest, last_line=Sheet(file).last_line, left_out=chosen
        )
        self.handler.execute(begin, by)

    def go_on(
        self, file: bytes, import_id: UUID, by: UUID, *, noted: Callable[[int, int], object] = lambda *_: None
    ) -> Import:
        """Record what the lines ask for that are still to be tried, of an import that has begun with this file."""
        sheet, stream = Sheet(file), stream_of(import_id)
        waiting = self.record_of(import_id).waiting(range(1, sheet.last_line + 1))
        first, tried, refused = 0, 0, list[LineFault]()
        for line in lines(sheet, import_id):
            if line.number not in waiting:
                continue
            first, tried = first or line.number, tried + 1
            refused += [each.fault for each in faults_of(line, partial(self._once, import_id, line.number, by))]
            if tried == BATCH_SIZE:
                self._note(stream, by, first, line.number, refused)
                noted(line.number, sheet.last_line)
                first, tried, refused = 0, 0, []
        self._note(stream, by, first or sheet.last_line, sheet.last_line, refused)
        return self.record_of(import_id)

    def _chosen(
        self, file: bytes, import_id: UUID, by: UUID, left_out: Collection[int], faulty: bool
    ) -> tuple[LineFault, ...]:
        """Return the lines to leave out; raise ``LinesFaulty`` if others cannot be carried out."""
        faults = [*self.check(file, import_id, by, left_out)]
        if faults and not faulty:
            more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
            detail = f"{LinesFaulty.title()} {faults[0].in_words()}{more}"
            raise LinesFaulty(detail, lines=[fault.in_words() for fault in faults])
        listed = [*(fault.fault for fault in faults), *(LineFault(line=number) for number in {*left_out})]
        return tuple(sorted(listed, key=lambda fault: fault.line))

    def _once(self, import_id: UUID, line: int, by: UUID, step: int, command: Command) -> None:
        """Give a command of a line once, whoever gave it before."""
        key = str(uuid5(import_id, f"line {line}, {step}"))
        try:
            self.handler.execute(command, by, idempotency=Idempotency(key=key, fingerprint=FINGERPRINT))
        except FINAL:
            raise
        except Rejected:
            others = {entry.by for entry in self.handler.journal.read(stream_of(import_id))} - {by}
            if not any(self.handler.journal.answered(other, key, FINGERPRINT) for other in others):
                raise

    def _note(self, stream: UUID, by: UUID, first: int, last: int, refused: list[LineFault]) -> None:
        self.handler.execute(NoteLines(import_id=stream, first=first, last=last, refused=tuple(refused)), by)


def faults_of(line: Line, give: Callable[[int, Command], object]) -> list[Fault]:
    """Give the commands of a line; return each cell that cannot be read, else what the rules refuse first, if any."""
    if line.unreadable:
        return [
            Fault(fault=line.fault(refusal, column), sentence=str(refusal))
            for column, refusal in line.unreadable.items()
        ]
    try:
        for step, command in enumerate(line.commands()):
            give(step, command)
    except UNAVAILABLE:
        raise
    except Rejected as refusal:
        return [Fault(fault=line.fault(refusal), sentence=str(refusal))]
    return []
