"""Why a store of facts cannot be opened: each one sentence for the operator."""

from pathlib import Path

from infra.errors import NOT_OURS, OperatorError, hindrance, way_out


class CannotOpen(OperatorError):
    """The store of facts cannot be opened."""


class NotAStore(CannotOpen):
    """The file is something else."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"{path} is not a store of facts ({why}): check the folder, or restore the file from a backup."
        )


class NothingThere(CannotOpen):
    """The file is empty: nothing was ever made in it, or all of it was taken away."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is empty: restore it from a backup.")


class NewerFormat(CannotOpen):
    """A newer release wrote the file or database."""

    def __init__(self, path: Path | str, stored_format: int, known_format: int) -> None:
        super().__init__(
            f"{path} has format {stored_format}, this release reads up to format {known_format}: "
            "install a newer release."
        )


class NotReachable(CannotOpen):
    """The file cannot be opened or created."""

    def __init__(self, path: Path, why: str) -> None:
        way = "check that its folder exists and that this user may write in it"
        if seen := hindrance(path):
            why, way = seen, way_out(seen, "move it away, and put back the file, from a backup if it is gone")
        super().__init__(f"{path} cannot be opened ({why}): {way}.")


class InUse(CannotOpen):
    """Another process holds the file."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is locked by another program: end that program or try again in a moment.")


class NoAnswer(CannotOpen):
    """The database server cannot be used."""

    def __init__(self, database: str, why: str) -> None:
        super().__init__(
            f"The database {database} cannot be used ({why}): check PORTFOLIO_DATABASE_URL, and that its server runs."
        )


class AddressFaulty(CannotOpen):
    """The address of the database cannot be read. It may hold a password, so nothing of it is shown."""

    def __init__(self) -> None:
        super().__init__(
            "PORTFOLIO_DATABASE_URL is no address that PostgreSQL understands: check its parameters, "
            "and that signs such as % and @ in a password are written %25 and %40."
        )


class NotMigrated(CannotOpen):
    """The database lacks the tables of this release."""

    def __init__(self, database: str) -> None:
        super().__init__(f"The database {database} is not prepared for this release: run `portfolio migrate` first.")


class NotLetIn(CannotOpen):
    """The role of the service lacks its rights."""

    def __init__(self, database: str) -> None:
        super().__init__(
            f"The role of the service may not use the database {database}: "
            "let it in with `portfolio migrate --role ROLE`, run as the owner."
        )


class TooOldServer(CannotOpen):
    """The database server lacks what we use."""

    def __init__(self, database: str, release: int, oldest: int) -> None:
        super().__init__(
            f"The database {database} runs on PostgreSQL {release}, this release needs {oldest} or newer: "
            "upgrade the server."
        )


class TextMangled(CannotOpen):
    """The database does not know every letter."""

    def __init__(self, database: str, encoding: str) -> None:
        super().__init__(
            f"The database {database} stores text as {encoding}, which does not know every letter of a name: make one "
            "that stores UTF8 (`createdb -E UTF8 -T template0`), and prepare it with `portfolio migrate`."
        )


class WrongIsolation(CannotOpen):
    """Facts cannot be appended at this level."""

    def __init__(self, database: str, isolation: str) -> None:
        super().__init__(
            f"The database {database} works at the isolation level {isolation}, at which nobody sees what others have "
            "just appended: take default_transaction_isolation out of the address, or reset it with ALTER ROLE or "
            "ALTER DATABASE; it must be read committed."
        )


class TakesNoWrites(CannotOpen):
    """Nothing can be written through this address."""

    def __init__(self, database: str, *, standby: bool) -> None:
        super().__init__(
            f"The database {database} takes no writes, "
            + (
                "since its server is a standby: name the one that it follows, or both in one address."
                if standby
                else "since this role, database or server is set to read only: reset default_transaction_read_only."
            )
        )


class PooledByTransaction(CannotOpen):
    """Locks and settings would be somebody else's after each transaction."""

    def __init__(self, database: str) -> None:
        super().__init__(
            f"Before the database {database} stands a pooler that changes the session after each transaction, so locks "
            "would be held in nobody's name: let it pool by session, or name the server behind it."
        )


class ViewsOccupied(CannotOpen):
    """Another process rebuilds the views, or checks them."""

    def __init__(self) -> None:
        super().__init__("The views are being rebuilt or checked by another program: try again when it has ended.")


class ViewsUnreadable(CannotOpen):
    """The file cannot be used for views."""

    what_to_do = "does not hold the views ({}): move it away, and it is made again from the facts."

    def __init__(self, path: Path, why: str) -> None:
        seen = hindrance(path)
        if seen and way_out(seen, "") == NOT_OURS:
            super().__init__(f"{path} cannot be opened ({seen}): {NOT_OURS}.")
        else:
            super().__init__(f"{path} {self.what_to_do.format(seen or why)}")


class ViewsDamaged(ViewsUnreadable):
    """The file held views, or is none of any program's: it can be made again."""

    what_to_do = "is damaged ({}): `portfolio repair` makes it again from the facts, and so does `portfolio serve`."


class ViewsOfTheService(CannotOpen):
    """Another role than the service's would write or read the views."""

    def __init__(self, database: str, service: str) -> None:
        super().__init__(
            f"The views in the database {database} are kept by the role of the service, {service}: "
            "name it in PORTFOLIO_DATABASE_URL and run this again."
        )


class NotOwner(CannotOpen):
    """The role may not write the tables of the record."""

    def __init__(self, database: str, owner: str) -> None:
        super().__init__(
            f"Index rows of the database {database} are mended by the owner of its tables, {owner}: "
            "name that role in PORTFOLIO_DATABASE_URL and run `portfolio repair` again."
        )


class NothingToMigrate(CannotOpen):
    """There is no database to prepare."""

    def __init__(self) -> None:
        super().__init__("PORTFOLIO_DATABASE_URL is not set: facts lie in the folder, and nothing is prepared.")


class StrayVariables(CannotOpen):
    """The environment would reconfigure the event store behind our back."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(
            f"The environment sets {', '.join(names)}, which would change how facts are stored: take "
            f"{'it' if len(names) == 1 else 'them'} away; everything that may be set is called PORTFOLIO_…."
        )
        self.names = names


class WrongParts(CannotOpen):
    """The event store was not built from the parts it configured."""

    def __init__(self, part: str, expected: str, actual: str) -> None:
        super().__init__(
            f"The event store's {part} is {actual} instead of {expected}: something changed its configuration."
        )


class CopyDamaged(CannotOpen):
    """A copy of the facts is not what was copied."""

    def __init__(self, file: Path, why: str) -> None:
        super().__init__(f"{file} is damaged ({why}): take another backup, or restore from another one.")


class ProgramFailed(CannotOpen):
    """A program of the database's own did not do its work."""

    def __init__(self, program: str, why: str, database: str = "") -> None:
        on = f" on the database {database}" if database else ""
        super().__init__(f"{program} failed{on}: {why}.")
