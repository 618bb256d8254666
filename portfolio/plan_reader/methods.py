"""Methods: which assessment methods the plan requires, and which it lets anything further be chosen from."""

import re
from collections.abc import Iterator
from itertools import pairwise, zip_longest

from portfolio.domain.plan import Methods, RequiredMethod
from portfolio.plan_reader.lines import Line, Source
from portfolio.plan_reader.markup import HARD, Span, Styled, folded
from portfolio.plan_reader.options import without_list_ending

_NUMBER_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {"a": 1, "an": 1} | {word: number for number, word in enumerate(_NUMBER_WORDS, 1)}
_NUMBER = rf"(?:{'|'.join(_NUMBERS)}|[0-9]{{1,2}})"
_AT_LEAST = r"(?:at least|a minimum of|minimum of|no fewer than|not fewer than|no less than)"
_AMOUNT = re.compile(
    rf"(?:{_AT_LEAST}\s+)?(?P<number>{_NUMBER})\b(?:\s+or\s+more\b)?\s*(?:\([0-9]{{1,2}}\)\s*)?", re.IGNORECASE
)
_INCLUDE = re.compile(r"\b(?:must|to|shall|should)\s+(?:\w+\s+)?(?:include|contain|comprise)\b:?", re.IGNORECASE)
_LEAST = re.compile(rf"\b(?={_AT_LEAST}\b)", re.IGNORECASE)
_OBLIGED = re.compile(r"\b(?:must|required?|mandatory|includ\w+)\b", re.IGNORECASE)
_CLAUSE_END = re.compile(
    r"\bany\s+(?:additional|further|other)\b|\b(?:selected|chosen)\s+from\b|:(?=\s*\S)|[.:]\s*\Z", re.IGNORECASE
)
_ASSESSMENT = re.compile(r"\bassess|\bthey\b|\bthere\b", re.IGNORECASE)
_ONE_OF = re.compile(rf"\b{_NUMBER}\s+(?:or\s+more\s+)?(?:of|from)\s+the\b", re.IGNORECASE)
_OR = re.compile(r"\b(?:or(?!\s+more\b)|either)\b", re.IGNORECASE)
_NEXT = re.compile(r"\s*(?:[,;]\s*(?:(?:and|plus)\b)?|\b(?:and|plus|as\s+well\s+as)\b|&)\s*", re.IGNORECASE)
_NEXT_AMOUNT = re.compile(rf"\s*(?:,|;|\band\b|\bplus\b|&)\s+(?={_AT_LEAST}|{_NUMBER}\s)", re.IGNORECASE)
_QUALIFIER = re.compile(
    r"\s(?:as|in|for|to|at|during|from|which|that|lasting|where|when|per|must|should|is|are|will)\s|\s*\(",
    re.IGNORECASE,
)
_NO_METHOD = re.compile(
    r"(?:assessments?|methods?|weeks?|days?|hours?|minutes?|months?|years?|marks?|pieces?|range|variety|mix|combination)\b"
    r"|assessment methods?\b|working\b|per ?cent\b|%",
    re.IGNORECASE,
)
_CHOICE = re.compile(
    r"\b(?:selected|chosen|drawn|taken)\s+from\b|\bfollowing\s+(?:list\s+of\s+)?(?:assessment\s+)?methods\b",
    re.IGNORECASE,
)
_FOLLOWING = re.compile(r"\b(?:following|below)\b", re.IGNORECASE)
_TAIL = re.compile(r"\s(?:to|so)\s+(?:ensure|that|make|meet|cover)\b", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and|or)\s+", re.IGNORECASE)
_LED_ON = re.compile(r"(?:and|or)\s+", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:an?|the)\s+", re.IGNORECASE)
_HEAD = re.compile(r"\s(?=(?:with|of|and|underpinned|supported|based|including)\s)", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?]\s+(?=[A-Z])")
_REQUIREMENTS = re.compile(r"assessment requirements", re.IGNORECASE)
_DESCRIPTORS = re.compile(r"\bperformance descriptors?\b", re.IGNORECASE)
_REMARK = re.compile(r"\s*[(\[]|\s*:\s|\s+[–—-]\s+|[.;]\s+(?=\S)|[\u2028\u2029]")
_NO_WORDS = re.compile(r"\A[\W_]+|[\W_]+\Z")
_ITEM_WORDS = 7


def read_methods(source: Source) -> Methods:
    """Return the methods; note which of the two kinds the plan does not print.

    A requirement that leaves a choice is refused, for a form could not be proved against it; so is a list that is
    announced and not there.
    """
    prose = [line for line in source.lines if line.plain and not line.row]
    start = next((index for index, line in enumerate(prose) if _REQUIREMENTS.fullmatch(line.plain)), 0)
    required: dict[str, RequiredMethod] = {}
    chosen: list[str] = []
    choice = source.lines[-1]
    while start < len(prose):
        end = _paragraph_end(prose, start)
        following = [] if prose[start].bullet else prose[end:]
        for sentence in _sentences(source, prose[start:end]):
            for method in _required(source, sentence, following):
                required.setdefault(method.name, method)
            if not chosen and _CHOICE.search(sentence.text):
                choice, chosen = prose[start], _chosen(source, sentence, following)
        start = end
    end_of_text = (source.lines[-1].start, source.lines[-1].start)
    if not required:
        source.warn("no-required-method", choice.span, "No method is required by the plan.")
    if not chosen:
        message = "The plan does not say from which methods more may be chosen."
        source.warn("no-further-methods", end_of_text, message)
    return Methods(required=tuple(required.values()), choose_from=tuple(chosen))


