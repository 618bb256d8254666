"""Redacted previews of pictures and pages: inside the places nothing is left, outside all is as without them."""

import io
import math
import tempfile
from typing import Any

import pillow_heif
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageChops

from infra.vault.media import inspect
from portfolio.application.hidden import Places
from portfolio.application.originals import StoredFile
from portfolio.application.preview_ports import NotMade
from portfolio.application.recipes import PAGE, PICTURE, argument_of, making_of
from portfolio.domain.evidence.selector import Bounds, ImageRegion, PdfRectangle
from portfolio.domain.kernel import changed
from tests.domain.world import an_id
from tests.infra.vault.files import saved
from tests.infra.vault.previews.test_recipes import made, sheet

pillow_heif.register_heif_opener()

SECRET = (0, 255, 0)
"""A colour that stands nowhere but in what is hidden."""
TURNED_BACK = {
    1: None,
    3: Image.Transpose.ROTATE_180,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a picture as it is shown is stored under an orientation."""
LOSS = 64
"""So far a colour may be off where a JPEG was written of it, beside an edge."""


def redacted(content: bytes, declared: str, hidden: Places, bounds: Bounds | None = None) -> dict[str, bytes]:
    """Return what is made of a file, as the gate judges it, with these places hidden; of a PDF its first pages."""
    file = StoredFile(object_id=an_id("file"), sha256="0" * 64, size=len(content))
    bounds = bounds or judged(content, declared)
    making = making_of(
        file, bounds.media_type, PAGE if bounds.pages else PICTURE, 1, hidden, changed(bounds, text=None)
    )
    return made(making.recipe.name, argument_of(making), content)


def judged(content: bytes, declared: str) -> Bounds:
    """Return what the gate says of a file."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        return inspect(file, declared)


def region(left: int, top: int, right: int, bottom: int) -> ImageRegion:
    return ImageRegion(x=left, y=top, width=right - left, height=bottom - top)


def painted(size: tuple[int, int], *hidden: ImageRegion) -> Image.Image:
    """Return a picture from red to blue, in which what is to be hidden has the secret colour."""
    ramp = Image.linear_gradient("L").resize(size)
    image = Image.merge("RGB", (ramp, Image.new("L", size, 40), ImageChops.invert(ramp)))
    for each in hidden:
        image.paste(SECRET, (each.x, each.y, each.x + each.width, each.y + each.height))
    return image


def as_stored(shown: Image.Image, kind: str, orientation: int = 1, **options: Any) -> bytes:
    turn = TURNED_BACK[orientation]
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "Secret maker"
    return saved(shown if turn is None else shown.transpose(turn), kind, exif=exif.tobytes(), **options)


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    assert image.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
    return image.convert("RGB")


def secret_left(image: Image.Image) -> int:
    """Return how much greener than anything else the greenest pixel is."""
    red, green, blue = image.split()
    lead: Any = ImageChops.subtract(green, ImageChops.lighter(red, blue)).getextrema()
    return int(lead[1])


def brightest(image: Image.Image, box: tuple[float, float, float, float]) -> int:
    """Return the brightest value of any colour in the whole pixels that a box touches."""
    left, top, right, bottom = box
    extrema: Any = image.crop((int(left), int(top), -int(-right // 1), -int(-bottom // 1))).getextrema()
    return max(int(most) for _, most in extrema)


def differs(one: Image.Image, other: Image.Image, box: tuple[float, float, float, float]) -> int:
    """Return how far two images differ beside a box, at most."""
    difference = ImageChops.difference(one, other)
    left, top, right, bottom = box
    difference.paste((0, 0, 0), (max(0, int(left)), max(0, int(top)), int(right) + 1, int(bottom) + 1))
    extrema: Any = difference.getextrema()
    return max(int(most) for _, most in extrema)


def check(content: bytes, declared: str, size: tuple[int, int], hidden: ImageRegion, around: int = 17) -> None:
    """Insist that both copies are black in a place, have nothing of it elsewhere, and are else as without it."""
    parts, plain = redacted(content, declared, (hidden,)), made("picture", declared, content)
    assert parts.keys() == {"screen", "thumbnail"}
    for name, part in parts.items():
        image, before = opened(part), opened(plain[name])
        assert image.size == before.size
        across, down = image.width / size[0], image.height / size[1]
        right, bottom = (hidden.x + hidden.width) * across, (hidden.y + hidden.height) * down
        box = (hidden.x * across, hidden.y * down, right, bottom)
        assert brightest(image, box) < LOSS
        assert secret_left(image) < LOSS
        assert secret_left(before) > 150
        near = (box[0] - around, box[1] - around, box[2] + around, box[3] + around)  # a JPEG is made of blocks
        assert differs(image, before, near) < LOSS
        assert b"Secret" not in part


@pytest.mark.parametrize("orientation", TURNED_BACK)
@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", "image/jpeg"), ("HEIF", "image/heic")])
def test_nothing_is_left_of_a_place_in_a_picture_however_it_was_held(
    kind: str, media_type: str, orientation: int
) -> None:
    hidden = region(300, 40, 366, 100)
    content = as_stored(painted((400, 300), hidden), kind, orientation, quality=95)
    check(content, media_type, (400, 300), hidden)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_nothing_is_left_of_a_place_at_the_edge_of_a_picture_that_is_made_smaller(kind: str) -> None:
    hidden = region(1801, 1201, 2401, 1601)
    content = as_stored(painted((2401, 1601), hidden), kind, **({"lossless": True} if kind == "WEBP" else {}))
    check(content, f"image/{kind.lower()}", (2401, 1601), hidden)


@pytest.mark.parametrize("orientation", [1, 6, 8])
@pytest.mark.parametrize("sampling", ["4:4:4", "4:2:0"])
def test_nothing_is_left_of_a_place_in_a_large_picture_that_is_decoded_smaller(orientation: int, sampling: str) -> None:
    size = (6005, 4003) if orientation == 1 else (4003, 6005)
    hidden = region(1501, 2003, 2519, 3001)
    content = as_stored(painted(size, hidden), "JPEG", orientation, quality=90, subsampling=sampling)
    check(content, "image/jpeg", size, hidden, around=30)
    other = painted(size, hidden)
    other.paste("white", (hidden.x, hidden.y, hidden.x + hidden.width, hidden.y + hidden.height))
    another = as_stored(other, "JPEG", orientation, quality=90, subsampling=sampling)
    assert redacted(another, "image/jpeg", (hidden,)) == redacted(content, "image/jpeg", (hidden,))


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "1", "I;16"])
def test_a_place_is_black_whatever_the_colours_are(mode: str) -> None:
    white = Image.new("L", (60, 40), 255).convert("I;16") if mode == "I;16" else Image.new("RGB", (60, 40), "white")
    content = saved(white.convert(mode), "JPEG" if mode == "CMYK" else "PNG")
    bounds = Bounds(media_type="image/any", width=60, height=40)
    image = opened(redacted(content, "", (region(10, 10, 30, 30),), bounds)["screen"])
    assert brightest(image, (10, 10, 30, 30)) < LOSS
    assert mode == "I;16" or brightest(image, (40, 0, 60, 40)) > 255 - LOSS


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "MPO"])
def test_of_a_picture_that_moves_there_is_the_first_one_without_the_place(kind: str) -> None:
    hidden = region(20, 20, 40, 40)
    first = Image.new("RGB", (60, 60), "blue")
    first.paste("red", (20, 20, 40, 40))
    rest = [Image.new("RGB", (60, 60), SECRET)] * 3
    content = saved(first, kind, save_all=True, append_images=rest)
    image = opened(redacted(content, "image/jpeg" if kind == "MPO" else f"image/{kind.lower()}", (hidden,))["screen"])
    assert brightest(image, (20, 20, 40, 40)) < LOSS
    assert secret_left(image) < LOSS
    assert brightest(image, (0, 0, 10, 10)) > 200


