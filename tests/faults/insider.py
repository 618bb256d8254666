"""What a person with nothing but the database might do to it, and by what sentence of `portfolio fsck` it is found."""

# ruff: noqa: S608 - every name in a statement is our own

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.store.codec import HEADER
from infra.store.sqlite import schema

GRADE, NAME, FINDING, SEALED = (
    "assessment.grade-decided",
    "person.registered",
    "assessment.statement-found",
    "evidence.file-sealed",
)
LATER = 10**6
"""Added to positions while rows change their places."""


@dataclass(frozen=True)
class Hand:
    """A connection to the record of either store; ``{}`` in a statement stands for a value."""

    connection: Any
    mark: str
    folder: Path

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of an answer."""
        found: list[tuple[Any, ...]] = self.connection.execute(statement.replace("{}", self.mark), values).fetchall()
        return found

    def run(self, statement: str, *values: Any) -> None:
        """Run a statement, and insist that it changed something."""
        assert self.connection.execute(statement.replace("{}", self.mark), values).rowcount != 0, statement

    def one(self, statement: str, *values: Any) -> Any:
        """Return the first value of the first row."""
        return self.rows(statement, *values)[0][0]

    def last(self) -> int:
        """Return where the log ends."""
        return int(self.one("SELECT max(position) FROM facts"))

    def positions(self, tag: str) -> list[int]:
        """Return the positions of the facts with a tag."""
        return [position for (position,) in self.rows("SELECT position FROM facts WHERE topic = {} ORDER BY 1", tag)]

    def state(self, position: int) -> bytes:
        """Return the stored bytes of a fact."""
        return bytes(self.one("SELECT state FROM facts WHERE position = {}", position))

    def write(self, position: int, state: bytes) -> None:
        """Store other bytes."""
        assert state != self.state(position)
        self.run("UPDATE facts SET state = {} WHERE position = {}", state, position)


Edit = Callable[[Hand], None]


def says(tag: str, change: Callable[[dict[str, Any]], None], nth: int = 0) -> Edit:
    """Return what changes the JSON of a fact."""

    def edit(hand: Hand) -> None:
        position = hand.positions(tag)[nth]
        state = hand.state(position)
        body = json.loads(state[HEADER.size :])
        change(body)
        hand.write(position, state[: HEADER.size] + json.dumps(body, separators=(",", ":")).encode())

    return edit


def header(part: slice, change: Callable[[bytes], bytes]) -> Edit:
    """Return what changes bytes of the header of the decision."""

    def edit(hand: Hand) -> None:
        (position,) = hand.positions(GRADE)
        state = hand.state(position)
        hand.write(position, state[: part.start] + change(state[part]) + state[part.stop :])

    return edit


def sql(*statements: str) -> Edit:
    """Return what runs statements."""

    def edit(hand: Hand) -> None:
        for statement in statements:
            hand.run(statement)

    return edit


def both(*edits: Edit) -> Edit:
    """Return what does one after the other."""

    def edit(hand: Hand) -> None:
        for each in edits:
            each(hand)

    return edit


def swap_bodies(tag: str, first: int, second: int) -> Edit:
    """Return what gives two facts of a kind each other's contents, under the headers that they had."""

    def edit(hand: Hand) -> None:
        one, other = hand.positions(tag)[first], hand.positions(tag)[second]
        a, b = hand.state(one), hand.state(other)
        hand.write(one, a[: HEADER.size] + b[HEADER.size :])
        hand.write(other, b[: HEADER.size] + a[HEADER.size :])

    return edit


def swap_places(hand: Hand) -> None:
    """Let two facts of different streams, recorded one after the other, change places."""
    (position,) = hand.positions(GRADE)
    for before, after in ((position, LATER), (position + 1, position), (LATER, position + 1)):
        hand.run("UPDATE facts SET position = {} WHERE position = {}", after, before)


def move_down(hand: Hand, table: str, gone: int) -> None:
    """Give what comes after a position the one before it."""
    hand.run(f"UPDATE {table} SET position = position + {LATER} WHERE position > {gone}")
    hand.run(f"UPDATE {table} SET position = position - {LATER + 1} WHERE position > {LATER}")


def take_away(position: Callable[[Hand], int], *, and_the_chain: bool = False) -> Edit:
    """Return what deletes a fact in the middle with its receipt and numbers anew what comes later, versions too."""

    def edit(hand: Hand) -> None:
        gone = position(hand)
        stream, version = hand.rows("SELECT originator_id, originator_version FROM facts WHERE position = {}", gone)[0]
        hand.connection.execute("DELETE FROM idempotency WHERE position = {}".replace("{}", hand.mark), (gone,))
        hand.run("DELETE FROM facts WHERE position = {}", gone)
        for table, of, number in (
            ("facts", "originator_id", "originator_version"),
            ("idempotency", "stream", "version"),
        ):
            for sign, above in ((LATER, version), (-LATER - 1, LATER)):
                hand.connection.execute(
                    f"UPDATE {table} SET {number} = {number} + {sign} "
                    f"WHERE {of} = {hand.mark} AND {number} > {hand.mark}",
                    (stream, above),
                )
        for table in ("facts", "idempotency", "links", *(["chain"] if and_the_chain else [])):
            if and_the_chain and table == "chain":
                hand.run("DELETE FROM chain WHERE position = {}", gone)
            move_down(hand, table, gone)

    return edit


