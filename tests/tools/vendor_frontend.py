"""Write api/pages/static/vendor again: the style sheets and the script of GOV.UK Frontend, and parts of MoJ Frontend.

Fetched from npm at the versions and hashes below. Fonts, crown and images are for services of the government alone:
nothing of them is kept, and the font that the sheets name becomes ``var(--font)``.
"""

import base64
import hashlib
import re
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

GOVUK = (
    "govuk-frontend@6.3.0",
    "sha512-cXIQxm5PHCsbic47GXZrVBZhAeeshTLRL6ZBKilLsR6rMCjJuWb7Fruq0VUNMBJFlJk/srsRj/q8d5bM9cgKoA==",
)
MOJ = (
    "@ministryofjustice/frontend@11.1.0",
    "sha512-1bkUbm2M4DpcpX/pOmumQRBsbJco9W2RwmJv5h/ZC/ZqrAOn2/FjpF+A7vS0gs7oMXBizr9O5huDrSYbLx73Nw==",
)
"""Packages, each with the hash of its archive (SHA-512, as npm writes it)."""

VENDOR = Path(__file__).parents[2] / "api" / "pages" / "static" / "vendor"
README = VENDOR / "README.md"

TOLD = """# Sheets and a script of others

Of {govuk} and {moj}, both under the MIT licence below; written by
`make vendor`, never by hand. Fonts and rules with images are left out, and of the second all but the components we use.

{sums}
> The MIT License
>
> Copyright (c) Crown Copyright (Government Digital Service; Ministry of Justice)
>
> Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
> documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
> rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
> persons to whom the Software is furnished to do so, subject to the following conditions:
>
> The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
> Software.
>
> THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
> WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
> COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
> OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""

PARTS_OF_MOJ = ("moj-timeline", "moj-identity-bar", "moj-sub-navigation", "moj-filter", "moj-action-bar")
"""The components of MoJ Frontend that pages use; the rest of its sheet repeats the other one, or names its images."""

FONT = re.compile(r'"?GDS Transport"?,\s*arial,\s*sans-serif')


def main() -> None:
    """Fetch, check, cut and write the files, with their hashes beside them."""
    govuk, moj = fetched(*GOVUK), fetched(*MOJ)
    written = {
        "govuk-frontend.css": ours(govuk["package/dist/govuk/govuk-frontend.min.css"]),
        "govuk-frontend.js": without_map(govuk["package/dist/govuk/govuk-frontend.min.js"]),
        "moj-frontend.css": ours(moj["package/moj/moj-frontend.min.css"], only=PARTS_OF_MOJ),
    }
    VENDOR.mkdir(exist_ok=True)
    for name, text in written.items():
        (VENDOR / name).write_text(text, encoding="utf-8")
    sums = [f"    {digest_of(VENDOR / name)}  {name}\n" for name in sorted(written)]
    README.write_text(TOLD.format(govuk=GOVUK[0], moj=MOJ[0], sums="".join(sums)), encoding="utf-8")


def fetched(package: str, integrity: str) -> dict[str, str]:
    """Return the text files of a package by path; raise ``ValueError`` if its archive is not the one we know."""
    with TemporaryDirectory() as folder:
        subprocess.run(  # noqa: S603 - our own arguments
            ["npm", "pack", package, "--silent", "--pack-destination", folder],  # noqa: S607 - whichever npm is here
            check=True,
            stdout=subprocess.DEVNULL,
        )
        (archive,) = Path(folder).iterdir()
        found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if found != integrity:
            raise ValueError(f"{package} is {found}, not {integrity}.")
        with tarfile.open(archive) as files:
            wanted = [each for each in files if each.name.endswith((".min.css", ".min.js"))]
            return {each.name: files.extractfile(each).read().decode() for each in wanted}  # type: ignore[union-attr]  # each is a file


def without_map(text: str) -> str:
    """Return a script or sheet that names no source map."""
    return re.sub(r"\s*(/[*/])# sourceMappingURL=\S+( \*/)?\s*$", "\n", text)


def ours(sheet: str, only: tuple[str, ...] = ()) -> str:
    """Return a sheet without the font, rules with images and comments; of ``only`` some components, if any."""
    text = re.sub(r"/\*.*?\*/", "", without_map(sheet), flags=re.DOTALL)
    kept = [kept for rule in rules(text) if (kept := cut(rule, only))]
    return "\n".join([FONT.sub("var(--font)", rule) for rule in kept]) + "\n"


def cut(rule: str, only: tuple[str, ...]) -> str:
    """Return what is kept of a rule of the sheet: of a rule with others inside those of them that are kept."""
    selector, _, body = rule.partition("{")
    if selector.startswith(("@media", "@supports")):
        inside = [kept for each in rules(body[:-1]) if (kept := cut(each, only))]
        return f"{selector}{{{''.join(inside)}}}" if inside else ""
    if selector.startswith("@") or "url(" in body:
        return ""
    return rule if not only or any(f".{name}" in selector for name in only) else ""


def rules(text: str) -> Iterator[str]:
    """Yield the rules of a sheet that has no braces in texts, each whole."""
    depth = start = 0
    for place, letter in enumerate(text):
        if letter == "{":
            depth += 1
        elif letter == "}":
            depth -= 1
            if depth == 0:
                yield text[start : place + 1].strip()
                start = place + 1
        elif letter == ";" and depth == 0:  # such as @charset
            start = place + 1


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