boxes = st.builds(
    lambda x, y, width, height: region(x, y, min(x + width, 97), min(y + height, 61)),
    st.integers(0, 96),
    st.integers(0, 60),
    st.integers(1, 60),
    st.integers(1, 40),
)


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(hidden=st.lists(boxes, min_size=1, max_size=4).map(tuple), larger=st.sampled_from([1, 7, 31]))
def test_no_pixel_of_any_places_survives(hidden: tuple[ImageRegion, ...], larger: int) -> None:
    hidden = tuple(
        region(each.x * larger, each.y * larger, (each.x + each.width) * larger, (each.y + each.height) * larger)
        for each in hidden
    )
    size = (97 * larger, 61 * larger)
    bounds = Bounds(media_type="image/png", width=size[0], height=size[1])
    with_it, without = (
        redacted(saved(image, "PNG", compress_level=1), "image/png", hidden, bounds)
        for image in (painted(size, *hidden), painted(size))
    )
    assert with_it == without
    assert all(secret_left(opened(part)) < LOSS for part in with_it.values())


@pytest.mark.parametrize("size", [(300, 400), (401, 300), (200, 150)])
def test_places_of_a_picture_of_another_size_are_hidden_in_none(size: tuple[int, int]) -> None:
    content = as_stored(painted((400, 300)), "JPEG", 6)
    with pytest.raises(NotMade, match="unreadable"):
        redacted(content, "", (region(0, 0, 10, 10),), Bounds(media_type="image/jpeg", width=size[0], height=size[1]))


