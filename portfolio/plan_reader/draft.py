"""Draft: whether a plan calls itself a draft, anywhere: in its title, a running head or foot, a cell or a sentence."""

import re

from portfolio.plan_reader.lines import Line, Source

_DRAFT = re.compile(r"(?<![^\W\d_])(?:draft)+(?![^\W\d_])|\bd\s+r\s+a\s+f\s+t\b", re.IGNORECASE)
_LABEL = re.compile(r"\b[A-Z]{2,3}\s?[0-9]{4}\b(?:\s?/\s?V\s?[0-9.]{1,6})?", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_BESIDE = re.compile(
    r"a|aap|and|apprenticeship|assessment|comment|confidential|consultation|copy|delivery|document|for|in|"
    r"is|level|not|of|only|page|plan|pre|preview|published|status|the|this|use|version|watermark|yet|"
    r"january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|"
    r"apr|jun|jul|aug|sep|oct|nov|dec"
)
"""Words that may stand beside "draft" where a document says nothing but what it is."""

_CALLED = re.compile(
    r"\bdraft(?:[\s-]+\w+){0,4}?[\s-]+(?:plan|version|preview|edition|publication|AAP)\b"
    r"|\b(?:this|the)\b[^.]{0,80}\b(?:is|remains)\b[^.]{0,40}\b(?:a|an|in|still|only)\s+(?:[\w-]+\s+){0,2}draft\b"
    r"|\b(?:in|status:?)\s+draft\b",
    re.IGNORECASE,
)
_ANOTHER = re.compile(
    r"\b(?:replac\w+|supersed\w+|earlier|previous|former|since|after|not|longer|from|instead|unlike|than)\b[^.]{0,40}\Z",
    re.IGNORECASE,
)
_TO_DRAFT = re.compile(r"\b(?:to|can|could|may|must|will|they|apprentices?)\s+\Z", re.IGNORECASE)
_UNAPPROVED = re.compile(
    r"\bnot (?:yet )?(?:been )?approved\b|\bconsultation (?:version|copy)\b|\bunder consultation\b|\bprovisional\b",
    re.IGNORECASE,
)
_MOST_WORDS = 25


def read_draft(source: Source) -> bool:
    """Return whether the plan says that it is a draft; note where, or where a word leaves that in doubt."""
    doubtful: list[Line] = []
    for line in source.lines:
        if _is_called_draft(source, line):
            source.warn("draft", line.span, "The plan is a draft: no live result may rest on it until it is approved.")
            return True
        if _is_doubtful(line):
            doubtful.append(line)
    for line in doubtful:
        message = "This may mean that the plan is not the final one; the plan does not say so, and is read as no draft."
        source.warn("draft-doubtful", line.span, message)
    return False


def _is_called_draft(source: Source, line: Line) -> bool:
    if any(_says_only_draft(source, text) for text in (*line.texts, line.plain)):
        return True
    called = None if line.row else _CALLED.search(line.plain)
    return called is not None and not _speaks_of_something_else(line.plain, called)


def _says_only_draft(source: Source, text: str) -> bool:
    word = _DRAFT.search(text)
    if word is None or _ANOTHER.search(text[: word.start()]):
        return False
    rest = _LABEL.sub(" ", _DRAFT.sub(" ", text)).casefold().replace(source.title.casefold() or "draft", " ")
    return all(len(word) == 1 or _BESIDE.fullmatch(word) for word in _WORD.findall(rest))


def _speaks_of_something_else(text: str, called: re.Match[str]) -> bool:
    draft = next(_DRAFT.finditer(text, called.start()), called)
    before = text[: draft.start()]
    return _ANOTHER.search(before) is not None or _TO_DRAFT.search(before) is not None


def _is_doubtful(line: Line) -> bool:
    if not line.row and len(line.plain.split()) <= _MOST_WORDS and _UNAPPROVED.search(line.plain):
        return True
    shown = _DRAFT.search(line.plain)
    if shown is None:
        return _DRAFT.search(line.raw) is not None
    return not line.row and not _TO_DRAFT.search(line.plain[: shown.start()])
