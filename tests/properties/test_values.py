"""What holds for every number, form and place."""

import string

from hypothesis import assume, given
from hypothesis import strategies as st

from portfolio.domain.deployment import Deployment
from portfolio.domain.evidence.selector import Bounds, ImageRegion, PdfRectangle, TextQuote, TimeRange, check_selector
from portfolio.domain.form import FORM, ApproveForm, ComponentAdded, ForApproval, FormApproved, FormDrafted
from portfolio.domain.kernel import Rejected
from portfolio.domain.plan import PlanEdition
from portfolio.domain.uln import uln_is_valid
from tests.domain.world import CRITERIA, CRITERIA_ID, FORM_ID, NOW, OFFICER, PLAN, PLAN_ID, SHA, TODAY, component

NINE = st.from_regex(r"[1-9][0-9]{8}", fullmatch=True)


def valid_numbers(nine: str) -> list[str]:
    return [nine + digit for digit in string.digits if uln_is_valid(nine + digit)]


@given(NINE)
def test_at_most_one_check_digit_makes_a_learner_number_valid(nine: str) -> None:
    assert len(valid_numbers(nine)) <= 1


@given(NINE, st.integers(0, 9), st.sampled_from(string.digits))
def test_a_learner_number_with_one_digit_wrong_is_not_valid(nine: str, place: int, digit: str) -> None:
    for uln in valid_numbers(nine):
        assume(uln[place] != digit)
        assert not uln_is_valid(uln[:place] + digit + uln[place + 1 :])


@given(NINE, st.integers(0, 8))
def test_a_learner_number_with_two_neighbours_changed_over_is_not_valid(nine: str, place: int) -> None:
    for uln in valid_numbers(nine):
        assume(uln[place] != uln[place + 1])
        assert not uln_is_valid(uln[:place] + uln[place + 1] + uln[place] + uln[place + 2 :])


@given(st.text(max_size=12))
def test_any_text_is_either_a_learner_number_or_not(text: str) -> None:
    assert uln_is_valid(text) in (True, False)


LET_CODES = sorted(PLAN.codes_of("LET"))


@given(
    st.lists(st.sets(st.sampled_from(LET_CODES), min_size=1), min_size=1, max_size=4),
    st.lists(st.sampled_from(["observation", "portfolio"]), min_size=4, max_size=4),
)
def test_a_form_is_approved_exactly_when_nothing_is_left_out(covered: list[set[str]], methods: list[str]) -> None:
    components = [
        component(f"C{number}", method, *codes)
        for number, (codes, method) in enumerate(zip(covered, methods, strict=False))
    ]
    form = FORM.fold(
        [
            FormDrafted(plan_id=PLAN_ID, title="F", routes=("LET",)),
            *(ComponentAdded(component=each) for each in components),
        ]
    )
    known = ForApproval(
        by=OFFICER,
        at=NOW,
        today=TODAY,
        edition=PlanEdition(plan=PLAN, sha256=SHA, approved=True),
        deployment=Deployment(mode="live"),
        criteria={CRITERIA_ID: CRITERIA},
    )
    try:
        (fact,) = FORM.judges[ApproveForm](form, ApproveForm(form_id=FORM_ID), known)
    except Rejected:
        fact = None
    complete = set().union(*covered) == set(LET_CODES) and any(each.method == "observation" for each in components)
    assert (fact is not None) == complete
    if isinstance(fact, FormApproved):
        (route,) = fact.proof.routes
        assert {code: set(keys) for code, keys in route.codes} == {
            code: {each.key for each in components if code in each.codes} for code in LET_CODES
        }


NUMBERS = st.floats(-1e6, 1e6) | st.floats()
BOUNDS = st.sampled_from(
    [
        Bounds(media_type="application/pdf", pages=((595, 842), (100, 50))),
        Bounds(media_type="image/png", width=640, height=480),
        Bounds(media_type="audio/wav", seconds=12.5),
        Bounds(media_type="text/plain", text="I checked the rig."),
        Bounds(media_type="application/zip"),
    ]
)
PLACES = (
    st.builds(PdfRectangle, page=st.integers(), x=NUMBERS, y=NUMBERS, width=NUMBERS, height=NUMBERS)
    | st.builds(ImageRegion, x=st.integers(), y=st.integers(), width=st.integers(), height=st.integers())
    | st.builds(TimeRange, start=NUMBERS, end=NUMBERS)
    | st.builds(TextQuote, exact=st.text(max_size=5), prefix=st.text(max_size=3), suffix=st.text(max_size=3))
)


@given(PLACES, BOUNDS)
def test_a_place_that_is_taken_lies_inside_what_there_is(place: object, bounds: Bounds) -> None:
    try:
        check_selector(place, bounds)  # type: ignore[arg-type]  # one of the selectors
    except Rejected:
        return
    match place:
        case PdfRectangle(page=page, x=x, y=y, width=width, height=height):
            limit = bounds.pages[page - 1]
            assert x >= 0
            assert y >= 0
            assert min(width, height) > 0
            assert x + width <= limit[0]
            assert y + height <= limit[1]
        case ImageRegion(x=x, y=y, width=width, height=height):
            assert bounds.width is not None
            assert 0 <= x < x + width <= bounds.width
        case TimeRange(start=start, end=end):
            assert bounds.seconds is not None
            assert 0 <= start < end <= bounds.seconds
        case TextQuote(exact=exact):
            assert bounds.text is not None
            assert exact
            assert exact in bounds.text
