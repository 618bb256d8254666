"""Sentences put plainly: no keys, no words of insiders, and nobody's own words changed."""

import pytest

from api.pages.plain import Plain

PLAIN = Plain({"C1": "Observation", "C2": "Portfolio", "C3": "C3"}, {"LET": "Live event technician"})


@pytest.mark.parametrize(
    ("sentence", "plainly"),
    [
        ("opened attempt 2 at component C1 of Mia.", "opened the second attempt at the Observation of Mia."),
        ("recorded a scrutiny route for component C2: Ann", "recorded a scrutiny route for the Portfolio: Ann"),
        (
            "as assessor for components C1, C2 from 1 May",
            "as assessor for the Observation and the Portfolio from 1 May",
        ),
        ("as assessor for component C3 from 1 May", "as assessor for component C3 from 1 May"),
        ("as assessor for components C1, C9 from 1 May", "as assessor for components C1, C9 from 1 May"),
        ("assigned assessor of C2", "assigned assessor of the Portfolio"),
        (
            "as assessor: for C1, C2 from 1 May, not for C1 from 2 May",
            "as assessor: for the Observation and the Portfolio from 1 May, not for the Observation from 2 May",
        ),
        ("not for all components from 1 May", "not for all components from 1 May"),
        ("added component C1, Observation, to the form.", "added the Observation to the form."),
        (
            "moved Mia to route LET: on route LET there is work",
            "moved Mia to route Live event technician (LET): on route LET there is work",
        ),
        ("enrolled Mia on route core.", "enrolled Mia on route core."),
        ("closed it: C1 was opened in error.", "closed it: C1 was opened in error."),
        ("made a remark (basis of finding) on version 1", "made a remark (a finding rests on it) on version 1"),
        (
            "sealed the file of version 2: PDF; malware screening: none configured.",
            "stored the file of version 2, which nobody can change since: PDF; not checked for viruses.",
        ),
        (
            "sealed a paper that Mia signed, 120 bytes of image/png; malware screening: clean.",
            "stored the scan of a paper that Mia signed, which nobody can change since; checked for viruses: clean.",
        ),
    ],
)
def test_a_sentence_is_put_plainly(sentence: str, plainly: str) -> None:
    assert PLAIN(sentence) == plainly
