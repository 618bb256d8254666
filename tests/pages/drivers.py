"""How somebody drives a page: by keyboard alone, or by what the accessibility tree says alone; journeys run by each."""

import re
from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Locator, Page, expect

Role = Literal["button", "checkbox", "combobox", "link", "radio", "tab", "textbox"]

MOST_STOPS = 400
"""Presses of a key after which something counts as out of reach."""


@dataclass
class Driver:
    """Finds everything by its role and its name, as assistive technology does; ``acts`` counts what was done."""

    page: Page
    acts: int = 0

    def found(self, role: Role, name: str) -> Locator:
        """Return what has this role and this name, which begins so."""
        begins = re.escape(name).replace("/", r"\/")  # the pattern is handed over between slashes
        return self.page.get_by_role(role, name=re.compile(f"^{begins}")).first

    def follow(self, name: str) -> None:
        """Follow a link."""
        self.use("link", name)

    def press(self, name: str) -> None:
        """Press a button."""
        self.use("button", name)

    def use(self, role: Role, name: str) -> None:
        """Use a link or a button, and wait for what follows."""
        self.acts += 1
        self.found(role, name).click()
        self.page.wait_for_load_state()

    def write(self, name: str, text: str) -> None:
        """Write into a field, over what stands there."""
        self.acts += 1
        self.found("textbox", name).fill(text)

    def write_day(self, name: str, day: str) -> None:
        """Write a day, given as 2026-11-02."""
        self.write(name, day)

    def tick(self, name: str) -> None:
        """Tick a box."""
        self.acts += 1
        self.found("checkbox", name).check()

    def choose(self, name: str) -> None:
        """Choose one of several."""
        self.acts += 1
        self.found("radio", name).check()

    def reads(self, text: str) -> None:
        """Insist that the page says this, within its main part."""
        expect(self.page.get_by_role("main")).to_contain_text(text)


class ByTree(Driver):
    """Uses what the accessibility tree names, and nothing else."""


class ByKeyboard(Driver):
    """Goes from stop to stop with Tab, and between choices with the arrows; ``acts`` counts presses of keys."""

    def key(self, key: str) -> None:
        """Press a key."""
        self.acts += 1
        self.page.keyboard.press(key)

    def reach(self, target: Locator, key: str = "Tab") -> None:
        """Press a key until something has the focus, which must be seen to have it."""
        target.wait_for(state="attached")
        for _ in range(MOST_STOPS):
            if target.evaluate("each => each === document.activeElement"):
                return
            self.key(key)
        raise AssertionError(f"{target} is out of reach of {key}")

    def use(self, role: Role, name: str) -> None:
        """See ``Driver.use``."""
        self.reach(self.found(role, name))
        self.key("Enter")
        self.page.wait_for_load_state()

    def write(self, name: str, text: str) -> None:
        """See ``Driver.write``."""
        self.reach(self.found("textbox", name))
        self.key("Control+a")
        self.page.keyboard.type(text)

    def write_day(self, name: str, day: str) -> None:
        """See ``Driver.write_day``; typed as people in Britain do."""
        self.reach(self.found("textbox", name))
        self.page.keyboard.type("".join(reversed(day.split("-"))))

    def tick(self, name: str) -> None:
        """See ``Driver.tick``."""
        box = self.found("checkbox", name)
        self.reach(box)
        if not box.is_checked():
            self.key("Space")

    def choose(self, name: str) -> None:
        """See ``Driver.choose``."""
        radio = self.found("radio", name)
        same = radio.evaluate("each => each.name")
        for _ in range(MOST_STOPS):
            if self.page.evaluate("name => document.activeElement.name === name", same):
                break
            self.key("Tab")
        self.key("Space")  # the one with the focus may not be chosen yet
        self.reach(radio, "ArrowDown")
        expect(radio).to_be_checked()
