"""A picture as a thumbnail and as large as a screen: upright, in the colours of the web, and without its metadata."""

import io
import resource
import warnings
from typing import Any, BinaryIO

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
PLAIN = ("RGB", "L")


def load(_argument: str) -> None:
    """Import what opens and writes pictures, and use it once."""
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
    largest = max(SIDES.values())
    image.draft(None, (largest, largest))  # a JPEG is decoded at about the size that is needed
    image.load()
    profile = image.info.get("icc_profile")
    image = ImageOps.exif_transpose(image)
    image.thumbnail((largest, largest), reducing_gap=2.0) if image.mode in (*PLAIN, "RGBA", "CMYK") else None
    image = flat(image, profile)
    for part, side in SIDES.items():
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
        written = io.BytesIO()
        bare = Image.new(image.mode, image.size)
        bare.paste(image)
        bare.save(written, "JPEG", quality=QUALITY, optimize=True)
        yield part, written.getvalue()


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
