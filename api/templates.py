"""Templates: how pages are rendered, and that a part of a form is made once for all pages on which it is the same."""

import marshal
from collections.abc import Callable, Mapping, MutableMapping
from functools import wraps
from typing import Any

from flask.sansio.app import App
from flask.templating import Environment
from jinja2 import BaseLoader, ChoiceLoader, PackageLoader, PrefixLoader, Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Macro

COMPONENTS = "govuk_frontend_jinja"
"""The package of the macros of GOV.UK Frontend, and below which name our templates find them."""

MACRO = "macro.html"
"""The file of each component's macro."""

OF_FORMS = frozenset(
    f"components/{name}/{MACRO}"
    for name in ("button", "checkboxes", "input", "radios", "select", "skip-link", "textarea")
)
"""The templates whose macros keep their HTML, by their names in that package.

It follows from the parameters alone, and most of these say the same each time.
"""

NOT_KEPT = frozenset({"value", "errorMessage", "html"})
"""Parameters with which nothing is kept: what somebody typed, what is wrong with it, and HTML of ours."""

MOST = 200
"""Different HTML that is kept of one macro."""


class OurTemplate(Template):
    """A template; if its macros make parts of forms, what they made of the same parameters is kept."""

    def make_module(
        self,
        vars: dict[str, Any] | None = None,  # noqa: A002 - named so by the library
        shared: bool = False,
        locals: Mapping[str, Any] | None = None,  # noqa: A002 - as above
    ) -> TemplateModule:
        """Return what other templates import."""
        module = super().make_module(vars, shared, locals)
        if self.name in OF_FORMS:
            for name, value in list(module.__dict__.items()):
                if isinstance(value, Macro):
                    setattr(module, name, kept(value))
        return module


def kept(macro: Callable[..., str]) -> Callable[..., str]:
    """Return a macro that keeps its HTML by the parameters, in their order and with their types."""
    made: dict[bytes, str] = {}

    @wraps(macro, assigned=(), updated=())
    def component(*given: Any, **more: Any) -> str:
        if more or len(given) != 1 or not isinstance(given[0], dict) or any(given[0].get(name) for name in NOT_KEPT):
            return macro(*given, **more)
        try:
            key = marshal.dumps(given[0], 2)  # the newest version whose bytes follow from what is said alone
        except ValueError:  # something else than plain texts, numbers and what holds them
            return macro(*given)
        html = made.get(key)
        if html is None:
            html = macro(*given)
            if len(made) >= MOST:
                made.clear()
            made[key] = html
        return html

    return component


class Templates(Environment):
    """Our templates: their globals are all there before the first of them is used, and nothing in them is indented.

    The library keeps globals in layers, so that later ones count too, and goes through them at each import of a macro.
    The macros of GOV.UK Frontend indent the HTML that they are given, also what somebody typed into a textarea.
    """

    template_class = OurTemplate

    def __init__(self, app: App, **options: Any) -> None:
        super().__init__(app, **options)
        self.filters["indent"] = lambda html, *_: html

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template in one layer."""
        return {**self.globals, **(d or {})}


def with_components(ours: BaseLoader) -> BaseLoader:
    """Return what finds our templates, and below their package's name the macros of GOV.UK Frontend."""
    return ChoiceLoader([ours, PrefixLoader({COMPONENTS: PackageLoader(COMPONENTS)})])
