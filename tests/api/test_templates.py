"""Parts of forms are made once for all pages on which they are the same, and are always what their macro makes."""

from collections.abc import Callable
from typing import Any, cast

import pytest
from flask import Flask
from jinja2 import DictLoader, Environment
from jinja2.filters import do_trim
from markupsafe import Markup

from api.templates import COMPONENTS, MOST, OF_FORMS, Templates, with_components

SPOKEN: dict[str, Any] = {
    "id": "a",
    "name": "a",
    "text": "Say it",
    "label": {"text": "Say <it>"},
    "hint": {"text": "At “once”"},
    "items": [],
}
OPTIONS: list[dict[str, Any]] = [
    {"value": "b", "text": "B & C", "checked": True, "selected": True},
    {"value": "d", "text": "D", "hint": {}},
]
ASKED: tuple[dict[str, Any], ...] = (
    SPOKEN,
    {**SPOKEN, "attributes": {"maxlength": "20", "form": "f"}},
    {**SPOKEN, "attributes": {"form": "f", "maxlength": "20"}},
    {**SPOKEN, "attributes": {"form": Markup("f"), "maxlength": 20}},
    {**SPOKEN, "hint": {"text": Markup("<b>At once</b>")}},
    {**SPOKEN, "value": "typed"},
    {**SPOKEN, "errorMessage": {"text": "Say more."}},
    {**SPOKEN, "items": OPTIONS, "idPrefix": "a", "fieldset": {"legend": {"text": "Which?", "classes": "c"}}},
    {**SPOKEN, "items": [{**each, "checked": False} for each in OPTIONS], "idPrefix": "a"},
    {**SPOKEN, "items": [{**each, "value": 1, "disabled": True} for each in OPTIONS], "idPrefix": "a"},
    {**SPOKEN, "items": [{**each, "value": True, "disabled": 1} for each in OPTIONS], "idPrefix": "a"},
    {**SPOKEN, "items": [{**each, "value": "1", "disabled": "1"} for each in OPTIONS], "idPrefix": "a"},
)


@pytest.fixture
def ours() -> Templates:
    app = Flask("test")
    app.jinja_environment = Templates
    environment = app.jinja_env
    environment.loader = with_components(DictLoader({}))
    assert isinstance(environment, Templates)
    return environment


def macro_of(environment: Environment, name: str) -> Callable[..., str]:
    """Return the macro of a component, which is the only one of its module."""
    module = environment.get_template(name).module
    return cast(Callable[..., str], next(value for key, value in vars(module).items() if key.startswith("govuk")))


@pytest.mark.parametrize("name", sorted(OF_FORMS))
def test_what_is_kept_is_what_the_macro_makes(ours: Templates, name: str) -> None:
    plain = Environment(loader=with_components(DictLoader({})), autoescape=True)
    plain.filters["indent"] = ours.filters["indent"]
    kept, made = (macro_of(each, f"{COMPONENTS}/{name}") for each in (ours, plain))
    for _ in range(2):
        for asked in ASKED:
            html = kept(asked)
            assert (html, type(html)) == (made(asked), Markup)


def counting(environment: Templates, name: str) -> tuple[Callable[..., str], list[str]]:
    """Return a macro and, for each time that its HTML is made, an entry."""
    made: list[str] = []

    def counted(text: str) -> str:
        made.append(text)
        return do_trim(text)

    environment.filters["trim"] = counted
    return macro_of(environment, f"{COMPONENTS}/components/{name}/macro.html"), made


def test_it_is_made_once_but_for_what_somebody_typed(ours: Templates) -> None:
    textarea, made = counting(ours, "textarea")
    numbers = []
    for asked in (SPOKEN, {**SPOKEN, "value": "typed"}, {**SPOKEN, "errorMessage": {"text": "Say more."}}):
        before = len(made)
        textarea(asked)
        once = len(made) - before
        textarea(asked)
        numbers.append((len(made) - before) / once)
    assert numbers == [1, 2, 2]


def test_no_more_is_kept_than_so_many(ours: Templates) -> None:
    textarea, made = counting(ours, "textarea")
    textarea(SPOKEN)
    for number in range(MOST):
        textarea({**SPOKEN, "id": f"a{number}"})
    before = len(made)
    textarea(SPOKEN)
    assert len(made) > before
