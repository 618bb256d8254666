"""Pictures, by Pillow and libheif: pixels, scans and frames are counted before anything is decoded."""

import re
from typing import Any, BinaryIO

from infra.vault.parsing.refused import Refused

JPEG_PIXELS = 120_000_000
PIXELS = 64_000_000
SCANS = 100
FRAMES = 10_000
CHUNK_BYTES = 1 << 16

TYPES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
"""By Pillow's word; MPO, of many phones, is a JPEG with another one behind it."""

TURNED = (5, 6, 7, 8)
SMALLER = 8
"""How much smaller a JPEG is decoded than it is."""
MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)
START_OF_SCAN, END_OF_IMAGE, ALONE = 0xDA, 0xD9, {0x01, *range(0xD0, 0xD9)}


def picture(file: BinaryIO, _size: int) -> dict[str, Any]:
    """Decode a JPEG, PNG, WEBP or GIF and measure it in the orientation shown."""
    try:
        return decoded(file)
    except MemoryError as error:  # libwebp asks for it before anybody can look at the size
        raise Refused("The picture is too large to be opened: save it smaller.") from error


def decoded(file: BinaryIO) -> dict[str, Any]:
    """Return the type and the size of a picture that can be decoded; raise ``MemoryError``."""
    from PIL import ExifTags, Image

    Image.MAX_IMAGE_PIXELS = None  # counted below, by kind
    image = Image.open(file, formats=["JPEG", "PNG", "WEBP", "GIF"])
    media_type = TYPES[image.format or ""]
    width, height = image.size
    check_pixels(width, height, JPEG_PIXELS if media_type == "image/jpeg" else PIXELS)
    if media_type == "image/jpeg":
        check_scans(file)
        image.draft(image.mode, (max(1, width // SMALLER), max(1, height // SMALLER)))
    elif getattr(image, "n_frames", 1) > FRAMES:
        raise Refused(f"The picture has more than {FRAMES:,} frames: upload it as a recording.")
    image.load()  # before the EXIF data, which a PNG may keep behind the picture
    if image.getexif().get(ExifTags.Base.Orientation) in TURNED:
        width, height = height, width
    return {"media_type": media_type, "width": width, "height": height}


def heif(file: BinaryIO, _size: int) -> dict[str, Any]:
    """Decode a HEIC and measure it as it is shown: libheif turns it."""
    import pillow_heif

    options = pillow_heif.options
    options.DECODE_THREADS = 1
    options.THUMBNAILS = options.DEPTH_IMAGES = options.AUX_IMAGES = False
    file.seek(0)
    try:
        images = pillow_heif.HeifFile(file)  # type: ignore[no-untyped-call]
        image = images[images.primary_index]
    except (ValueError, IndexError) as error:
        raise Refused("There is no picture in it that can be opened.") from error
    check_pixels(*image.size, PIXELS)
    image.load()
    width, height = image.size
    return {"media_type": "image/heic", "width": width, "height": height}


def check_pixels(width: int, height: int, most: int) -> None:
    """Refuse a picture of more pixels than are decoded."""
    if width * height > most:
        raise Refused(f"The picture has more than {most:,} pixels: save it smaller.")
    if not width * height:
        raise Refused("There is no picture in it.")


def check_scans(file: BinaryIO) -> None:
    """Refuse a JPEG that paints over itself more often than any camera writes: each scan costs a whole decoding."""
    here, scans = 2, 0
    while True:
        file.seek(here)
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF or head[1] == END_OF_IMAGE:
            return
        if head[1] == 0xFF or head[1] in ALONE:
            here += 1 if head[1] == 0xFF else 2
            continue
        here += 2 + int.from_bytes(head[2:])
        if head[1] == START_OF_SCAN:
            scans += 1
            if scans > SCANS:
                raise Refused(f"The picture is made of more than {SCANS} scans: save it again.")
            here = next_marker(file, here)


def next_marker(file: BinaryIO, here: int) -> int:
    """Return where the next marker stands behind the data of a scan, or the end of the file."""
    file.seek(here)
    while chunk := file.read(CHUNK_BYTES):
        if marker := MARKER.search(chunk):
            return here + marker.start()
        here += len(chunk) - chunk.endswith(b"\xff")
        file.seek(here)
        if len(chunk) == 1:
            break
    return here
