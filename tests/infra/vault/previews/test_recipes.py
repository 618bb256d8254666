"""Recipes: what is made of pictures, pages and recordings, in the confined child, and where one gives up."""

import io
import json
import math
from typing import IO, Any

import av
import pillow_heif
import pytest
from PIL import ExifTags, Image, ImageCms

from infra.vault.previews.maker import SandboxMaker
from infra.vault.previews.recipes import page as page_recipe
from portfolio.application.preview_ports import NotMade
from tests.infra.vault import files
from tests.infra.vault.previews.recordings import film

GPS = {1: "N", 2: (51.0, 30.0, 0.0), 3: "W", 4: (0.0, 7.0, 0.0)}

pillow_heif.register_heif_opener()


def made(recipe: str, argument: str, content: bytes) -> dict[str, bytes]:
    """Return the parts that a recipe gives back of these bytes."""
    parts: dict[str, bytes] = {}

    def keep(name: str, part: IO[bytes]) -> None:
        parts[name] = part.read()

    SandboxMaker().make(recipe, argument, iter([content]), keep, lambda _: None)
    return parts


def photo(kind: str, size: tuple[int, int] = (400, 300), orientation: int = 1, mode: str = "RGB") -> bytes:
    """Return a picture whose top left quarter is red, with where it was taken in it."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "Secret maker"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(GPS)
    out = io.BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options = {} if kind == "GIF" else {"exif": exif.tobytes(), "icc_profile": profile}
    image.convert(mode).save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "HEIF", "MPO"])
def test_a_picture_becomes_two_without_metadata(kind: str) -> None:
    content = photo(kind, (2400, 1600))
    parts = made("picture", "image/any", content)
    assert parts.keys() == {"thumbnail", "screen"}
    for name, longest in (("thumbnail", 320), ("screen", 1920)):
        image = Image.open(io.BytesIO(parts[name]))
        assert (image.format, max(image.size)) == ("JPEG", longest)
        assert not image.getexif()
        assert not {"exif", "icc_profile", "xmp", "comment", "photoshop"} & image.info.keys()
        assert b"Secret" not in parts[name]
        assert is_red(image, 0.2, 0.2)
        assert not is_red(image, 0.8, 0.8)


@pytest.mark.parametrize(
    ("orientation", "corner"), [(3, (0.8, 0.8)), (6, (0.8, 0.2)), (8, (0.2, 0.8)), (2, (0.8, 0.2))]
)
@pytest.mark.parametrize("kind", ["JPEG", "HEIF", "WEBP"])
def test_a_picture_is_upright(kind: str, orientation: int, corner: tuple[float, float]) -> None:
    image = Image.open(io.BytesIO(made("picture", "", photo(kind, orientation=orientation))["screen"]))
    assert image.size == ((300, 400) if orientation > 4 else (400, 300))
    assert is_red(image, *corner)


def is_red(image: Image.Image, across: float, down: float) -> bool:
    red, _, blue = image.convert("RGB").getpixel((int(image.width * across), int(image.height * down)))  # type: ignore[misc]
    return bool(red > 150 and blue < 100)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "L", "I;16"])
def test_what_is_see_through_stands_on_white_whatever_the_colours_are(mode: str) -> None:
    out = io.BytesIO()
    empty = Image.new(mode, (60, 40))
    empty.save(out, "PNG", **({"transparency": 0} if mode == "P" else {}))
    image = Image.open(io.BytesIO(made("picture", "", out.getvalue())["screen"])).convert("L")
    assert image.getpixel((5, 5)) == (255 if mode in ("RGBA", "LA", "P") else 0)


def test_a_picture_that_moves_is_its_first_picture() -> None:
    out = io.BytesIO()
    Image.new("RGB", (50, 50), "red").save(
        out, "GIF", save_all=True, append_images=[Image.new("RGB", (50, 50), "blue")] * 3
    )
    assert is_red(Image.open(io.BytesIO(made("picture", "", out.getvalue())["screen"])), 0.5, 0.5)


def test_a_picture_of_120_megapixels_is_made_within_the_limits() -> None:
    out = io.BytesIO()
    Image.new("L", (12_000, 10_000)).save(out, "JPEG")
    assert Image.open(io.BytesIO(made("picture", "", out.getvalue())["screen"])).size == (1920, 1600)


@pytest.mark.parametrize("content", [b"", b"no picture", photo("JPEG")[:200], b"GIF89a" + bytes(300)])
def test_of_what_is_no_picture_nothing_is_made(content: bytes) -> None:
    with pytest.raises(NotMade, match="unreadable"):
        made("picture", "", content)


# --- pages ---


def sheet(lines: list[str], *, more: str = "", box: str = "[0 0 595 842]") -> bytes:
    """Return a PDF of one page with these lines, each 24 points below the other."""
    shown = "".join(f"BT /F 12 Tf 72 {770 - 24 * number} Td ({line}) Tj ET\n" for number, line in enumerate(lines))
    page = page_recipe.EXAMPLE.decode().replace("[0 0 90 60]", f"{box}{more}")
    head, _, rest = page.partition("<</Length 41>>")
    _, _, tail = rest.partition("endstream")
    return f"{head}<</Length {len(shown)}>>\nstream\n{shown}endstream{tail}".encode()


def test_a_page_becomes_two_images_its_text_and_its_words_with_their_boxes() -> None:
    parts = made("page", "1", sheet(["Safety bonds first", "then the lamps"]))
    assert parts.keys() == {"pages", "page.1", "page-small.1", "words.1", "text.1"}
    assert parts["pages"] == b"1"
    large, small = (Image.open(io.BytesIO(parts[name])) for name in ("page.1", "page-small.1"))
    assert (large.size, small.size) == ((1131, 1600), (170, 240))
    assert parts["text.1"].decode().split() == ["Safety", "bonds", "first", "then", "the", "lamps"]
    read = json.loads(parts["words.1"])
    assert (read["page"], read["width"], read["height"]) == (1, 595, 842)
    assert [word["text"] for word in read["words"]] == ["Safety", "bonds", "first", "then", "the", "lamps"]
    first = read["words"][0]
    assert math.isclose(first["x"] * 595, 72, abs_tol=2)
    assert 842 - 770 - 12 < first["y"] * 842 < 842 - 770
    assert 5 < first["height"] * 842 < 16
    assert dark_inside(large, first) > 0.05


def dark_inside(image: Image.Image, word: dict[str, float]) -> float:
    """Return how much of a word's box is dark."""
    x, y = word["x"] * image.width, word["y"] * image.height
    box = (x, y, x + word["width"] * image.width, y + word["height"] * image.height)
    pixels = image.convert("L").crop(box)
    return sum(pixels.histogram()[:128]) / (pixels.width * pixels.height)


