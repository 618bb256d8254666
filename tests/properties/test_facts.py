"""Every fact that can be made can be stored and read back as it was."""

from datetime import UTC
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.store.codec import FactCodec
from portfolio.domain.catalogue import FACTS
from portfolio.domain.kernel import Fact, Recorded, tag_of
from tests.properties.values import values_of

CODEC = FactCodec(FACTS)


@pytest.mark.parametrize("kind", FACTS, ids=tag_of)
@given(drawn=st.data())
def test_a_stored_fact_is_read_back_as_it_was(kind: type[Fact], drawn: st.DataObject) -> None:
    entry = Recorded(
        originator_id=UUID(int=1),
        originator_version=drawn.draw(st.integers(1, 2**31)),
        position=drawn.draw(st.integers(1, 2**53)),
        fact=drawn.draw(values_of(kind)),
        by=drawn.draw(st.uuids()),
        at=drawn.draw(st.datetimes(timezones=st.just(UTC))),
        causation=drawn.draw(st.uuids()),
        subject=drawn.draw(st.none() | st.uuids(allow_nil=False)),
    )
    stored = CODEC.encode(entry)
    row = (entry.position, entry.originator_id.bytes, entry.originator_version, tag_of(kind), stored)
    assert CODEC.decode(row) == entry
    assert CODEC.encode(CODEC.decode(row)) == stored