def middle(hand: Hand) -> int:
    """Return where a finding stands that nothing else points at."""
    return hand.positions(FINDING)[3]


def newest(number: int, *, and_the_chain: bool = False) -> Edit:
    """Return what deletes the newest facts and all that came with them."""

    def edit(hand: Hand) -> None:
        end = hand.last() - number
        for table in ("links", "facts", "idempotency", *(["chain"] if and_the_chain else [])):
            hand.connection.execute(f"DELETE FROM {table} WHERE position > {end}")

    return edit


def object_and_hash(hand: Hand) -> None:
    """Put another file in the place of one, and its hash into the fact that seals it."""
    position = hand.positions(SEALED)[0]
    state = hand.state(position)
    body = json.loads(state[HEADER.size :])
    name = body["object_id"]
    path = hand.folder / "vault" / "objects" / name[:2] / name
    path.chmod(0o600)
    content = path.read_bytes()
    other = content[:-1] + bytes([content[-1] ^ 1])
    path.write_bytes(other)
    old, new = (hashlib.sha256(each).hexdigest().encode() for each in (content, other))
    assert old in state
    hand.write(position, state.replace(old, new))


def object_alone(hand: Hand) -> None:
    """Change a byte of a file."""
    name = json.loads(hand.state(hand.positions(SEALED)[0])[HEADER.size :])["object_id"]
    path = hand.folder / "vault" / "objects" / name[:2] / name
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"!")


def replaced(hand: Hand) -> None:
    """Replace a fact by another one in its place, which deletes and inserts in one."""
    (position,) = hand.positions(GRADE)
    state = hand.state(position).replace(b'"grade":"pass"', b'"grade":"fail"', 1)
    hand.run(
        "INSERT OR REPLACE INTO facts SELECT position, originator_id, originator_version, topic, {} FROM facts "
        "WHERE position = {}",
        state,
        position,
    )


def chained_anew(hand: Hand) -> None:
    """Change the grade and make the chain's values from there on again, under a key that is guessed."""
    says(GRADE, grade)(hand)
    (position,) = hand.positions(GRADE)
    for number in range(position, hand.last() + 1):
        value = hashlib.sha256(b"guessed" + number.to_bytes(8, "big")).digest()
        hand.run("UPDATE chain SET value = {} WHERE position = {}", value, number)


def without_what_was_added(hand: Hand) -> None:
    """Make the file look like one of the first releases."""
    for statement in schema.statements(schema.ADDED):
        kind, name = statement.split()[1:3]
        hand.connection.execute(f"DROP {kind} IF EXISTS {name}")


def forged(hand: Hand) -> None:
    """Append a finding as if the service had recorded it."""
    position = hand.positions(FINDING)[3]
    hand.run(
        "INSERT INTO facts SELECT (SELECT max(position) + 1 FROM facts), originator_id, "
        "(SELECT max(originator_version) + 1 FROM facts AS f WHERE f.originator_id = o.originator_id), topic, {} "
        "FROM facts AS o WHERE position = {}",
        hand.state(hand.last())[: HEADER.size] + hand.state(position)[HEADER.size :],
        position,
    )


def grade(body: dict[str, Any]) -> None:
    body["grade"] = "fail"


def reason(body: dict[str, Any]) -> None:
    body["finding"]["reason"] = "Not seen."


def name(body: dict[str, Any]) -> None:
    body["name"] = "Somebody Else"


def add(number: bytes, more: int) -> bytes:
    """Return a number with something added."""
    return (int.from_bytes(number, "big") + more).to_bytes(len(number), "big")


@dataclass(frozen=True)
class Row:
    """One thing an insider does, on SQLite or on both stores, and the sentence of fsck that finds it."""

    what: str
    edit: Edit
    found: str
    both: bool = False


def changed(tag: str) -> str:
    """Return the sentence about a changed fact."""
    return rf"the fact at position \d+ \({tag}, \d+ of stream [0-9a-f-]+\) was changed after it was recorded"


def its(change: str) -> Edit:
    """Return what changes the receipt of one fact."""
    return sql(f"UPDATE idempotency SET {change} WHERE position = 60")


