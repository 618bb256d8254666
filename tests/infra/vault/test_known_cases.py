"""Files as people have them are sealed as what they are, as long and as large as they are."""

from pathlib import Path

import pytest

from portfolio.application.ports import ContentUnreadable
from tests.infra.vault.known_cases import CASES, FOLDER, Case
from tests.infra.vault.test_media import judged


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_file_as_people_have_it_is_known_and_measured(case: Case, tmp_path: Path) -> None:
    if case.refusal:
        with pytest.raises(ContentUnreadable, match=case.refusal):
            judged(case.content(), case.declared, tmp_path)
        return
    bounds = judged(case.content(), case.declared, tmp_path)
    assert bounds.media_type == case.media_type
    for name, value in case.bounds.items():
        measured = getattr(bounds, name)
        assert measured == (pytest.approx(value, abs=0.06) if name == "seconds" else value)


def test_every_kept_file_is_tried() -> None:
    assert {path.name for path in FOLDER.iterdir()} <= CASES.keys()