# --- pages ---

FILLED = "0 1 0 rg 100 500 200 100 re f"
"""The secret colour on a page of 842 points: from 242 to 342 points from its top."""
PAINTED = f") Tj ET {FILLED} 0 g BT /F 12 Tf 72 300 Td (Safety bonds"


def page(more: str = "", box: str = "[0 0 595 842]") -> bytes:
    """Return a PDF of one page with a green rectangle and a line of text below."""
    return well_formed(sheet([PAINTED], more=more, box=box))


def well_formed(content: bytes) -> bytes:
    """Return a PDF as a program writes it, with a table of its objects."""
    out = io.BytesIO()
    pypdfium2.PdfDocument(content).save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("more", "box", "hidden"),
    [
        ("", "[0 0 595 842]", (100, 242, 200, 100)),
        ("/Rotate 90", "[0 0 595 842]", (500, 100, 100, 200)),
        ("/Rotate 180", "[0 0 595 842]", (295, 500, 200, 100)),
        ("/Rotate 270", "[0 0 595 842]", (242, 295, 100, 200)),
        ("/CropBox[50 250 400 700]", "[0 0 595 842]", (50, 100, 200, 100)),
        ("/CropBox[50 250 400 700]/Rotate 90", "[0 0 595 842]", (250, 50, 100, 200)),
        ("", "[-20 -30 575 812]", (120, 212, 200, 100)),
        ("/CropBox[9000 9000 9100 9100]", "[0 0 595 842]", (100, 242, 200, 100)),
        ("/UserUnit 2", "[0 0 595 842]", (200, 484, 400, 200)),
        ("/UserUnit 0.5/Rotate 90", "[0 0 595 842]", (250, 50, 50, 100)),
    ],
)
def test_nothing_is_left_of_a_place_on_a_page_however_it_is_turned_and_cut(
    more: str, box: str, hidden: tuple[float, float, float, float]
) -> None:
    content, (x, y, width, height) = page(more, box), hidden
    bounds = judged(content, "application/pdf")
    place = PdfRectangle(page=1, x=x, y=y, width=width, height=height)
    parts, plain = redacted(content, "application/pdf", (place,)), made("page", "1", content)
    assert parts.keys() == {"pages", "page.1", "page-small.1"}
    for name in ("page.1", "page-small.1"):
        image, before = opened(parts[name]), opened(plain[name])
        across, down = image.width / bounds.pages[0][0], image.height / bounds.pages[0][1]
        sides = (x * across, y * down, (x + width) * across, (y + height) * down)
        assert image.size == before.size
        assert brightest(image, sides) < LOSS
        assert secret_left(image) < LOSS
        assert secret_left(before) > 150
        near = (sides[0] - 17, sides[1] - 17, sides[2] + 17, sides[3] + 17)
        assert differs(image, before, near) < LOSS


@settings(max_examples=8, deadline=None)
@given(
    left=st.floats(0, 500),
    top=st.floats(0, 700),
    width=st.floats(0.5, 300),
    height=st.floats(0.5, 300),
    turn=st.sampled_from([0, 90, 270]),
)
def test_no_pixel_of_a_rectangle_on_a_page_survives(
    left: float, top: float, width: float, height: float, turn: int
) -> None:
    width, height = min(width, 595 - left), min(height, 842 - top)
    filled = f") Tj ET 0 1 0 rg {left:.3f} {842 - top - height:.3f} {width:.3f} {height:.3f} re f 0 g BT (x"
    content = sheet([filled], more=f"/Rotate {turn}")
    x, y, across, down = {
        0: (left, top, width, height),
        90: (842 - top - height, left, height, width),
        270: (top, 595 - left - width, height, width),
    }[turn]
    place = PdfRectangle(page=1, x=max(0, x), y=max(0, y), width=across, height=down)
    parts = redacted(content, "application/pdf", (place,))
    assert max(secret_left(opened(parts[name])) for name in ("page.1", "page-small.1")) < LOSS


