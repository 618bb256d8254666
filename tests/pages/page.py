"""A page as a reader of its HTML finds it: headings, links, and forms with the fields they would send."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "link", "input", "img", "br"}
INLINE = {"a", "code", "strong", "small", "time"}


@dataclass
class Element:
    """One element with its text; ``inside`` are its children in order."""

    tag: str
    attributes: dict[str, str]
    inside: list["Element | str"] = field(default_factory=list)

    def all(self, *tags: str, **attributes: str) -> Iterator["Element"]:
        """Yield the elements below, in order, of these tags and with these attributes."""
        for child in self.inside:
            if isinstance(child, Element):
                fits = not tags or child.tag in tags
                if fits and all(child.attributes.get(name) == value for name, value in attributes.items()):
                    yield child
                yield from child.all(*tags, **attributes)

    def one(self, *tags: str, **attributes: str) -> "Element":
        """Return the only such element."""
        (element,) = self.all(*tags, **attributes)
        return element

    @property
    def text(self) -> str:
        return " ".join("".join(self._words()).split())

    def _words(self) -> Iterator[str]:
        for child in self.inside:
            if isinstance(child, str):
                yield child
            else:
                yield from child._words()
                yield "" if child.tag in INLINE else " "


class Page(HTMLParser):
    """A page that was answered."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.top = Element("", {})
        self._open = [self.top]
        self.feed(html)
        assert self._open == [self.top], f"<{self._open[-1].tag}> is never closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].inside.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)

    @property
    def text(self) -> str:
        return self.top.one("main").text

    @property
    def refusal(self) -> str:
        """Return what the page says was not possible."""
        return self.top.one(role="alert").text

    def section(self, name: str) -> Element:
        """Return a section by the id of its heading."""
        return self.top.one("section", **{"aria-labelledby": name})

    @property
    def actions(self) -> list[str]:
        """Return where the forms lead, and their buttons that lead elsewhere, by the last part of their addresses."""
        main = self.top.one("main")
        forms = [form.attributes["action"] for form in main.all("form", method="post")]
        elsewhere = [each.attributes["formaction"] for each in main.all("button") if "formaction" in each.attributes]
        addresses = dict.fromkeys([*elsewhere, *forms])
        return [address.partition("?")[0].rpartition("/")[2] for address in addresses]

    def form(self, last: str) -> tuple[str, dict[str, Any]]:
        """Return the address of a form, by the last part of it, and what it sends as it stands.

        A button may send its form elsewhere, and says then what it says itself.
        """
        main = self.top.one("main")
        for button in main.all("button"):
            if button.attributes.get("formaction", "").endswith(f"/{last}"):
                said = {button.attributes["name"]: button.attributes["value"]}
                return button.attributes["formaction"], sent_by(main.one("form", id=button.attributes["form"])) | said
        forms = main.all("form")
        form = next(form for form in forms if form.attributes["action"].partition("?")[0].endswith(f"/{last}"))
        sure = {each.attributes["name"]: each.attributes["value"] for each in form.all("button", name="sure")}
        return form.attributes["action"], sent_by(form) | sure


def sent_by(form: Element) -> dict[str, Any]:
    """Return what a form sends as it stands, several values of a name as a list."""
    sent: dict[str, Any] = {}
    for name, value in fields_of(form):
        sent[name] = [*each, value] if isinstance(each := sent.get(name), list) else [each, value] if each else value
    return sent


def fields_of(form: Element) -> Iterator[tuple[str, str]]:
    """Yield what a form sends if nobody fills anything in."""
    for each in form.all("input", "textarea", "select"):
        name, kind = each.attributes.get("name", ""), each.attributes.get("type", "text")
        if each.tag == "textarea":
            yield name, each.text
        elif each.tag == "select":
            options = list(each.all("option"))
            chosen = next((option for option in options if "selected" in option.attributes), options[0])
            yield name, chosen.attributes.get("value", chosen.text)
        elif kind != "file" and (kind not in ("checkbox", "radio") or "checked" in each.attributes):
            yield name, each.attributes.get("value", "")
