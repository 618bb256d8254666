"""A listing against a list that is sorted and filtered by hand, while items come, change and go between its pages."""

import unicodedata
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.store.postgres.views import PostgresViews
from infra.store.sqlite.views import SqliteViews
from portfolio.domain.kernel import Fact
from portfolio.domain.person import PersonRegistered, RoleEnded, RoleGranted
from portfolio.domain.standing import PersonReinstated, PersonSuspended
from projections.machinery.listing import EVERYTHING, Filing, Listed, Order, Place, _rows, folded
from projections.machinery.runner import Projector
from projections.people import PEOPLE, PersonCard
from tests.domain.world import TODAY, TOMORROW, YESTERDAY, an_id
from tests.projections.support import ListLog, on, scratch

NAMES = ["Ann", "ann  Zed", "ÄNN-Marie O'Neil", "Ben Ann", "ben", "Ångström", "Zoë", "%", "_nn", "x" * 200, "李 小龍"]
SEARCHES = ["", "a", "ann", "ANN", "änn-m", "marie", "oneil ann", "ang", "xxxx", "zo", "n", "小", "ben ann zed", "n_n"]
ALSO = ["role=coach", "role=assessor", "state=active", "state=suspended", "works_for=centre", "works_for=employer"]

moves = st.lists(
    st.one_of(
        st.tuples(st.just("register"), st.sampled_from(NAMES), st.sampled_from(["centre", "employer"])),
        st.tuples(st.sampled_from(["coach", "assessor", "suspend"]), st.integers(0, 30), st.booleans()),
    ),
    max_size=12,
)


class Question(NamedTuple):
    order: Order
    backwards: bool
    also: list[str]
    search: str
    limit: int


questions = st.builds(
    Question,
    st.sampled_from(["name", "recorded"]),
    st.booleans(),
    st.lists(st.sampled_from(ALSO), max_size=2, unique=True),
    st.sampled_from(SEARCHES),
    st.integers(1, 4),
)


def plain(text: str) -> list[str]:
    """Return the words of a name, folded in another way than the listing does."""
    letters = (c for c in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(c) and c != "'")
    return "".join(c if c.isalnum() else " " for c in letters).split()


class Crowd:
    """People as they are, in a list and in the listing."""

    def __init__(self, database: SqliteViews | PostgresViews) -> None:
        self.log = ListLog()
        self.projector = Projector(self.log, database, [PEOPLE.view])
        self.cards: dict[UUID, PersonCard] = {}

    def do(self, what: str, which: Any, how: Any) -> None:
        if what == "register":
            person = an_id(f"person {len(self.cards)}")
            self._tell(person, PersonRegistered(name=which, works_for=how))
            self.cards[person] = PersonCard(name=which, works_for=how, position=self.log.head())
        elif self.cards:
            person = [*self.cards][which % len(self.cards)]
            card = self.cards[person]
            if what == "suspend":
                self._tell(person, PersonSuspended(reason="", cases=()) if how else PersonReinstated(reason=""))
                self.cards[person] = PersonCard(**{**fields(card), "suspended": how})
            else:
                self._tell(person, RoleGranted(role=what) if how else RoleEnded(role=what))  # type: ignore[arg-type]  # a role
                roles = {*card.roles, what} if how else {*card.roles} - {what}
                self.cards[person] = PersonCard(**{**fields(card), "roles": tuple(sorted(roles))})

    def _tell(self, person: UUID, fact: Fact) -> None:
        self.log.tell(on(person, fact))

    def by_hand(self, question: Question, after: Place | None) -> list[tuple[Place, PersonCard]]:
        """Return what a page after this place should have, of a list that is read whole."""

        def place(person: UUID, card: PersonCard) -> Place:
            return (" ".join(plain(card.name))[:60] if question.order == "name" else card.position), person

        def asked(card: PersonCard) -> bool:
            words = {
                f"state={'suspended' if card.suspended else 'active'}",
                f"works_for={card.works_for}",
                *(f"role={role}" for role in card.roles),
            }
            return words.issuperset(question.also) and all(
                any(own.startswith(word) for own in plain(card.name)) for word in plain(question.search)
            )

        rows = [(place(person, card), card) for person, card in self.cards.items() if asked(card)]
        rows.sort(key=lambda row: row[0], reverse=question.backwards)
        beyond = [row for row in rows if after is None or (row[0] < after if question.backwards else row[0] > after)]
        return beyond[: question.limit]

    def page(self, question: Question, after: Place | None) -> list[tuple[Place, PersonCard]]:
        self.projector.step()
        found = PEOPLE.find(
            self.projector,
            TODAY,
            also=question.also,
            search=question.search,
            order=question.order,
            backwards=question.backwards,
            after=after,
            limit=question.limit,
        )
        return [(row.place, row.card) for row in found]

    def counted(self, question: Question) -> dict[str, int]:
        also, search = question.also, question.search
        return PEOPLE.counted(self.projector, TODAY, [EVERYTHING, "role=coach"], also=also, search=search)


