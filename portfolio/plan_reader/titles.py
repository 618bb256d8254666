"""Titles: what an outcome is called and how it is described, told apart by boldness and breaks."""

from portfolio.plan_reader.headers import key_at_start
from portfolio.plan_reader.lines import Source
from portfolio.plan_reader.markup import HARD, SOFT, Styled, folded
from portfolio.plan_reader.options import DraftOutcome


def title_and_description(source: Source, row: DraftOutcome) -> tuple[str, str]:
    """Return what follows the key: the bold words or the first paragraph, and everything after it."""
    styled = source.styled(*row.first)
    key = key_at_start(styled.text)
    styled = styled.cut(key.end() if key else 0)
    further = [str(source.styled(span)) for span in row.further]
    if not str(styled) and any(further):
        styled, further = source.styled(*row.further, seam=HARD), []
    start = next((index for index, char in enumerate(styled.text) if not char.isspace()), len(styled.text))
    stop = _title_end(styled, start)
    return folded(styled.text[start:stop]), folded(" ".join([styled.text[stop:].lstrip(" :–—-\u2028\u2029"), *further]))


def _title_end(styled: Styled, start: int) -> int:
    """Return where the title ends that begins at ``start``."""
    text = styled.text
    breaks = [index for index in range(start, len(text)) if text[index] in (SOFT, HARD)]
    end = breaks[0] if breaks else len(text)
    if start == len(text) or not styled.bold[start]:
        return end
    stop = next(
        (i for i in range(start, len(text)) if text[i] == HARD or not (styled.bold[i] or text[i].isspace())), len(text)
    )
    slips = stop < len(text) and (text[stop].islower() or text[stop] == ",") and SOFT not in text[start:stop]
    # Bold that stops in mid-sentence, with a paragraph still to come, was meant for the whole title.
    return end if slips and folded(text[end:]) else stop
