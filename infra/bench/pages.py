"""Pages: how long the service takes for the day's pages where there is much work on them, and how large they are."""

from collections.abc import Iterator, Mapping
from contextlib import closing

from api.lists import NAMES, RECORDED
from infra.bench.lists import GOAL, TRIES, service
from infra.bench.measure import Row, ceiling_row, elapsed
from infra.bench.stores import Bench
from infra.bench.waiting import APPRENTICES, EACH, ITEMS, MARKS, OPEN, REMARKS, Waiting
from projections.machinery.runner import Projector
from projections.views import VIEWS

PAGE_GOAL, LARGEST = 100.0, 60_000.0
"""Milliseconds of server time of a page with much work on it, and bytes of its HTML."""


def pages(bench: Bench) -> list[Row]:
    """Return the slowest page of a queue and of who one is, and each page of much work with its size."""
    with bench.scratch() as store, store.journal() as journal, closing(store.views()) as views:
        waiting = Waiting(journal)
        projector = Projector(journal, views, VIEWS)
        projector.rebuild()
        client = service(journal, projector)

        def asked_for(path: str, query: Mapping[str, object], person: object, holds: str = "") -> tuple[float, int]:
            headers = {"Authorization": f"Bearer {person}"}
            answer = client.get(path, query_string=query, headers=headers)
            if answer.status_code != 200 or holds not in answer.text:
                raise RuntimeError(answer.text)
            took = min(
                elapsed(lambda: client.get(path, query_string=query, headers=headers).close()) for _ in range(TRIES)
            )
            return took * 1000, len(answer.data)

        first = client.get("/v1/queues/assessor", headers={"Authorization": f"Bearer {waiting.assessor}"}).get_json()
        times = {
            " ".join(f"{key}={value}" for key, value in query.items()): asked_for(
                "/v1/queues/assessor", query, waiting.assessor
            )[0]
            for query in asked(waiting, first)
        }
        worst = max(times, key=lambda each: times[each])
        much = f"{APPRENTICES * EACH:,} versions and {OPEN} attempts"
        rows = [
            ceiling_row(f"{bench.kind}, {much}: slowest part of the queue in ms ({worst})", times[worst], goal=GOAL),
            ceiling_row(
                f"{bench.kind}, {much}: who one is and what waits, in ms",
                asked_for("/v1/me", {}, waiting.assessor)[0],
                goal=GOAL,
            ),
        ]
        for name, path, query, person, goal, holds in (
            (f"the queue, {much}", "/queue", {}, waiting.assessor, GOAL, "Desk log"),
            (
                f"a board, {ITEMS} items and {REMARKS} remarks",
                f"/enrolments/{waiting.enrolment}",
                {},
                waiting.busy,
                PAGE_GOAL,
                "Desk log",
            ),
            (
                f"an item, {MARKS} marks on a page",
                f"/evidence/{waiting.marked}",
                {"page": 3},
                waiting.assessor,
                PAGE_GOAL,
                "app-mark",
            ),
            (
                f"judging, {waiting.codes} codes and {ITEMS} items",
                f"/assessments/{waiting.attempt}",
                {},
                waiting.assessor,
                PAGE_GOAL,
                "form-findings",
            ),
        ):
            took, size = asked_for(path, query, person, holds)
            rows.append(ceiling_row(f"{bench.kind}, page of {name}, in ms", took, goal=goal))
            rows.append(ceiling_row(f"{bench.kind}, page of {name}, in bytes", size, goal=LARGEST))
        return rows


def asked(waiting: Waiting, first: Mapping[str, object]) -> Iterator[dict[str, object]]:
    """Yield what is asked of the queue: every order, every filter, and pages from further on."""
    counts: list[dict[str, str]] = first["counts"]  # type: ignore[assignment]  # as the service answers
    outcome = next(row["value"] for row in counts if row["filter"] == "outcome")
    narrowed: list[dict[str, object]] = [
        {},
        {"kind": "PDF"},
        {"kind": "attempt"},
        {"apprentice": waiting.apprentices[0]},
        {"outcome": outcome},
        {"component": "C2"},
        {"component": "C1", "outcome": outcome, "kind": "PDF"},
        {"age": 7},
    ]
    for sort in (*RECORDED, *NAMES):
        for each in narrowed:
            yield {"sort": sort, **each}
    yield {"cursor": first["next"]}