@pytest.mark.parametrize(
    ("more", "box", "size"),
    [
        ("/Rotate 90", "[0 0 595 842]", (842, 595)),
        ("/Rotate 180", "[0 0 595 842]", (595, 842)),
        ("/Rotate 270", "[0 0 595 842]", (842, 595)),
        ("/CropBox[50 600 400 800]", "[0 0 595 842]", (350, 200)),
        ("", "[-20 -30 575 812]", (595, 842)),
        ("/CropBox[9000 9000 9100 9100]", "[0 0 595 842]", (595, 842)),
    ],
)
def test_words_stand_where_they_are_seen_however_the_page_is_turned_and_cut(
    more: str, box: str, size: tuple[int, int]
) -> None:
    parts = made("page", "1", sheet(["Safety bonds"], more=more, box=box))
    read = json.loads(parts["words.1"])
    assert (read["width"], read["height"]) == size
    for word in read["words"]:
        assert dark_inside(Image.open(io.BytesIO(parts["page.1"])), word) > 0.05


def test_pages_are_given_back_in_the_order_asked_for_and_those_behind_the_end_are_left_out() -> None:
    given: list[str] = []
    content = files.pdf((595, 842), (300, 200), (200, 300))
    SandboxMaker().make("page", "3 1 2 4 5", iter([content]), lambda name, _: given.append(name), lambda _: None)
    assert [name for name in given if name.startswith("page.")] == ["page.3", "page.1", "page.2"]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4\nnothing", files.pdf((595, 842))[:200]])
def test_of_what_is_no_pdf_nothing_is_made(content: bytes) -> None:
    with pytest.raises(NotMade, match="unreadable"):
        made("page", "1", content)


# --- recordings ---


