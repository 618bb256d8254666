"""What is stored stays readable: golden bytes of every fact, written once and never by a test."""

import msgspec
import pytest

from infra.store.codec import FactCodec
from portfolio.domain.catalogue import FACTS, NUMBER
from portfolio.domain.kernel import Fact, tag_of
from portfolio.domain.sentences import NAMING_TELLERS, RECORD_TELLERS, SUBJECT_TELLERS, TELLERS
from tests.architecture.source import kinds
from tests.tools.write_golden import GOLDEN, file_of, file_of_shapes, main, shapes

TAGS = [tag_of(kind) for kind in FACTS]


@pytest.mark.parametrize("kind", FACTS, ids=TAGS)
def test_the_golden_bytes_of_a_fact_are_read_and_written_as_they_were(kind: type[Fact]) -> None:
    for line in file_of(tag_of(kind)).read_bytes().splitlines():
        fact = msgspec.json.decode(line, type=kind)
        assert msgspec.json.encode(fact, order="deterministic") == line


def test_the_store_reads_golden_bytes_by_their_tag_alone() -> None:
    codec = FactCodec(FACTS)
    header = bytes(57)
    for kind in FACTS:
        for line in file_of(tag_of(kind)).read_bytes().splitlines():
            assert type(codec.decode((1, bytes(16), 1, tag_of(kind), header + line)).fact) is kind


def test_every_stored_fact_has_golden_bytes_and_no_file_is_left_over() -> None:
    assert sorted(path.name for path in GOLDEN.iterdir()) == sorted(
        ["contexts", "shapes", "stores", *(f"{tag}.jsonl" for tag in TAGS)]
    ), "run make golden"


def test_the_shapes_of_facts_are_those_of_the_catalogues_number() -> None:
    assert file_of_shapes(NUMBER).read_bytes() == shapes(), (
        "run make golden, and let NUMBER in portfolio/domain/catalogue.py rise if a release has left a store under it"
    )
    assert sorted(path.stem for path in file_of_shapes(NUMBER).parent.iterdir()) == [
        str(number) for number in range(1, NUMBER + 1)
    ]


def test_tags_are_unique_and_name_their_record_and_what_happened() -> None:
    assert len(set(TAGS)) == len(FACTS)
    for tag in TAGS:
        record, _, happened = tag.partition(".")
        assert record.isalpha()
        assert happened.replace("-", "").isalpha()
        assert tag == tag.lower()


def test_every_fact_is_in_the_catalogue_and_can_be_told() -> None:
    assert set(FACTS) == set(kinds(Fact)), "name it in the annotation of its aggregate's evolve"
    assert set(FACTS) == {*TELLERS, *SUBJECT_TELLERS, *RECORD_TELLERS, *NAMING_TELLERS}, (
        "say in portfolio/domain/sentences.py what it tells a reader"
    )


def test_golden_bytes_are_never_written_over() -> None:
    before = file_of(TAGS[0]).read_bytes()
    with pytest.raises(SystemExit, match="never change"):
        main([TAGS[0]])
    assert file_of(TAGS[0]).read_bytes() == before
