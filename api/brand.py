"""Brand: the deployment's own colour, as a style sheet in which every text can be read."""

import re

NAME = "Portfolio"
"""What a deployment is called that has no name of its own."""

COLOUR = "#22405f"
"""The colour of one that has none of its own."""

WRITTEN = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)

Colour = tuple[float, float, float]
"""Red, green and blue, from 0 to 1."""

WHITE: Colour = (1, 1, 1)
BLACK: Colour = (0, 0, 0)
NIGHT: Colour = (0x15 / 255, 0x19 / 255, 0x1D / 255)
"""What pages lie on in the dark, as in ``frame.css``."""

TEXT, PART = 4.5, 3.0
"""How much lighter one colour must be than the other: for text, and for parts to be seen (WCAG 1.4.3, 1.4.11)."""


def may_be(colour: str) -> bool:
    """Tell whether white text can be read on a colour, written as ``#22405f``."""
    return bool(WRITTEN.fullmatch(colour)) and contrast(read(colour), WHITE) >= TEXT


def sheet(colour: str) -> str:
    """Return the style sheet that gives pages this colour; lighter for buttons in the dark."""
    brand = read(colour)
    light = next(
        lighter for share in range(101) if contrast(lighter := mixed(brand, WHITE, share / 100), NIGHT) >= PART
    )
    return (
        f":root{{--brand:{written(brand)};--brand-hover:{written(mixed(brand, BLACK, 0.3))}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{--act:{written(light)};"
        f"--brand-hover:{written(mixed(light, BLACK, 0.2))}}}}}\n"
    )


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2), from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: Colour) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mixed(colour: Colour, other: Colour, share: float) -> Colour:
    """Return a colour with so much of another in it, from 0 to 1."""
    red, green, blue = (one + (two - one) * share for one, two in zip(colour, other, strict=True))
    return red, green, blue


def read(colour: str) -> Colour:
    """Return a colour that is written as ``#22405f``."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def written(colour: Colour) -> str:
    """Return a colour as style sheets have it."""
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour)
