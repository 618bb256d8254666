"""What CONTRIBUTING.md tells newcomers to touch is there, and so is each check that it names."""

import re

import pytest

from tests.architecture.source import ROOT
from tests.tools.recipes import RECIPES, Step

STEPS = [step for steps in RECIPES.values() for step in steps]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.place)
def test_every_place_and_every_check_of_a_recipe_is_there(step: Step) -> None:
    assert (ROOT / step.place).exists()
    file, _, name = step.check.partition("::")
    assert (ROOT / file).exists()
    assert not name or re.search(rf"^def {name}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
