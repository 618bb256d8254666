"""Write the documents that follow from the code: ``python -m tests.tools.write_docs``. A test compares them."""

import json
import sys
from collections.abc import Iterable
from types import SimpleNamespace
from typing import cast

from api.app import create_app
from api.brand import COLOUR
from api.docs import problems_markdown
from api.reference import openapi
from api.services import Services
from portfolio.domain.permissions import MAY, READS, SEES, THEN_REFUSED
from portfolio.domain.rows import Rule
from tests.architecture.source import ROOT, import_everything
from tests.tools.events import events_markdown
from tests.tools.matrix import security_markdown
from tests.tools.recipes import contributing
from tests.tools.reference import reference_json
from tests.tools.rule_book import explained_json, rules_markdown, sources

DOCS = ROOT / "docs"


def permissions_markdown() -> str:
    """Return docs/permissions.md: every command, record and question with the words that open it."""
    commands = ((kind.__name__, first_line(kind.__doc__), rule) for kind, rule in MAY.items())
    refused = [
        f"| `{kind.__name__}` | {word} | `{refusal.code}` |"
        for kind, words_refused in THEN_REFUSED.items()
        for word, refusal in words_refused.items()
    ]
    records = ((name, "", rule) for name, rule in SEES.items())
    questions = ((name, "", rule) for name, rule in READS.items())
    return "\n".join(
        [
            "# Permissions",
            "",
            "Who may do and see what. The words are the roles a person holds now and what they are to the record, all",
            "from recorded facts; one of the needed words is enough, a forbidding one outweighs them all. The rules of",
            "the record come after. Generated from `portfolio/domain/permissions.py`: change that, not this file.",
            "",
            "## Commands",
            "",
            *table(("Command", "What it asks", "Needs one of", "Forbidden to"), commands),
            "",
            "### Let in, and then refused by a rule",
            "",
            "With this word and no other one may send the command and is always refused, by the name of the rule.",
            "",
            "| Command | Word | Refused as |",
            "| --- | --- | --- |",
            *refused,
            "",
            "## Records",
            "",
            "To everybody else the record is not there (404).",
            "",
            *table(("Record", "", "Seen by", "Hidden from"), records),
            "",
            "## Questions",
            "",
            *table(("Question", "", "Needs one of", "Forbidden to"), questions),
            "",
        ]
    )


def openapi_json() -> str:
    """Return docs/openapi.json: every route of the service, what it takes and what it answers."""
    app = create_app(cast(Services, SimpleNamespace(base_url="", colour=COLOUR)))  # the document asks for nothing else
    return json.dumps(openapi(app), indent=1, ensure_ascii=False) + "\n"


def table(head: tuple[str, str, str, str], rows: Iterable[tuple[str, str, Rule]]) -> list[str]:
    """Return a Markdown table; a column without a title is left out."""
    lines = [head, tuple("---" for _ in head)]
    lines += [(f"`{name}`", sentence, words(rule.any_of), words(rule.none_of)) for name, sentence, rule in rows]
    return ["| " + " | ".join(cell for cell, title in zip(line, head, strict=True) if title) + " |" for line in lines]


def words(held: frozenset[str]) -> str:
    """Return words in alphabetical order, a dash for none."""
    return ", ".join(sorted(held)) or "–"


def first_line(text: str | None) -> str:
    """Return the first line of a docstring."""
    return (text or "").strip().partition("\n")[0].replace("``", "`")


def rule_sources_json() -> str:
    """Return api/rule_sources.json: where each rule comes from."""
    return json.dumps(sources(), indent=1, ensure_ascii=False) + "\n"


DOCUMENTS = {
    DOCS / "problems.md": problems_markdown,
    DOCS / "permissions.md": permissions_markdown,
    DOCS / "openapi.json": openapi_json,
    DOCS / "events.md": events_markdown,
    DOCS / "rules.md": rules_markdown,
    DOCS / "security.md": security_markdown,
    ROOT / "api" / "rule_sources.json": rule_sources_json,
    ROOT / "api" / "explained.json": explained_json,
    ROOT / "api" / "reference.json": reference_json,
    ROOT / "CONTRIBUTING.md": contributing,
}
"""What makes each generated document, by its file."""


def main() -> int:
    """Write them."""
    import_everything()
    for file, text in {file: document() for file, document in DOCUMENTS.items()}.items():
        file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