def by_word(rows: list[tuple[Place, PersonCard]]) -> dict[str, int]:
    """Return how many of these people there are, and how many of them are coaches."""
    return {EVERYTHING: len(rows), "role=coach": sum("coach" in card.roles for _, card in rows)}


def fields(card: PersonCard) -> dict[str, Any]:
    return {name: getattr(card, name) for name in card.__struct_fields__}  # type: ignore[attr-defined]  # a struct


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=moves, between=st.lists(moves, max_size=6), question=questions)
def test_a_walk_sees_each_item_once_whatever_comes_and_goes(
    before: list[Any], between: list[list[Any]], question: Question
) -> None:
    with scratch() as database:
        crowd = Crowd(database)
        for move in before:
            crowd.do(*move)
        there = {row[0][1] for row in crowd.by_hand(question._replace(limit=1000), None)}
        seen: list[UUID] = []
        after: Place | None = None
        for changes in [*between, *([[]] * 80)]:
            page = crowd.page(question, after)
            assert page == crowd.by_hand(question, after)
            whole = crowd.by_hand(question._replace(limit=1000), None)
            assert crowd.counted(question) == {word: number for word, number in by_word(whole).items() if number}
            if not page:
                break
            seen += [place[1] for place, _ in page]
            after = page[-1][0]
            for move in changes:
                crowd.do(*move)
            there &= {row[0][1] for row in crowd.by_hand(question._replace(limit=1000), None)}
        assert len(set(seen)) == len(seen), "one was shown twice"
        assert there <= set(seen), "one that was there all the time was never shown"


def test_words_are_searched_without_accents_case_and_punctuation() -> None:
    assert folded("  ÅNGSTRÖM-O’Neil,  Straße ") == "angstrom oneil strasse"
    assert folded("Ǆ ﬁ Ⅷ") == "dz fi viii"
    assert folded("?!") == ""


def days_of(*filings: Filing) -> list[list[date | None]]:
    rows = dict(_rows(Listed("", 1, filings)))
    return [days for (word, _), (_, _, *days) in rows.items() if word == "x"]


@pytest.mark.parametrize(
    ("filings", "days"),
    [
        ([(YESTERDAY, TODAY), (TODAY, TOMORROW)], [(YESTERDAY, TOMORROW)]),
        ([(YESTERDAY, TOMORROW), (TODAY, None)], [(YESTERDAY, None)]),
        ([(TODAY, None), (None, TODAY)], [(None, None)]),
        ([(None, YESTERDAY), (TODAY, None)], [(None, YESTERDAY), (TODAY, None)]),
        ([(TODAY, TODAY)], []),
        ([(TODAY, None), (None, None)], [(None, None)]),
    ],
)
def test_an_item_is_filed_under_a_word_once_on_any_day(
    filings: list[tuple[date | None, date | None]], days: list[tuple[date | None, date | None]]
) -> None:
    assert days_of(*(Filing("x", *each) for each in filings)) == [*map(list, days)]


