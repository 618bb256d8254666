"""What an earlier release stored in another shape is read as today's fact."""

from portfolio.domain.catalogue import NUMBER
from portfolio.domain.old_shapes import OLD_SHAPES, officer_who_recorded


def test_who_recorded_a_step_of_a_case_is_its_officer_where_an_earlier_release_named_none() -> None:
    assert officer_who_recorded({"reason": "It came late."}, "ann") == {"reason": "It came late.", "officer": "ann"}
    assert officer_who_recorded({"officer": "bo"}, "ann") == {"officer": "bo"}


def test_a_shape_of_the_present_catalogue_is_no_old_one() -> None:
    assert all(shape.until < NUMBER for shape in OLD_SHAPES.values())