def _paragraph_end(prose: list[Line], start: int) -> int:
    """Return the index after a paragraph, which may be wrapped over several lines."""
    for index, (line, below) in enumerate(pairwise(prose[start:]), start + 1):
        broken = below.number != line.number + 1 or line.plain.endswith((".", ":", "!", "?"))
        if broken or any(one.bullet or one.heading for one in (line, below)):
            return index
    return len(prose)


def singular(name: str) -> str:
    """Return the name of a method in lower case and for one of it: ``Case studies`` is ``case study``."""
    head, *tail = _HEAD.split(folded(name).casefold(), maxsplit=1)
    first, _, last = head.rpartition(" ")
    if last.endswith("ies") and last != "series":
        last = last[:-3] + "y"
    elif last.endswith(("sses", "shes", "ches", "xes")):
        last = last[:-2]
    elif last.endswith("s") and not last.endswith(("ss", "us", "is", "series")):
        last = last[:-1]
    return " ".join(filter(None, [first, last, *tail]))


def _sentences(source: Source, lines: list[Line]) -> Iterator[Styled]:
    styled = source.styled(*(span for line in lines for span in line.spans))
    start = 0
    for end in _SENTENCE_END.finditer(styled.text):
        yield styled.cut(start, end.end())
        start = end.end()
    yield styled.cut(start)


def _required(source: Source, sentence: Styled, following: list[Line]) -> list[RequiredMethod]:
    """Return the methods that this sentence requires; none if it requires something else, or nothing."""
    text = sentence.text
    least = _LEAST.search(text) if _OBLIGED.search(text) else None
    verb = _INCLUDE.search(text) or least
    if verb is None or not _ASSESSMENT.search(text[: verb.start()] or text):
        return []
    if least and verb.end() < least.start() and not _CLAUSE_END.search(text[verb.end() : least.start()]):
        verb = least
    end = _CLAUSE_END.search(text, verb.end())
    clause = sentence.cut(verb.end(), end.start() if end else None)
    if _AMOUNT.match(clause.text.lstrip()) is None:
        listed = _items(source, following) if text.rstrip().endswith(":") else []
        items = [item for item in listed if _AMOUNT.match(item.text.lstrip()) or clause.text.strip()]
        return [method for item in items for method in _named(source, item)]
    return _named(source, clause)


def _named(source: Source, clause: Styled) -> list[RequiredMethod]:
    """Return the methods of "at least one **observation** and two **professional discussions**", bold or not."""
    runs = list(clause.bold_runs())
    offered = clause.text[runs[0][0] : runs[-1][1]] if runs else _QUALIFIER.split(folded(clause.text), maxsplit=1)[0]
    if clause.text and (_OR.search(offered) or _ONE_OF.search(clause.text)):
        raise source.unreadable(clause.spans[0][0], "a method is required that may be one thing or another.")
    pieces: list[tuple[str, str]] = []
    previous_end = 0
    for start, end in runs:
        before, *rest = _NEXT_AMOUNT.split(folded(clause.text[start:end]))
        pieces += [(folded(clause.text[previous_end:start]), before), *(("", piece) for piece in rest)]
        previous_end = end
    if not runs:
        pieces = [("", piece) for piece in _NEXT.split(folded(clause.text)) if piece]
    methods = []
    for before, piece in pieces:
        amount = _AMOUNT.match(piece) or next(reversed(list(_AMOUNT.finditer(before))), None)
        piece = piece[amount.end() :] if amount and amount.string is piece else piece
        name = _QUALIFIER.split(piece, maxsplit=1)[0]
        if runs and piece[len(name) :].lstrip().startswith("("):
            _note_remark(source, name, piece[len(name) :], (clause.spans[0][0], clause.spans[-1][1]))
        name = singular(_NO_WORDS.sub("", without_list_ending(name)))
        if name and not _NO_METHOD.match(name):
            number = amount["number"].casefold() if amount else "one"
            methods.append(RequiredMethod(name=name, minimum=_NUMBERS.get(number) or int(number)))
    return methods


def _chosen(source: Source, sentence: Styled, following: list[Line]) -> list[str]:
    """Return the methods that a sentence, or the list that it announces, offers."""
    text = sentence.text
    choice = _CHOICE.search(text)
    colon = text.rfind(":")
    if colon >= 0 and text[colon + 1 :].strip(" ."):
        items = _inline(sentence.cut(colon + 1))
    elif colon >= 0 or _FOLLOWING.search(text):
        items = [_bold_name(source, item) for item in _items(source, following, note_breaks=True)]
    else:
        items = _inline(sentence.cut(choice.end() if choice else 0))
    span = (sentence.spans[0][0], sentence.spans[-1][1])
    names = [_without_remark(source, item, span) for item in items]
    if not any(names):
        raise source.unreadable(sentence.spans[0][0], "a list of methods is announced and none follows.")
    return list(dict.fromkeys(filter(None, names)))


