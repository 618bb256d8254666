"""Who somebody is stands in the vocabulary; only the table of permissions and the records' relations ask it."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from portfolio.domain import vocabulary
from portfolio.domain.vocabulary import ASSIGNED, Assignment, Relation, Role
from tests.architecture.source import files, named, tree

WORDS = {*get_args(Role), *get_args(Relation)}
ROLES_AND_RELATIONS = {name: word for name, word in vars(vocabulary).items() if isinstance(word, str) and word in WORDS}
ASKERS = {
    f"portfolio/domain/{name}.py"
    for name in (
        "vocabulary",
        "rows",
        "permissions",
        "permissions_of_deployment",
        "permissions_of_evidence",
        "permissions_of_appeals",
        "permissions_of_people",
        "permissions_of_programs",
        "permissions_of_identity",
    )
}


def test_every_word_has_a_name_and_every_name_is_of_another_word() -> None:
    assert sorted(ROLES_AND_RELATIONS.values()) == sorted(WORDS)


def test_every_part_in_an_enrolment_is_a_relation_to_it() -> None:
    assert set(ASSIGNED) == set(get_args(Assignment))
    assert set(get_args(Assignment)) <= set(get_args(Role))


def spelt(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the words of an expression that stand in the source as such, lists and sets of them too."""
    match node:
        case ast.Constant(value=str() as word, lineno=line) if word in WORDS:
            yield line, word
        case ast.Set(elts=several) | ast.List(elts=several) | ast.Tuple(elts=several):
            for each in several:
                yield from spelt(each)


def asked(path: Path) -> Iterator[str]:
    """Yield where a file compares with a word it spells, or puts one into a set, list or tuple."""
    for node in ast.walk(tree(path)):
        match node:
            case ast.Compare(left=left, comparators=others):
                sides = [left, *others]
            case ast.BinOp(left=left, right=right):
                sides = [left, right]
            case ast.Set() | ast.List():
                sides = [node]
            case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
                sides = [value]
            case ast.Call(args=arguments):
                sides = arguments
            case _:
                sides = []
        for side in sides:
            yield from (f"{named(path)}:{line} {word}" for line, word in spelt(side))


@pytest.mark.parametrize("path", files("portfolio", "api", "projections"), ids=named)
def test_a_file_that_asks_who_somebody_is_names_the_word_and_does_not_spell_it(path: Path) -> None:
    if named(path) not in ASKERS:
        assert list(asked(path)) == []


def test_only_the_table_and_the_relations_of_records_know_relations() -> None:
    relations = {name for name, word in ROLES_AND_RELATIONS.items() if word in get_args(Relation)}
    asking = {
        named(path)
        for path in files("portfolio", "api", "projections")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Name) and node.id in relations
    }
    assert asking - ASKERS == {
        "portfolio/domain/enrolment/state.py",  # relations() of an enrolment
        "portfolio/domain/appeal/state.py",  # relations() of an appeal
        "portfolio/domain/assessment/attempt.py",  # relations() of an attempt
        "portfolio/domain/program/aggregate.py",  # relations() of a program
        "portfolio/application/words.py",  # what somebody is whatever the record: themselves, registered
        "portfolio/application/notices.py",  # in words, why somebody is told of what happened
        "projections/notices.py",  # whom it concerned
        "portfolio/application/read_session.py",  # what they are by its attempts, and of an item they see nothing of
        "projections/enrolment_list.py",  # the relations as words that enrolments are filed under
        "projections/appeal_list.py",  # and appeals
        "projections/assessor_queue.py",  # the enrolments that a person assesses, or confirms decisions of
        "api/enrolment_list.py",  # the enrolments that somebody assesses
        "api/news_of_others.py",  # the apprentices whom somebody looks after
        "api/lists.py",  # the own records of an apprentice, who declares nothing
        "api/appeal_list.py",  # the appeals that somebody hears
        "api/pages/home.py",  # whether there is more than being registered
    }
