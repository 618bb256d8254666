"""Replay in memory: stored facts decoded and folded, against decoding their JSON alone."""

from datetime import UTC, datetime
from functools import reduce
from uuid import UUID, uuid4

import msgspec

from infra.bench.facts import ACTOR, item
from infra.bench.measure import Row, elapsed, ratio_row, rounds
from infra.bench.stores import Bench
from infra.store.codec import HEADER, FactCodec
from infra.store.codec import Row as Stored
from portfolio.domain.catalogue import FACTS
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.kernel import Recorded, tag_of

STREAMS = 2_000


def replay(bench: Bench) -> list[Row]:
    """Return the rows of replaying evidence streams of twelve facts: the facts alone, and all that is recorded."""
    union = reduce(lambda left, right: left | right, FACTS)  # type: ignore[arg-type,return-value]  # a union of types
    typed = msgspec.json.Decoder(union).decode
    codec = FactCodec(FACTS)
    streams = [stored(codec, uuid4(), number) for number in range(STREAMS)]
    bodies = [[state[HEADER.size :] for *_, state in stream] for stream in streams]
    facts = sum(map(len, streams))

    def decoded() -> float:
        return facts / elapsed(lambda: [[typed(body) for body in stream] for stream in bodies])

    def folded() -> float:
        return facts / elapsed(lambda: [EVIDENCE.fold(map(typed, stream)) for stream in bodies])

    def recorded() -> float:
        return facts / elapsed(lambda: [EVIDENCE.fold(e.fact for e in map(codec.decode, s)) for s in streams])

    alone = "typed decode alone"
    rates = rounds({"facts": folded, alone: decoded, "recorded": recorded}, bench.rounds)
    return [
        ratio_row("Decode and fold in memory, clear facts", {"": rates["facts"], alone: rates[alone]}, goal=0.3),
        ratio_row("The same with header and ids of each fact", {"": rates["recorded"], alone: rates[alone]}, goal=None),
    ]


def stored(codec: FactCodec, stream: UUID, number: int) -> list[Stored]:
    """Return the rows of one evidence item as they lie in the store."""
    rows = []
    for version, fact in enumerate(item(uuid4(), ACTOR, number), start=1):
        entry = Recorded(
            originator_id=stream,
            originator_version=version,
            fact=fact,
            by=ACTOR,
            at=datetime.now(UTC),
            causation=uuid4(),
            subject=ACTOR,
        )
        rows.append((version, stream.bytes, version, tag_of(fact), codec.encode(entry)))
    return rows
