"""Replay in memory: decoding and folding facts against decoding them alone."""

from functools import reduce
from uuid import uuid4

import msgspec

from infra.bench.facts import item
from infra.bench.measure import Row, elapsed, ratio_row, rounds
from portfolio.domain.catalogue import FACTS
from portfolio.domain.evidence import EVIDENCE

STREAMS = 2_000


def replay(_: float, number: int) -> list[Row]:
    """Return the row of replaying evidence streams of twelve facts."""
    union = reduce(lambda left, right: left | right, FACTS)  # type: ignore[arg-type,return-value]  # a union of types
    decode = msgspec.json.Decoder(union).decode
    streams = [[msgspec.json.encode(fact) for fact in item(uuid4(), uuid4(), n)] for n in range(STREAMS)]
    facts = sum(map(len, streams))

    def decoded() -> float:
        return facts / elapsed(lambda: [[decode(body) for body in stream] for stream in streams])

    def folded() -> float:
        return facts / elapsed(lambda: [EVIDENCE.fold(map(decode, stream)) for stream in streams])

    rates = rounds({"portfolio": folded, "typed decode alone": decoded}, number)
    return [ratio_row("Decode and fold in memory, clear facts", rates, goal=0.4)]