def test_film_is_looked_at_and_its_sound_is_drawn() -> None:
    parts = made("recording", "video/mp4", film())
    assert parts.keys() == {"about", "poster", "waveform"}
    assert json.loads(parts["about"]) == {"plays": True}
    poster = Image.open(io.BytesIO(parts["poster"])).convert("L")
    assert poster.size == (160, 90)
    assert poster.getpixel((20, 40)) > 200  # type: ignore[operator]
    assert poster.getpixel((140, 40)) < 60  # type: ignore[operator]
    drawn = Image.open(io.BytesIO(parts["waveform"])).convert("L")
    assert drawn.size == (1000, 160)
    assert ink(drawn, 700, 990) > 20 * ink(drawn, 10, 300)


def ink(image: Image.Image, left: int, right: int) -> int:
    return sum(image.crop((left, 0, right, image.height)).histogram()[:128])


@pytest.mark.parametrize(
    ("media_type", "content", "plays"),
    [
        ("video/quicktime", film(container="mov"), False),
        ("video/mp4", film("libx265"), False),
        ("video/webm", film("libvpx-vp9", "webm", "libopus"), True),
        ("audio/mp4", film("", "ipod"), True),
        ("audio/mp4", film("", "ipod", "alac"), False),
        ("audio/wav", film("", "wav", "pcm_s16le"), True),
        ("audio/wav", film("", "wav", "adpcm_ms"), False),
        ("audio/mpeg", film("", "mp3", "libmp3lame"), True),
        ("audio/ogg", film("", "ogg", "libopus"), True),
        ("audio/flac", film("", "flac", "flac"), True),
        ("audio/3gpp", film("", "3gp", "aac"), False),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_it_is_known_which_recordings_browsers_play(media_type: str, content: bytes, plays: bool) -> None:
    parts = made("recording", media_type, content)
    assert json.loads(parts["about"]) == {"plays": plays}
    assert "waveform" in parts
    assert ("poster" in parts) == media_type.startswith("video/")


@pytest.mark.parametrize("content", [b"", b"no recording", film()[:300]])
def test_of_what_is_no_recording_nothing_is_made(content: bytes) -> None:
    with pytest.raises(NotMade, match="unreadable"):
        made("recording", "video/mp4", content)


@pytest.mark.parametrize(
    "content",
    [
        film("libx265"),
        film("libx265", "mov", size=(320, 1600)),
        film("mpeg4", "mov", "pcm_s16le"),
        film("libx264", "mov", "aac"),
        film("libx264", "mov", ""),
        film("libx264", "mov", options={"crf": "0"}, size=(2880, 1620), pictures=6),
        film("libvpx-vp9", "matroska", "libopus"),
    ],
    ids=["HEVC", "high HEVC", "MPEG-4", "as it is", "silent", "large", "VP9"],
)
def test_film_becomes_what_every_browser_plays(content: bytes) -> None:
    playable = made("playable", "video/any", content)["playable"]
    with av.open(io.BytesIO(content), "r") as before, av.open(io.BytesIO(playable), "r") as after:
        picture = after.streams.video[0]
        context = picture.codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
        assert min(context.width, context.height) <= 720
        assert math.isclose(
            context.width / context.height, before.streams.video[0].width / before.streams.video[0].height, rel_tol=0.03
        )
        assert [each.codec_context.name for each in after.streams.audio] == ["aac" for _ in before.streams.audio]
        assert math.isclose(end_of(after), end_of(before), abs_tol=0.2)
    assert playable.index(b"moov") < playable.index(b"mdat")


def end_of(recording: Any) -> float:
    """Return when its last packet ends."""
    packets = (packet for packet in recording.demux() if packet.pts is not None)
    return max(float((packet.pts + packet.duration) * packet.time_base) for packet in packets)


@pytest.mark.parametrize(("container", "codec"), [("wav", "adpcm_ms"), ("ipod", "alac"), ("amr", "libopencore_amrnb")])
def test_sound_becomes_what_every_browser_plays(container: str, codec: str) -> None:
    if codec not in av.codecs_available:
        pytest.skip(f"nothing here writes {codec}")
    playable = made("playable", "audio/any", film("", container, codec))["playable"]
    with av.open(io.BytesIO(playable), "r") as after:
        assert [each.codec_context.name for each in after.streams] == ["aac"]
        frames = list(after.decode(audio=0))
        assert math.isclose(sum(frame.samples for frame in frames) / frames[0].sample_rate, 2.0, abs_tol=0.1)