def _bold_name(source: Source, item: Styled) -> str:
    """Return the words of a list item; only those in bold if they come first, and a note of the others."""
    runs = list(item.bold_runs())
    if not runs or item.text[: runs[0][0]].strip():
        return item.text
    start, end = runs[0]
    _note_remark(source, item.text[start:end], item.text[end:], item.span(start, len(item.text)))
    return item.text[start:end]


def _without_remark(source: Source, item: str, span: Span) -> str:
    """Return the name of a method without what is said of it afterwards; note what is left out."""
    name = without_list_ending(item.strip())
    remark = _REMARK.search(name)
    if remark:
        _note_remark(source, name[: remark.start()], name[remark.start() :], span)
        name = name[: remark.start()]
    name = _NO_WORDS.sub("", folded(name))
    article = _ARTICLE.match(name)
    return name[article.end() :] if article else name


def _note_remark(source: Source, name: str, remark: str, span: Span) -> None:
    if any(char.isalnum() for char in without_list_ending(folded(remark))):
        message = f"{folded(remark)!r} stands after the method {folded(name)!r}; it is not read."
        source.warn("method-remark", span, message)


def _inline(styled: Styled) -> list[str]:
    """Return the items of a list inside a sentence."""
    tail = _TAIL.search(styled.text)
    styled = styled.cut(0, tail.start() if tail else None)
    runs = [folded(styled.text[start:end]) for start, end in styled.bold_runs()]
    if len(runs) > 1:
        return runs
    *first, last = [part for part in re.split("[,;]", folded(styled.text)) if part.strip()] or [""]
    led_on = _LED_ON.match(last.strip())
    if led_on:
        return [*first, last.strip()[led_on.end() :]]
    ends = list(_AND.finditer(last))
    if not first:
        return _AND.split(last)
    return [*first, last[: ends[-1].start()], last[ends[-1].end() :]] if ends else [*first, last]


def _items(source: Source, following: list[Line], *, note_breaks: bool = False) -> list[Styled]:
    """Return the items of the list that stands next: bulleted, or short lines if nothing is bulleted."""
    items: list[tuple[Line, Styled]] = []
    lines = [line for line in following if not source.is_furniture(line)]
    for line, below in zip_longest(lines, lines[1:]):
        bulleted = line.bullet or "<li" in line.raw.lower()
        if not bulleted:
            if _continues(source, items, line, below):
                continue
            if not _is_short(line) or _DESCRIPTORS.search(line.plain) or (items and items[-1][0].bullet):
                _note_end(source, items, line)
                break
        elif items and items[0][0].bullet and line.indent > items[0][0].indent + 1:
            source.warn("list-nested", line.span, f"{line.plain!r} stands under a method and is not read as one.")
            continue
        styled = source.styled(*line.spans)
        start = 0
        for index in [*(i for i, char in enumerate(styled.text) if char == HARD), len(styled.text)]:
            if styled.text[start:index].strip():
                items.append((line, styled.cut(start, index)))
            start = index + 1
    steps = [(line, line.number - above.number) for (above, _), (line, _) in pairwise(items)]
    for line, step in steps:
        if note_breaks and step > 1 and any(other == 1 for _, other in steps):
            source.warn("list-broken", line.span, f"A gap stands before {line.plain!r}; it is read as one list.")
    return [item for _, item in items]


def _is_short(line: Line) -> bool:
    return not line.heading and len(line.plain.split()) <= _ITEM_WORDS and not line.plain.endswith((".", ":"))


def _continues(source: Source, items: list[tuple[Line, Styled]], line: Line, below: Line | None) -> bool:
    """Return whether a line without a bullet only goes on with an item, or stands between two; note that it does."""
    if not items or line.heading or line.plain.endswith(":"):
        return False
    last = items[-1][0]
    bracketed = line.plain.startswith(("(", "[")) and line.plain.endswith((")", "]", ")."))
    wrapped = last.bullet and line.number == last.number + 1
    between = last.bullet and below is not None and below.bullet and _is_short(line)
    if bracketed or wrapped or between:
        source.warn("leftover-text", line.span, f"{line.plain!r} stands in a list of methods and is not read.")
    return bracketed or wrapped or between


def _note_end(source: Source, items: list[tuple[Line, Styled]], line: Line) -> None:
    """Note a short line after a list that might be one more item of it."""
    few = len(line.plain.split()) <= _ITEM_WORDS and not line.plain.endswith(":")
    if items and few and not line.heading and not _DESCRIPTORS.search(line.plain):
        source.warn("list-ended", line.span, f"{line.plain!r} stands after a list of methods and is not read as one.")
