"""The largest files that are taken fit into the child's memory and time; a little more is refused in a sentence."""

import io
from pathlib import Path

import pytest
from PIL import Image

from infra.vault.media import inspect
from portfolio.application.ports import ContentUnreadable
from portfolio.domain.evidence.media import LARGEST_FILE
from tests.infra.vault import files
from tests.infra.vault.test_media import gray_png, judged

pytestmark = pytest.mark.slow


def flat(kind: str, width: int, height: int, **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (20, 120, 90)).save(out, kind, **options)
    return out.getvalue()


def test_a_progressive_jpeg_of_120_megapixels_in_full_colour_is_taken(tmp_path: Path) -> None:
    content = flat("JPEG", 12_000, 10_000, progressive=True, subsampling=0)
    assert judged(content, "image/jpeg", tmp_path).width == 12_000


def test_other_pictures_of_64_megapixels_are_taken(tmp_path: Path) -> None:
    assert judged(flat("WEBP", 8000, 8000, method=0), "image/webp", tmp_path).width == 8000
    assert judged(flat("GIF", 8000, 8000), "image/gif", tmp_path).width == 8000
    assert judged(gray_png(8000, 8000), "image/png", tmp_path).width == 8000


def test_a_pdf_of_2000_pages_is_measured_to_its_last(tmp_path: Path) -> None:
    pages = [(500.0, 600.0)] * 1999 + [(700.5, 800.25)]
    assert judged(files.pdf(*pages, unit=2), "application/pdf", tmp_path).pages[-1] == (1401, 1600.5)


def sound(path: Path, rate: int) -> float | None:
    """Write a WAV as large as any that is taken, nearly all of it a hole, and return how long it is found to be."""
    head = bytearray(files.sized(files.wav(0), LARGEST_FILE - 44))
    head[4:8] = (LARGEST_FILE - 8).to_bytes(4, "little")
    head[24:32] = rate.to_bytes(4, "little") + (2 * rate).to_bytes(4, "little")
    with path.open("wb+") as file:
        file.write(head)
        file.truncate(LARGEST_FILE)
        return inspect(file, "audio/wav").seconds


def test_a_recording_of_2_gb_is_measured_and_one_of_more_than_4_hours_refused(tmp_path: Path) -> None:
    assert sound(tmp_path / "sound", 96_000) == pytest.approx((LARGEST_FILE - 44) / 192_000, abs=0.001)
    with pytest.raises(ContentUnreadable, match="longer than 4 hours: cut it into parts"):
        sound(tmp_path / "sound", 48_000)
