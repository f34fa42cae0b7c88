"""Text of a rich text file. Runs in the child process only."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from ._characters import clean
from ._refused import Refused

_TOKEN = re.compile(rb"\\([A-Za-z]{1,32})(-?\d{1,10})? ?|\\'([0-9A-Fa-f]{2})|\\(.)|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.S)
_DEEPEST = 5_000  # groups within groups; Word makes a few dozen
# what says how text looks, or who wrote it, or stands beside another form of the same
_UNSHOWN = frozenset(
    re.findall(
        r"\w+",
        """
        annotation atnauthor atndate atnid atnref author bkmkend bkmkstart blipuid buptim colorschememapping colortbl comment company
        creatim datafield datastore do docvar factoidname filetbl fldinst fonttbl generator info keywords latentstyles listoverridetable
        listtable manager mmathPr nextfile nonshppict objdata operator pgptbl pict picprop printim private revtbl revtim rsidtbl shprslt sp
        stylesheet subject tc tcn template themedata title ud userprops wgrffmtfilter xe
        """,
    )
)
_SHOWN_THOUGH_NEW = frozenset({"shpinst", "shptxt", "nesttableprops"})  # marked as unknown to old readers, and text all the same
_PICTURES = frozenset({"pict", "objdata"})
_STANDS_FOR = {
    "par": "\n",
    "line": "\n",
    "sect": "\n",
    "row": "\n",
    "nestrow": "\n",
    "column": "\n",
    "page": "\f",
    "cell": "  ",
    "nestcell": "  ",
    "tab": "\t",
    "emdash": "\u2014",
    "endash": "\u2013",
    "emspace": " ",
    "enspace": " ",
    "bullet": "\u2022",
    "lquote": "\u2018",
    "rquote": "\u2019",
    "ldblquote": "\u201c",
    "rdblquote": "\u201d",
}
_SIGNS = {b"~": "\u00a0", b"_": "-", b"\n": "\n", b"\r": "\n", b"\\": "\\", b"{": "{", b"}": "}"}
_OWN_LINE = frozenset({"header", "headerf", "headerl", "headerr", "footer", "footerf", "footerl", "footerr", "shptxt", "footnote"})
_CODE_PAGES = {
    128: "cp932",
    129: "cp949",
    134: "gbk",
    136: "big5",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
}


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds between two braces; `skipped` is how many characters stand in for one that old readers do not know."""

    unshown: bool = False
    hidden: bool = False
    deleted: bool = False
    skipped: int = 1
    font: int = -1
    fonts: bool = False
    own_line: bool = False


def rtf_pages(data: Any, most_bytes: int) -> tuple[tuple[str, ...], bool]:
    """Return the text of each page, parted where the writer asked for a new one, and whether the file holds pictures.

    Hidden and deleted text is left out, so are notes in the margin. Raises Refused when it is longer than `most_bytes`, or no rich text.
    """
    if len(data) > most_bytes:
        raise Refused(f"the file is longer than {most_bytes} bytes: save it as PDF")
    reader = _Reader(bytes(data))
    reader.run()
    pages = reader.text().split("\f")
    if len(pages) > 1 and not pages[-1].strip():
        pages.pop()
    # each line is a whole paragraph: none was broken to fit the page
    return tuple("\n".join(clean(line).rstrip() for line in page.split("\n")).strip("\n") for page in pages), reader.pictures


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._parts: list[str] = []
        self._bytes = bytearray()  # of a code page, until something else comes: one character may take two
        self._left = 0  # characters still to be skipped after one in Unicode
        self._group = _Group()
        self._outer: list[_Group] = []
        self._new = False  # after \*
        self._code_page = "cp1252"
        self._fonts: dict[int, str] = {}
        self.pictures = False

    def text(self) -> str:
        """Return all that was read so far."""
        joined = "".join(self._parts)
        return joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def run(self) -> None:
        """Read the file to its end, or to the brace that closes it."""
        at = 0
        while found := _TOKEN.match(self._data, at):
            at = found.end()
            word, number, code, sign, brace, plain = found.groups()
            if word is not None:
                at += self._word(word.decode(), int(number) if number else None)
            elif code is not None:
                self._byte(bytes.fromhex(code.decode()))
            elif sign is not None:
                self._sign(sign)
            elif plain is not None:
                self._plain(plain)
            elif brace and not self._brace(brace):
                break
        self._flush()
        if self._outer:
            raise Refused("the end of the file is missing: get it again from its sender")

    def _brace(self, brace: bytes) -> bool:
        """Enter or leave a group; whether the file goes on."""
        self._flush()
        self._new, self._left = False, 0
        if brace == b"{":
            if len(self._outer) >= _DEEPEST:
                raise Refused("groups in the file stand too deep within each other: save it as PDF")
            self._outer.append(self._group)
            self._group = replace(self._group, own_line=False)
            return True
        if self._group.own_line and not self._group.unshown:
            self._parts.append("\n")
        self._group = self._outer.pop() if self._outer else _Group()
        return bool(self._outer)

    def _word(self, word: str, number: int | None) -> int:
        """Do what a control word says; return how many bytes of raw data follow it."""
        self._flush_unless(word == "u")
        if word == "bin":
            return max(0, number or 0)
        new, self._new = self._new, False
        self.pictures = self.pictures or word in _PICTURES
        if word == "fonttbl":
            self._group = replace(self._group, unshown=True, fonts=True)
        elif word in _UNSHOWN or (new and word not in _SHOWN_THOUGH_NEW):
            self._group = replace(self._group, unshown=True)
        elif word in _OWN_LINE:
            self._group = replace(self._group, own_line=True)
        elif word in ("v", "deleted"):
            self._group = replace(self._group, **{"hidden" if word == "v" else "deleted": number != 0})
        elif word == "plain":
            self._group = replace(self._group, hidden=False, deleted=False)
        elif word == "uc":
            self._group = replace(self._group, skipped=min(max(0, number or 0), 100))
        elif word == "u" and number is not None:
            self._write(chr(number & 0xFFFF))
            self._left = self._group.skipped
        elif word in ("f", "ansicpg", "fcharset"):
            self._code(word, number or 0)
        elif word in _STANDS_FOR:
            self._write(_STANDS_FOR[word])
        return 0

    def _code(self, word: str, number: int) -> None:
        if word == "f":
            self._group = replace(self._group, font=number)
        elif word == "fcharset" and self._group.fonts and number in _CODE_PAGES:
            self._fonts[self._group.font] = _CODE_PAGES[number]
        elif word == "ansicpg" and number not in (0, 1252):
            try:
                "".encode(f"cp{number}")
            except LookupError:
                return
            self._code_page = f"cp{number}"

    def _sign(self, sign: bytes) -> None:
        self._flush()
        if sign == b"*":
            self._new = True
        elif sign in _SIGNS:
            self._write(_SIGNS[sign])

    def _plain(self, plain: bytes) -> None:
        skip = min(self._left, len(plain))
        self._left -= skip
        self._bytes += plain[skip:]

    def _byte(self, code: bytes) -> None:
        if self._left:
            self._left -= 1
        else:
            self._bytes += code

    def _write(self, said: str) -> None:
        if not (self._group.unshown or self._group.hidden or self._group.deleted):
            self._parts.append(said)

    def _flush_unless(self, unicode: bool) -> None:
        self._flush()
        if not unicode:
            self._left = 0

    def _flush(self) -> None:
        if self._bytes:
            self._write(self._bytes.decode(self._fonts.get(self._group.font, self._code_page), "replace"))
            self._bytes.clear()
