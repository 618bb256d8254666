"""What a person did is every fact that they recorded, once, in order, and nobody else's."""

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.domain.kernel import changed
from portfolio.domain.person import PersonRegistered
from projections.acts import acts
from projections.machinery.runner import Projector
from projections.views import VIEWS
from tests.domain.world import FORM_FACTS, FORM_ID, an_id
from tests.projections.support import STORY, ListLog, on, scratch

SOMEBODY = tuple(an_id(f"somebody {number}") for number in range(3))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(SOMEBODY), st.integers(0, 4)), max_size=30), st.integers(1, 7))
def test_every_fact_is_among_the_acts_of_who_recorded_it_exactly_once(
    recorded: list[tuple[UUID, int]], size: int
) -> None:
    log = ListLog()
    log.tell(
        *(
            on(an_id(f"stream {n}-{i}"), PersonRegistered(name="X", works_for="centre"))
            for i, (_, n) in enumerate(recorded)
        )
    )
    log.entries[:] = [changed(entry, by=by) for entry, (by, _) in zip(log.entries, recorded, strict=True)]
    with scratch() as database:
        projector = Projector(log, database, VIEWS)
        while projector.step():
            pass
        for actor in SOMEBODY:
            found, after = list[int](), 0
            while page := acts(projector, log, actor=actor, after=after, limit=size):
                found += [entry.position for entry in page]
                after = found[-1]
            assert found == [entry.position for entry in log.entries if entry.by == actor]


def test_they_can_be_asked_for_one_kind() -> None:
    log = ListLog()
    log.tell(on(FORM_ID, *FORM_FACTS), *STORY)
    with scratch() as database:
        projector = Projector(log, database, VIEWS)
        projector.step()
        for actor in {entry.by for entry in log.entries}:
            own = [entry for entry in log.entries if entry.by == actor]
            for tag in {entry.tag for entry in own}:
                assert list(acts(projector, log, actor=actor, kind=tag)) == [each for each in own if each.tag == tag]