DECISION = changed(GRADE)
RECEIPT = r"the idempotency row that answers with the fact at position 60 \(.*\) is "
OF_FIRST = "SET stream = (SELECT originator_id FROM facts WHERE position = 1)"
ANOTHER_TAG = f"UPDATE facts SET topic = '{FINDING}' WHERE topic = '{GRADE}'"
LINK = "the link '{}' of stream .* {}"
KEY = "the unique key 'uln' of stream .* {}"
NEWEST = r"the newest facts are missing: the log had position(s \d+ to)? \d+, which is not there any more"
MORE = "INSERT INTO links SELECT 'attempts of enrolment', 'x', originator_id, position FROM facts WHERE position = 5"

ROWS = (
    # --- facts changed
    Row("the grade of a decision", says(GRADE, grade), DECISION, both=True),
    Row("the reasons of a decision", says(GRADE, lambda body: body.update(reasons="None.")), DECISION),
    Row("the context of a decision", says(GRADE, lambda body: body["context"].update(grade="x")), DECISION),
    Row("who decided", says(GRADE, lambda body: body.update(decider=body["decision_id"])), DECISION),
    Row("who recorded it", header(slice(9, 25), lambda by: by[::-1]), DECISION, both=True),
    Row("when it was recorded, by a millisecond", header(slice(1, 9), lambda at: add(at, 1000)), DECISION, both=True),
    Row("what caused it", header(slice(25, 41), lambda old: old[::-1]), DECISION),
    Row("whom it is about", header(slice(41, 57), lambda old: old[::-1]), DECISION),
    Row("a person's name", says(NAME, name), changed(NAME), both=True),
    Row("the reason of a finding", says(FINDING, reason), changed(FINDING)),
    Row("a fact's tag", sql(ANOTHER_TAG), changed(FINDING), both=True),
    Row("the contents of two findings swapped", swap_bodies(FINDING, 1, 6), changed(FINDING), both=True),
    Row("the places of two facts swapped", swap_places, DECISION, both=True),
    Row("a decision replaced", replaced, DECISION),
    Row("a file and its hash", object_and_hash, changed(SEALED), both=True),
    Row("a file alone", object_alone, "has other bytes than were sealed"),
    # --- facts taken away
    Row("the newest fact", newest(1), NEWEST, both=True),
    Row("the newest ten", newest(10), NEWEST),
    Row("the newest ten, with the chain", newest(10, and_the_chain=True), NEWEST, both=True),
    Row("one in the middle", sql("DELETE FROM facts WHERE position = 40"), "position 40 of the log is missing"),
    Row(
        "one in the middle, later ones numbered anew",
        take_away(middle),
        r"the facts recorded at position \d+ were taken away, and later ones numbered anew",
        both=True,
    ),
    Row(
        "the same, with the chain",
        take_away(middle, and_the_chain=True),
        r"the facts at positions \d+ to \d+ were changed after they were recorded, or the chain there",
        both=True,
    ),
    # --- index rows
    Row(
        "a link",
        sql("DELETE FROM links WHERE name = 'editions of plan'"),
        LINK.format("editions of plan", "is missing"),
    ),
    Row(
        "links of another stream",
        sql(f"UPDATE links {OF_FIRST} WHERE name = 'editions of plan'"),
        LINK.format("editions of plan", "does not follow"),
    ),
    Row("a link more", sql(MORE), LINK.format("attempts of enrolment", "does not follow"), both=True),
    Row("unique keys", sql("DELETE FROM unique_keys"), KEY.format("is missing"), both=True),
    Row("unique keys of another stream", sql(f"UPDATE unique_keys {OF_FIRST}"), KEY.format("does not follow")),
    # --- receipts
    Row("a receipt's fingerprint", its("fingerprint = extra"), f"{RECEIPT}not what was recorded", both=True),
    Row("a receipt's key", its("key = 'x'"), f"{RECEIPT}not what was recorded"),
    Row("what a receipt answers besides", its("extra = fingerprint"), f"{RECEIPT}not what was recorded"),
    Row("a receipt's version", its("version = version + 90"), "an idempotency row answers position 60, fact"),
    Row("a receipt", sql("DELETE FROM idempotency WHERE position = 60"), f"{RECEIPT}missing", both=True),
    # --- the chain
    Row(
        "a value of the chain",
        sql("UPDATE chain SET value = receipt WHERE position = 60"),
        "the chain was changed at position 60: the fact is as it was recorded",
        both=True,
    ),
    Row(
        "values in the middle",
        sql("DELETE FROM chain WHERE position BETWEEN 60 AND 70"),
        "the chain lacks positions 60 to 70",
    ),
    Row(
        "the chain's end",
        sql("DELETE FROM chain WHERE position > 60"),
        r"the chain lacks positions 61 to \d+",
        both=True,
    ),
    Row(
        "a grade, and the whole chain",
        both(says(GRADE, grade), sql("DELETE FROM chain")),
        r"the chain lacks positions 1 to \d+, and a fact there was changed",
        both=True,
    ),
    Row("a grade, and the chain guessed", chained_anew, DECISION),
    Row(
        "a grade, and all that the first releases lacked",
        both(says(GRADE, grade), without_what_was_added),
        "the chain over all facts is gone",
    ),
)
