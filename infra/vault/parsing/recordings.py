"""Recordings, by FFmpeg: its demuxer reads a file to the end of the last packet; nothing is decoded."""

from math import ceil
from typing import Any, BinaryIO

from infra.vault.parsing.refused import NotAllowed, Refused

DEMUXERS = ("mov", "matroska", "mp3", "aac", "wav", "ogg", "flac")
TRACKS = 64
SECONDS = 4 * 60 * 60
PACKETS = 5_000_000
BUFFER_BYTES = 1 << 18
MISSING_SECONDS = 0.5
"""So much earlier than it says a recording may end: more is missing."""
SAYS_ITS_LENGTH = {"mov", "matroska", "flac"}
"""Formats whose files say how long they are; of the others a length is only estimated."""
MICROSECONDS = 1_000_000
LONGEST_RIFF = 0x7FFF0000
"""A WAV that says it has more bytes was piped: who wrote it did not know."""
LEEWAY_BYTES = 8
"""So many more bytes than there are a WAV may say that it has: some count their first eight twice."""
LEAST_SOUND = 0.5
"""So much of a file of bare frames has to be frames: a program finds some in any bytes."""

TYPES = {"mp3": "audio/mpeg", "aac": "audio/aac", "wav": "audio/wav", "ogg": "audio/ogg", "flac": "audio/flac"}
OF_3GP = {"amrnb", "amrwb", "amr_nb", "amr_wb"}


def recording(file: BinaryIO, size: int) -> dict[str, Any]:
    """Tell by demuxer and tracks what a recording is, and measure it up to the end of its last packet."""
    import av

    check_whole(file, size)
    file.seek(0)
    whitelist = {"format_whitelist": ",".join(DEMUXERS)}
    with av.open(file, metadata_errors="replace", buffer_size=BUFFER_BYTES, container_options=whitelist) as container:
        demuxer = container.format.name.partition(",")[0]
        if len(container.streams) > TRACKS:
            raise Refused(f"The recording has more than {TRACKS} tracks.")
        covers = av.stream.Disposition.attached_pic
        pictures = [track for track in container.streams.video if not track.disposition & covers]
        sounds = list(container.streams.audio)
        if not pictures and not sounds:
            raise Refused("The recording has neither picture nor sound.")
        if pictures and demuxer in TYPES:
            raise NotAllowed("film")
        media_type = TYPES.get(demuxer) or of_tracks(demuxer, container.metadata, bool(pictures), sounds)
        seconds, heard, before = measured(container, [*pictures, *sounds])
    if seconds <= 0:
        raise Refused("The recording has no length.")
    if demuxer in ("mp3", "aac") and heard < LEAST_SOUND * (size - before):
        raise NotAllowed("unknown")
    return {"media_type": media_type, "seconds": ceil(seconds * 1e6) / 1e6}


def check_whole(file: BinaryIO, size: int) -> None:
    """Refuse a WAV that says it has more bytes than there are, unless whoever wrote it could not know."""
    file.seek(0)
    head = file.read(8)
    if head[:4] == b"RIFF" and size + LEEWAY_BYTES < int.from_bytes(head[4:], "little") + 8 < LONGEST_RIFF:
        raise Refused("The recording is cut short.")


def of_tracks(demuxer: str, metadata: dict[str, str], has_picture: bool, sounds: list[Any]) -> str:
    """Return the media type of a film or a sound by its tracks, and by the brand where those leave a choice."""
    kind = "video" if has_picture else "audio"
    if demuxer == "matroska":
        return f"{kind}/webm"
    brand = metadata.get("major_brand", "qt")
    if brand.startswith("qt"):
        return "video/quicktime"
    if (has_picture and brand.startswith("3g")) or any(track.codec_context.name in OF_3GP for track in sounds):
        return f"{kind}/3gpp"
    return f"{kind}/mp4"


def measured(container: Any, tracks: list[Any]) -> tuple[float, int, int]:
    """Return when the last packet ends, in seconds, how many bytes all have and how many stand before the first.

    Refuses what is cut short, and what is too long.
    """
    ends = dict.fromkeys((track.index for track in tracks), 0)
    latest = {track.index: SECONDS / track.time_base for track in tracks}
    packets = heard = before = 0
    demuxer = container.format.name.partition(",")[0]
    for packet in container.demux(tracks):
        start = packet.dts if packet.pts is None else packet.pts
        if start is None:
            continue
        if not packets:
            before = packet.pos or 0
        packets += 1
        heard += packet.size
        end = start + (packet.duration or 0)
        if packet.is_corrupt and demuxer != "wav":  # of those the last packet of any piped one
            raise Refused("The recording is cut short.")
        if end > ends[packet.stream_index]:
            ends[packet.stream_index] = end
            if end > latest[packet.stream_index]:
                raise Refused(f"The recording is longer than {SECONDS // 3600} hours: cut it into parts.")
        if packets > PACKETS:
            raise Refused("The recording is in more pieces than any device writes: save it again.")
    seconds = max(float(ends[track.index] * track.time_base) for track in tracks)
    if demuxer in SAYS_ITS_LENGTH:
        lengths = [float(track.duration * track.time_base) for track in tracks if track.duration]
        said = max(lengths, default=(container.duration or 0) / MICROSECONDS)
        if seconds < said - MISSING_SECONDS:
            raise Refused("The recording is cut short.")
    return seconds, heard, before
