"""What is not taken but often sent: by which names and types it is known before it is sent, and the way out."""

from portfolio.domain.kernel import Value

OPEN_XML = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"


class NotTaken(Value):
    """A kind of file that is often sent and not taken: what it is, the way out, its media types and its endings."""

    what: str
    way_out: str
    words: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()

    def in_words(self) -> str:
        """Return what it is and the way out, as the end of a sentence."""
        return f"{self.what}: {self.way_out}"


NOT_TAKEN: dict[str, NotTaken] = {
    "old Word": NotTaken(
        what="an old Word document",
        way_out="save it as DOCX or PDF",
        words=("application/msword", "application/vnd.ms-word"),
        endings=(".doc", ".wri"),
    ),
    "old Excel": NotTaken(
        what="an old Excel workbook",
        way_out="save it as XLSX or PDF",
        words=("application/vnd.ms-excel", "application/msexcel", "application/x-msexcel", "application/x-excel"),
        endings=(".xls", ".xlsb"),
    ),
    "old PowerPoint": NotTaken(
        what="an old PowerPoint presentation",
        way_out="save it as PPTX or PDF",
        words=("application/vnd.ms-powerpoint", "application/mspowerpoint"),
        endings=(".ppt", ".pps"),
    ),
    "template": NotTaken(
        what="a template",
        way_out="save what you made of it as a document (DOCX, XLSX, PPTX, ODT, ODS or ODP)",
        words=(
            f"{OPEN_XML}.wordprocessingml.template",
            f"{OPEN_XML}.spreadsheetml.template",
            f"{OPEN_XML}.presentationml.template",
            f"{OPEN_DOCUMENT}.text-template",
            f"{OPEN_DOCUMENT}.spreadsheet-template",
            f"{OPEN_DOCUMENT}.presentation-template",
        ),
        endings=(".dot", ".dotx", ".xlt", ".xltx", ".pot", ".potx", ".ott", ".ots", ".otp"),
    ),
    "slide show": NotTaken(
        what="a slide show",
        way_out="save it as PPTX or PDF",
        words=(f"{OPEN_XML}.presentationml.slideshow",),
        endings=(".ppsx",),
    ),
    "macros": NotTaken(
        what="a document with macros",
        way_out="save it without them, as DOCX, XLSX, PPTX or PDF",
        words=tuple(
            f"application/vnd.ms-{kind}.macroenabled.12"
            for kind in (
                "word.document",
                "word.template",
                "excel.sheet",
                "excel.template",
                "excel.addin",
                "powerpoint.presentation",
                "powerpoint.template",
                "powerpoint.slideshow",
                "powerpoint.addin",
            )
        ),
        endings=(".docm", ".dotm", ".xlsm", ".xltm", ".xlam", ".pptm", ".potm", ".ppsm", ".ppam"),
    ),
    "document": NotTaken(
        what="a document of a kind that not everybody can open",
        way_out="save it as PDF or DOCX",
        words=(
            "application/rtf",
            "text/rtf",
            "text/richtext",
            "application/postscript",
            "application/vnd.ms-xpsdocument",
            "application/vnd.apple.pages",
            "application/vnd.apple.numbers",
            "application/vnd.apple.keynote",
            "application/vnd.ms-publisher",
            "application/vnd.visio",
            f"{OPEN_DOCUMENT}.graphics",
            "application/epub+zip",
            "image/vnd.djvu",
        ),
        endings=(
            *(".rtf", ".ps", ".eps", ".ai", ".xps", ".oxps", ".pages", ".numbers", ".key", ".pub", ".vsd", ".vsdx"),
            *(".odg", ".odf", ".epub", ".mobi", ".djvu", ".wps", ".wpd", ".one", ".indd"),
        ),
    ),
    "archive": NotTaken(
        what="an archive",
        way_out="take the files out of it and upload them one by one",
        words=(
            *("application/zip", "application/x-zip", "application/x-zip-compressed", "application/java-archive"),
            *("application/x-7z-compressed", "application/vnd.rar", "application/x-rar", "application/x-tar"),
            *("application/x-rar-compressed", "application/gzip", "application/x-gzip", "application/x-bzip2"),
            *(
                "application/x-xz",
                "application/zstd",
                "application/vnd.ms-cab-compressed",
                "application/x-iso9660-image",
            ),
        ),
        endings=(
            *(".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".cab", ".iso", ".dmg", ".jar"),
            *(".arj", ".lzh", ".zipx"),
        ),
    ),
    "mail": NotTaken(
        what="a mail",
        way_out="print it to PDF, and upload what is attached by itself",
        words=("message/rfc822", "application/vnd.ms-outlook", "application/mbox"),
        endings=(".eml", ".emlx", ".msg", ".oft", ".mbox", ".pst", ".ost"),
    ),
    "web page": NotTaken(
        what="a web page or XML",
        way_out="print it to PDF",
        words=(
            *("text/html", "application/xhtml+xml", "application/xml", "text/xml", "multipart/related"),
            *("application/x-mimearchive", "application/x-webarchive", "text/css"),
        ),
        endings=(".html", ".htm", ".xhtml", ".shtml", ".mht", ".mhtml", ".webarchive", ".xml", ".php", ".asp", ".css"),
    ),
    "SVG": NotTaken(
        what="an SVG drawing",
        way_out="save it as PNG or PDF",
        words=("image/svg+xml", "image/svg"),
        endings=(".svg", ".svgz"),
    ),
    "program": NotTaken(
        what="a program",
        way_out="upload a picture, a recording or a PDF that shows it instead",
        words=(
            *("application/x-msdownload", "application/x-msdos-program", "application/x-executable"),
            *("application/x-dosexec", "application/vnd.microsoft.portable-executable", "application/x-sharedlib"),
            *("application/x-mach-binary", "application/x-msi", "application/x-ms-installer", "application/x-sh"),
            *("application/x-shellscript", "text/x-shellscript", "text/x-sh", "text/x-msdos-batch"),
            *("application/javascript", "application/x-javascript", "text/javascript", "text/x-javascript"),
            *("application/wasm", "application/vnd.android.package-archive", "application/hta", "text/vbscript"),
            *("application/x-java-applet", "application/x-shockwave-flash", "application/x-bat", "text/x-php"),
        ),
        endings=(
            *(".exe", ".dll", ".scr", ".pif", ".msi", ".bat", ".cmd", ".ps1", ".vbs", ".vbe", ".wsf", ".hta"),
            *(".js", ".mjs", ".jse", ".sh", ".bash", ".app", ".apk", ".deb", ".rpm", ".so", ".elf", ".wasm", ".lnk"),
            *(".class", ".swf", ".reg", ".cpl", ".ocx", ".sys", ".url", ".desktop", ".appimage"),
        ),
    ),
    "picture": NotTaken(
        what="a picture of a kind that browsers do not show",
        way_out="save it as JPEG, PNG or PDF",
        words=(
            *("image/bmp", "image/x-bmp", "image/x-ms-bmp", "image/tiff", "image/x-tiff", "image/avif", "image/jxl"),
            *("image/avif-sequence", "image/jp2", "image/jpx", "image/vnd.adobe.photoshop", "image/x-photoshop"),
            *("image/x-icon", "image/vnd.microsoft.icon", "image/x-adobe-dng", "image/dng", "image/x-canon-cr2"),
            *("image/x-canon-cr3", "image/x-nikon-nef", "image/x-sony-arw", "image/emf", "image/wmf"),
        ),
        endings=(
            *(".bmp", ".tif", ".tiff", ".avif", ".jxl", ".jp2", ".psd", ".ico", ".dng", ".cr2", ".cr3", ".nef"),
            *(".arw", ".orf", ".rw2", ".raf", ".emf", ".wmf", ".xcf"),
        ),
    ),
    "film": NotTaken(
        what="a film of a kind that browsers do not play",
        way_out="save it as MP4",
        words=(
            *("video/x-msvideo", "video/avi", "video/msvideo", "video/vnd.avi", "video/x-ms-wmv", "video/x-ms-asf"),
            *("video/x-flv", "video/mpeg", "video/mp2t", "video/mp2p", "application/vnd.rn-realmedia", "video/dv"),
            *("video/vnd.dlna.mpeg-tts", "application/x-mpegurl", "application/vnd.apple.mpegurl"),
        ),
        endings=(
            *(".avi", ".wmv", ".asf", ".flv", ".mpg", ".mpeg", ".mpe", ".mts", ".m2ts", ".m2t", ".ts", ".vob", ".rm"),
            *(".ogv", ".dv", ".mxf", ".m3u8", ".m3u"),
        ),
    ),
    "sound": NotTaken(
        what="sound of a kind that browsers do not play",
        way_out="save it as M4A or MP3",
        words=(
            *("audio/amr", "audio/amr-wb", "audio/x-amr", "audio/x-ms-wma", "audio/aiff", "audio/x-aiff"),
            *("audio/midi", "audio/x-midi", "audio/basic", "audio/x-caf", "audio/vnd.rn-realaudio", "audio/ac3"),
        ),
        endings=(".amr", ".awb", ".wma", ".aif", ".aiff", ".aifc", ".mid", ".midi", ".au", ".snd", ".caf", ".ra"),
    ),
}
"""The kinds not taken, by the word that the gate knows them by."""

LOOSE_WORDS = {
    *NOT_TAKEN["old Word"].words,
    *NOT_TAKEN["old Excel"].words,
    *NOT_TAKEN["old PowerPoint"].words,
    *("application/zip", "application/x-zip", "application/x-zip-compressed"),
}
"""Words that systems also give to documents and sheets that are taken: there the name decides, and then the content."""