def scan(secret: tuple[int, int, int, int], shade: int) -> bytes:
    """Return a PDF of a scan of 300 dots an inch, whose dots from left, top to right, bottom have a shade."""
    width, height = 1240, 1754  # of 297.6 by 421 points
    dots = Image.linear_gradient("L").resize((width, height))
    dots.paste(shade, secret)
    drawn = b"297.6 0 0 420.96 0 0 cm /I Do"
    head = f"<</Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceGray/BitsPerComponent 8"
    parts = (
        b"%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n",
        b"3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 297.6 420.96]/Contents 4 0 R/Resources<<"
        b"/XObject<</I 5 0 R>>>>>> endobj\n4 0 obj <</Length %d>> stream\n%s\nendstream endobj\n" % (len(drawn), drawn),
        b"5 0 obj %s/Length %d>> stream\n%s\nendstream endobj\n" % (head.encode(), width * height, dots.tobytes()),
        b"trailer <</Root 1 0 R>>\n",
    )
    return well_formed(b"".join(parts))


@pytest.mark.parametrize("shift", [0.0, 0.11, 0.17])
def test_the_dots_of_a_scan_that_a_place_touches_make_no_difference_to_any_byte(shift: float) -> None:
    place = PdfRectangle(page=1, x=50 + shift, y=80 + shift, width=120.3, height=60.7)
    dots = 300 / 72
    left, top = math.floor(place.x * dots), math.floor(place.y * dots)
    right, bottom = math.ceil((place.x + place.width) * dots), math.ceil((place.y + place.height) * dots)
    contents = [scan((left, top, right, bottom), shade) for shade in (0, 255)]
    one, other = (redacted(content, "application/pdf", (place,)) for content in contents)
    assert one == other
    assert made("page", "1", contents[0])["page.1"] != made("page", "1", contents[1])["page.1"]


def test_only_the_page_that_a_place_is_on_is_hidden() -> None:
    twice = sheet([PAINTED]).replace(b"/Kids[3 0 R]/Count 1", b"/Kids[3 0 R 3 0 R]/Count 2")
    place = PdfRectangle(page=2, x=100, y=242, width=200, height=100)
    parts = redacted(twice, "application/pdf", (place,))
    assert parts.keys() == {"pages", "page.1", "page-small.1", "page.2", "page-small.2"}
    assert secret_left(opened(parts["page.1"])) > 150
    assert secret_left(opened(parts["page.2"])) < LOSS


@pytest.mark.parametrize("pages", [((842.0, 595.0),), ((595.0, 421.0),), ()], ids=["turned", "half", "unknown"])
def test_a_page_of_another_shape_than_was_recorded_is_not_shown(pages: tuple[tuple[float, float], ...]) -> None:
    bounds = Bounds(media_type="application/pdf", pages=pages)
    making = making_of(
        StoredFile(object_id=an_id("file"), sha256="0" * 64, size=1),
        bounds.media_type,
        PAGE,
        1,
        (PdfRectangle(page=1, x=0, y=0, width=9, height=9),),
        bounds,
    )
    with pytest.raises(NotMade, match="unreadable"):
        made("page", argument_of(making), page())


# --- what a recipe is told ---


@pytest.mark.parametrize(
    "told",
    [
        "",
        "null",
        "{}",
        "[]",
        '{"1": {"size": [60, 40]}}',
        '{"1": {"size": [60, 40], "boxes": [[0, 0, 10]]}}',
        '{"1": {"size": [60, 40], "boxes": [[-1, 0, 10, 10]]}}',
        '{"1": {"size": [60, 40], "boxes": [[0, 0, 0, 10]]}}',
        '{"1": {"size": [60, 40], "boxes": [[0, 0, null, 10]]}}',
        '{"1": {"size": [60, 40], "boxes": [[0, 0, "10", 10]]}}',
        '{"1": {"size": [60, 40], "boxes": [], "more": 1}}',
        '{"1": {"size": [0, 40], "boxes": []}}',
        '{"2": {"size": [60, 40], "boxes": []}}',
    ],
)
@pytest.mark.parametrize("recipe", ["picture", "page"])
def test_what_cannot_be_read_strictly_shows_nothing(recipe: str, told: str) -> None:
    content = page() if recipe == "page" else saved(Image.new("RGB", (60, 40)), "PNG")
    with pytest.raises(NotMade, match="unreadable"):
        made(recipe, f"1\n{told}", content)