def test_what_several_ways_find_is_counted_once_and_what_none_finds_not_at_all() -> None:
    with scratch() as database:
        crowd = Crowd(database)
        for move in (["register", "Ann", "centre"], ["register", "Ben", "employer"], ["coach", 0, True]):
            crowd.do(*move)
        crowd.projector.step()
        for ways, number in {(("role=coach",), ("works_for=centre",)): 1, ((),): 2, (("role=x",),): 0, (): 0}.items():
            counted = PEOPLE.counted(crowd.projector, TODAY, [EVERYTHING], ways=ways)
            assert counted.get(EVERYTHING, 0) == number


def test_the_values_of_a_name_are_those_under_which_something_is_filed_today_the_most_often_first() -> None:
    with scratch() as database:
        crowd = Crowd(database)
        for works_for in ("employer", "centre", "employer"):
            crowd.do("register", "Ann", works_for)
        crowd.projector.step()
        assert PEOPLE.values(crowd.projector, TODAY, "works_for", 9) == ["employer", "centre"]
        assert PEOPLE.values(crowd.projector, TODAY, "works_for", 1) == ["employer"]
        assert PEOPLE.values(crowd.projector, TODAY, "work", 9) == []


def test_the_rarest_word_is_read_and_the_others_are_looked_up() -> None:
    asked: list[str] = []

    class Watched:
        def query(self, sql: str, **parameters: Any) -> list[Any]:
            if "count(*)" in sql:
                return [(5 if parameters["word"] == "rare" else 50,)]
            asked.append(parameters["under"])
            return []

    PEOPLE.find(Watched(), TODAY, also=["often", "rare"], limit=5)
    PEOPLE.find(Watched(), TODAY, ways=[("mine",)], also=["often", "rare"], limit=5)
    PEOPLE.find(Watched(), TODAY, ways=[("mine",), ("rare", "ours")], also=["often"], limit=5)
    PEOPLE.find(Watched(), TODAY, ways=[("rare",)], also=["often"], limit=5)
    PEOPLE.find(Watched(), TODAY, limit=5)
    assert asked == ["rare", "rare", "mine", "rare", "rare", EVERYTHING]


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("order", ["name", "recorded"])
@pytest.mark.parametrize(
    ("also", "search"), [([], ""), (["role=coach"], ""), (["role=coach", "state=active"], "annabel")]
)
def test_a_page_is_read_off_an_index(order: Order, backwards: bool, also: list[str], search: str) -> None:
    plans: list[str] = []

    class Explained:
        def __init__(self, database: SqliteViews | PostgresViews) -> None:
            self.database = database

        def query(self, sql: str, **parameters: Any) -> Any:
            if "count(*)" not in sql:
                explain = "EXPLAIN" if isinstance(self.database, PostgresViews) else "EXPLAIN QUERY PLAN"
                plans.extend(str(row[-1]) for row in self.database.query(f"{explain} {sql}", **parameters))
            return self.database.query(sql, **parameters)

    with scratch() as database:
        crowd = Crowd(database)
        for number in range(400):
            crowd.log.tell(on(an_id(f"p{number}"), PersonRegistered(name=f"Ann {number}", works_for="centre")))
        crowd.projector.rebuild()  # which lets the server count what there is
        after: Place = ("ann 3" if order == "name" else 30, an_id("x"))
        PEOPLE.find(
            Explained(database), TODAY, also=also, search=search, order=order, backwards=backwards, after=after, limit=5
        )
    told = "\n".join(plans)
    assert "SCAN" not in told.upper().replace("INDEX SCAN", "").replace("INDEX ONLY SCAN", ""), told
    assert "TEMP B-TREE" not in told, told
