"""A picture as a thumbnail and as large as a screen: upright, in the colours of the web, and without its metadata."""

import io
import resource
import warnings
from math import ceil
from typing import Any, BinaryIO

from infra.vault.previews import hiding

LIMITS = {
    resource.RLIMIT_AS: 1280 << 20,
    resource.RLIMIT_CPU: 60,
    resource.RLIMIT_FSIZE: 16 << 20,
}
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF")
PIXELS = 130_000_000
"""More than is taken of any picture: what a file claims to have is looked at before it is opened."""
SIDES = {"screen": 1920, "thumbnail": 320}
"""Pixels of the longer side."""
QUALITY = 84
FINE, AS_EVER = 0, -1
"""Whether each pixel has a colour of its own in a JPEG, so that black is not tinged by what is beside it."""
PLAIN = ("RGB", "L")
ORIENTATION = 0x0112
"""The tag that says how the camera was held; from 5 on, on its side."""
BLOCK = 8
"""Pixels of a JPEG that have their values together, in each direction, of the colours that are stored most finely."""

hidden: list[hiding.Area] = []


def load(argument: str) -> None:
    """Import what opens and writes pictures, and use it once; the argument is the media type, and what is hidden."""
    import pillow_heif
    from PIL import Image, ImageCms, MpoImagePlugin  # noqa: F401 - which a JPEG may turn out to need

    pillow_heif.register_heif_opener()
    pillow_heif.options.DECODE_THREADS = 1
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for kind in (*FORMATS, "MPO"):
        for mode in ("RGB", "RGBA", "P", "L"):
            out = io.BytesIO()
            fitting = "RGB" if kind in ("JPEG", "MPO") or (kind == "HEIF" and mode != "RGBA") else mode
            Image.new(fitting, (24, 16)).save(out, kind, **({} if kind == "GIF" else {"icc_profile": srgb}))
            Image.MAX_IMAGE_PIXELS = PIXELS
            for _ in copies(out):
                pass
    _, areas = hiding.areas_of(argument)
    hidden[:] = [] if areas is None else [areas[1]]


def make(file: BinaryIO, out: Any) -> None:
    """Give back both copies."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    for part, content in copies(file):
        out.keep(part, content)


def copies(file: BinaryIO) -> Any:
    """Yield the name and the bytes of each copy of a picture, which are JPEG."""
    from PIL import Image, ImageOps

    file.seek(0)
    image: Image.Image = Image.open(file, formats=FORMATS)
    whole, largest = image.size, max(SIDES.values())
    image.draft(None, (largest, largest))  # a JPEG is decoded at about the size that is needed
    image.load()
    if hidden:
        require_size(image, whole)
    near = reach(image, whole)
    profile = image.info.get("icc_profile")
    image = ImageOps.exif_transpose(image)
    blacken(image, near)
    image.thumbnail((largest, largest), reducing_gap=2.0) if image.mode in (*PLAIN, "RGBA", "CMYK") else None
    image = flat(image, profile)
    blacken(image)
    for part, side in SIDES.items():
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
        blacken(image)
        written = io.BytesIO()
        bare = Image.new(image.mode, image.size)
        bare.paste(image)
        bare.save(written, "JPEG", quality=QUALITY, optimize=True, subsampling=FINE if hidden else AS_EVER)
        yield part, written.getvalue()


def blacken(image: Any, more: int = 0) -> None:
    """Fill black what is hidden; again after each step that mixes pixels, so that it is all black in the end."""
    for area in hidden:
        hiding.blacken(image, area, more)


def require_size(image: Any, whole: tuple[int, int]) -> None:
    """Raise ``ValueError`` if a picture, as it is shown, is not as large as the one that places were recorded of."""
    shown = whole[::-1] if image.getexif().get(ORIENTATION, 1) > 4 else whole
    if hidden[0].size != shown:
        raise ValueError("the places were recorded of a picture of another size")


def reach(image: Any, whole: tuple[int, int]) -> int:
    """Return how many pixels of an image that was decoded smaller than ``whole`` may tell something of one of them.

    Those of a JPEG that share its block: decoded smaller, each of them is made of all that the block holds.
    """
    if image.size == whole:
        return 0
    finest, width = max(max(layer[1], layer[2]) for layer in image.layer), int(image.width)
    pixels: float = BLOCK * finest * width / whole[0]
    return ceil(pixels) + 1


def flat(image: Any, profile: bytes | None) -> Any:
    """Return a picture in the colours of the web and on white where it is see-through."""
    from PIL import Image, ImageCms

    if image.mode.startswith("I") or image.mode == "F":
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode not in (*PLAIN, "RGBA", "CMYK"):
        image = image.convert("RGBA" if "transparency" in image.info or image.mode in ("LA", "PA") else "RGB")
    if profile and image.mode != "L":
        try:
            target = "RGBA" if image.mode == "RGBA" else "RGB"
            image = ImageCms.profileToProfile(
                image, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode=target
            )
        except (ImageCms.PyCMSError, OSError, ValueError):  # a profile that is none, or for other colours
            pass
    if image.mode == "RGBA":
        white = Image.new("RGBA", image.size, "white")
        white.alpha_composite(image)
        image = white
    return image if image.mode in PLAIN else image.convert("RGB")
