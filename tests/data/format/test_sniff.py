"""Content decides what a file is."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest

from tokenloom.data.format import read_records, sniff
from tokenloom.data.format.encoding import find_encoding
from tokenloom.data.format.packing.streams import open_bytes
from tokenloom.kit.errors import DataError
from tokenloom.spec.data import CsvFormat


def _write(tmp_path: Path, content: bytes, name: str = "file") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("naïve café".encode(), "utf-8"),
        ("\ufeffnaïve".encode(), "utf-8-sig"),
        ("hello there".encode("utf-16"), "utf-16"),
        ("hello there, this is wide".encode("utf-16-le"), "utf-16-le"),
        ("hello there, this is wide".encode("utf-16-be"), "utf-16-be"),
        ("Das Mädchen trägt schöne Schuhe, sagt die Großmutter.\nÜber den Wolken.".encode("cp1252"), "cp1252"),
        ("He said “yes” – and paid 5 €. It’s done.".encode("cp1252"), "cp1252"),
        (b"plain ascii\nline two \xff\xfe\xfa broken\nline three\n" * 3, "utf-8"),
        ("größer als überall schön\n".encode() * 20 + b"bad \xe9 byte\n", "utf-8"),
    ],
)
def test_the_encoding_is_found_by_content(content: bytes, encoding: str) -> None:
    assert find_encoding(content) == encoding


_RUSSIAN = "Мама мыла раму, а папа читал газету. Вчера шёл дождь; завтра будет солнце."


@pytest.mark.parametrize("rows", [1, 40, 9_000], ids=["a row", "rows", "more than the sample"])
@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (_RUSSIAN, "cp1251"),
        (_RUSSIAN, "koi8_r"),
        (_RUSSIAN, "cp866"),
        ("Сьогодні гарна погода, і діти граються надворі.", "cp1251"),
        ("Днес времето е хубаво и децата играят навън.", "cp1251"),
        ("Il est allé à l'école où les élèves étaient très gênés.", "cp1252"),
        ("La città è più bella perché c'è la libertà; così sarà.", "cp1252"),
        ("Não é possível; a situação é difícil e o coração está só.", "cp1252"),
        ("Där är en ö, å på den växer ett träd.", "cp1252"),
        ("Blåbærsyltetøy på brødet.", "cp1252"),
        ("Příliš drahý dům má červený strop a velký sál.", "cp1250"),
        ("Było już późno, gdy pan wrócił do domu z książką.", "cp1250"),
        ("Jó napot, az idő ma nagyon szép, jövő héten esős.", "cp1250"),
    ],
)
def test_legacy_encodings_of_europe_are_guessed(text: str, encoding: str, rows: int) -> None:
    assert find_encoding(f"id,text\n1,{text}\n".encode(encoding) * rows) == encoding


@pytest.mark.parametrize(
    ("text", "encoding"), [("Σήμερα ο καιρός είναι καλός.", "cp1253"), ("היום מזג האוויר יפה", "cp1255")]
)
def test_other_scripts_are_not_taken_for_cyrillic(text: str, encoding: str) -> None:
    assert find_encoding(f"{text}\n".encode(encoding) * 20) not in ("cp1251", "koi8_r", "cp866")


def test_a_damaged_byte_does_not_take_utf_8_from_cyrillic_text() -> None:
    assert find_encoding(f"{_RUSSIAN}\n".encode() * 3 + b"bad \xe9 byte\n") == "utf-8"


_JAPANESE = "東京の天気は今日は晴れです。明日は雨が降るかもしれません。彼は毎朝コーヒーを飲みます。"
_SIMPLIFIED = "今天天气很好，我们去公园散步吧。明天可能会下雨，请带上雨伞。"
_TRADITIONAL = "今天天氣很好，我們去公園散步吧。明天可能會下雨，請帶上雨傘。"
_KOREAN = "오늘은 날씨가 매우 좋습니다. 내일은 비가 올지도 모릅니다. 그는 매일 아침 커피를 마십니다."


@pytest.mark.parametrize("rows", [1, 40, 9_000], ids=["a row", "rows", "more than the sample"])
@pytest.mark.parametrize(
    ("text", "written", "shown"),
    [
        (_JAPANESE, "shift_jis", "Shift-JIS (cp932)"),
        (_JAPANESE, "euc_jp", "EUC-JP"),
        (_SIMPLIFIED, "gb18030", "GB18030"),
        (_TRADITIONAL, "big5", "Big5"),
        (_KOREAN, "euc_kr", "EUC-KR (cp949)"),
    ],
)
def test_legacy_encodings_of_east_asia_are_guessed_and_said_to_be(
    tmp_path: Path, text: str, written: str, shown: str, rows: int
) -> None:
    lines = ["id,text,label", *(f"{number},{text},a" for number in range(rows))]
    path = _write(tmp_path, "\n".join(lines).encode(written), "t.csv")
    found = sniff(path, "t.csv")
    assert f"It is read as {shown}, a guess" in found.notes[0] and "format.encoding" in found.notes[0]
    records = list(read_records(path, "t.csv", found))
    assert [record.row for record in records] == [
        {"id": str(number), "text": text, "label": "a"} for number in range(rows)
    ]


@pytest.mark.parametrize("written", ["utf-8", "cp1251", "koi8_r", "iso8859_5"])
def test_cyrillic_is_not_taken_for_an_encoding_of_east_asia(written: str) -> None:
    text = "Искусственный интеллект меняет наш образ жизни, и всё больше компаний используют его. " * 30
    assert find_encoding(text.encode(written)) not in ("cp932", "euc_jp", "gb18030", "big5", "cp949")


@pytest.mark.parametrize("text", [_JAPANESE, _SIMPLIFIED, _TRADITIONAL, _KOREAN])
def test_a_damaged_byte_does_not_take_utf_8_from_east_asian_text(text: str) -> None:
    assert find_encoding(f"{text}\n".encode() * 20 + b"bad \xe9 byte\n") == "utf-8"


def test_an_encoding_that_was_named_is_no_guess(tmp_path: Path) -> None:
    path = _write(tmp_path, f"text,label\n{_JAPANESE},a\n".encode("shift_jis"), "t.csv")
    assert sniff(path, "t.csv", CsvFormat(encoding="shift_jis")).notes == ()


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b'{"a": 1}\n{"a": 2}\n', "data.txt", "jsonl"),
        (b'[\n {"a": 1},\n {"a": 2}\n]', "data", "jsonl"),
        (b"question;answer\nA;B\nC;D\n", "data", "csv"),
        (b"q\ta\nA\tB\nC\tD\n", "data.dat", "csv"),
        (b"Once upon a time, there was a mouse.\nIt lived, happily, in a house, alone.\nEnd.\n", "story.txt", "text"),
        (b"import os\nx = [1, 2]\ny = {3, 4}\n", "code.py", "text"),
    ],
)
def test_the_format_is_found_by_content_not_by_name(tmp_path: Path, content: bytes, name: str, kind: str) -> None:
    assert sniff(_write(tmp_path, content, name), name).format.kind == kind


def test_delimiter_and_header_are_found(tmp_path: Path) -> None:
    found = sniff(_write(tmp_path, b'name|text\na|"x, y; z"\nb|w\n'), "t.csv").format
    assert isinstance(found, CsvFormat)
    assert (found.delimiter, found.header) == ("|", True)
    found = sniff(_write(tmp_path, b"1,2.5,abc\n2,3.5,def\n"), "t.csv").format
    assert isinstance(found, CsvFormat)
    assert (found.delimiter, found.header) == (",", False)


def test_a_paragraph_file_and_a_line_file_are_told_apart(tmp_path: Path) -> None:
    by_paragraph = sniff(_write(tmp_path, b"One line.\nAnother.\n\nSecond paragraph.\n"), "a.txt").format
    by_line = sniff(_write(tmp_path, b"One line.\nAnother.\nThird.\n"), "b.txt").format
    assert (getattr(by_paragraph, "unit", ""), getattr(by_line, "unit", "")) == ("paragraph", "line")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"  \n\t\n", "blank"),
        (random.Random(1).randbytes(5000), "control characters"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "PNG"),
        (b"PK\x03\x04" + b"abc" * 50, "it is a ZIP archive"),
        (b"%PDF-1.7\n" + b"x" * 100, "PDF"),
        (gzip.compress(b"")[:30], "unpacks to nothing"),
        (gzip.compress(b"hello" * 5000)[:40], "damaged gzip"),
    ],
)
def test_what_is_no_data_is_refused_with_a_reason(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(DataError, match=told) as caught:
        sniff(_write(tmp_path, content), "upload.csv")
    assert caught.value.hint and "upload.csv" in caught.value.message


def test_gzip_is_read_as_if_it_were_unpacked(tmp_path: Path) -> None:
    path = _write(tmp_path, gzip.compress(b'{"text": "a"}\n{"text": "b"}\n'), "data.jsonl.gz")
    sniffed = sniff(path, path.name)
    assert [record.row for record in read_records(path, path.name, sniffed)] == [{"text": "a"}, {"text": "b"}]


def test_a_gzip_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tokenloom.data.format.packing.streams.MAX_UNPACKED", 1 << 20)
    path = _write(tmp_path, gzip.compress(bytes(20 << 20), 9), "bomb.gz")
    with (
        open_bytes(path, "bomb.gz", "gzip") as stream,
        pytest.raises(DataError, match="far more than its own size"),
    ):
        while stream.read(1 << 16):
            pass


def test_an_unknown_encoding_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="utf-7000"):
        sniff(_write(tmp_path, b"a,b\n1,2\n"), "t.csv", CsvFormat(encoding="utf-7000"))
