"""Declarations: the wordings people sign, by version, so that a signature cites what was shown."""

from typing import Literal

from portfolio.domain.kernel import RuleBroken, Value
from portfolio.domain.words import OptionalStatement

AUTHENTICITY_WORDINGS: dict[str, str] = {
    "authenticity/1": (
        "This is my own work. Where others helped, or I used a tool that generates text, pictures, sound or code, "
        "I have said so. I know that a false declaration can be treated as malpractice."
    ),
}
"""Wordings by version. A version once signed is never changed or removed."""

CURRENT_AUTHENTICITY = "authenticity/1"

AiUse = Literal["none", "assisted"]


class AuthenticityDeclaration(Value):
    """What an apprentice signs when submitting: the wording's version, and whether and how AI was used."""

    wording: str
    ai_use: AiUse
    ai_detail: OptionalStatement = ""


class DeclarationMissing(RuleBroken, rule="EVIDENCE-5"):
    """Submitting needs the declaration in the wording now shown, and how AI was used if it was."""


class DeclarationNotOwn(RuleBroken, rule="EVIDENCE-5"):
    """Only the apprentice can declare the work their own."""


def check_declaration(declaration: AuthenticityDeclaration) -> None:
    """Refuse a declaration of another wording, or one of AI use that does not say how."""
    if declaration.wording != CURRENT_AUTHENTICITY:
        raise DeclarationMissing(f"The wording shown is {CURRENT_AUTHENTICITY}.")
    if declaration.ai_use == "assisted" and not declaration.ai_detail.strip():
        raise DeclarationMissing("Say how AI was used.")
