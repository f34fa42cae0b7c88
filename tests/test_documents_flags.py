"""What a clerk is told of a page: blank, not legible, or written in another language."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFilter

from openimr.documents import Document, Page, read, read_each
from openimr.documents._languages import Languages, known_languages
from openimr.documents._languages import _LanguageFile as LanguageFile
from openimr.library import LibraryError, read_model

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed, so scans stay unread")

SAID = {
    "English": "The patient was seen today for pain in the lower back that has been there since the injury at work. She is not able to sit "
    "for more than an hour and there is tenderness on the left.",
    "Spanish": "La paciente refiere dolor en la espalda baja desde el accidente en el trabajo. No puede estar sentada por más de una hora, "
    "y el dolor se extiende a la pierna izquierda con el esfuerzo.",
    "Tagalog": "Ang pasyente ay may sakit sa ibabang bahagi ng likod mula nang siya ay naaksidente sa trabaho. Hindi siya makaupo nang "
    "higit sa isang oras at ang sakit ay umaabot sa kanyang kaliwang binti.",
    "Vietnamese": "Bệnh nhân bị đau ở vùng thắt lưng từ khi bị tai nạn lao động. Người bệnh không ngồi được quá một giờ và cơn đau lan đến "
    "chân trái khi đi lại, đã được điều trị với thuốc trong hai tháng.",
    "Chinese": "患者自工伤事故以来腰部疼痛。不能久坐超过一小时。疼痛放射至左腿。检查显示腰椎旁肌肉压痛。建议继续物理治疗六周。",
    "Korean": "환자는 작업 중 사고 이후 허리 통증을 호소하고 있으며 한 시간 이상 앉아 있을 수 없다. "
    "통증은 왼쪽 다리로 퍼지며 물리치료를 계속하기로 하였다.",
    "Japanese": "患者は労働災害の後から腰の痛みを訴えており、一時間以上座っていることができない。"
    "痛みは左の足に広がり、理学療法を続けることになった。",
    "Armenian": "Հիվանդը գանգատվում է մեջքի ցավից աշխատավայրում տեղի ունեցած դժբախտ պատահարից հետո և չի կարող նստել մեկ ժամից ավելի",
}


@pytest.fixture(scope="module")
def languages() -> Languages:
    return known_languages()


@pytest.mark.parametrize("language", SAID)
def test_a_page_is_told_by_the_language_it_is_written_in(tmp_path: Path, language: str) -> None:
    path = tmp_path / "note.txt"
    path.write_text(SAID[language], encoding="utf-8")
    document = read(path, "note.txt")
    assert isinstance(document, Document)
    assert document.pages[0].language == language


def test_accents_a_scan_has_lost_are_not_missed(languages: Languages) -> None:
    assert languages.of(SAID["Spanish"].replace("á", "a")) == "Spanish"
    assert (
        languages.of("benh nhan bi dau o vung that lung tu khi bi tai nan va khong ngoi duoc qua mot gio, con dau lan den chan trai")
        is not None
    )


def test_a_page_of_few_words_or_of_none_that_make_sentences_tells_nothing(languages: Languages) -> None:
    assert languages.of("") is None
    assert languages.of("La paciente tiene dolor") is None
    assert languages.of("Sodium 140 Potassium 4.1 Chloride 101 Glucose 92 " * 20) is None


def test_an_english_page_that_quotes_the_worker_or_names_a_doctor_stays_english(languages: Languages) -> None:
    assert languages.of(SAID["English"] + " She said: me duele la espalda. Seen with Dr. De la Cruz of Los Angeles.") == "English"
    assert languages.of(SAID["English"] + " 腰部疼痛") == "English"


def test_a_form_in_two_languages_is_not_called_foreign(languages: Languages) -> None:
    assert languages.of(SAID["English"] + SAID["Spanish"]) in ("English", None)


def test_letters_read_in_great_numbers_are_not_asked_for_their_language(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text(SAID["Spanish"], encoding="utf-8")
    (document,) = read_each([(path, "letter.txt")], paragraphs=True)
    assert isinstance(document, Document)
    assert document.pages[0].language is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("home: English", "home: Latin"), "add a list for 'Latin'"),
        (("[el, la,", "[él, la,"), "without accents: él"),
        (('[["가", "힣"]', '[["힣", "가"]'), "turn it round in Korean"),
    ],
)
def test_a_wrong_list_of_languages_is_refused_with_its_mend(tmp_path: Path, root: Path, change: tuple[str, str], message: str) -> None:
    whole = (root / "src/openimr_library/languages/languages.yaml").read_text(encoding="utf-8")
    assert change[0] in whole
    path = tmp_path / "languages.yaml"
    path.write_text(whole.replace(*change), encoding="utf-8")
    with pytest.raises(LibraryError, match=message):
        read_model(path, LanguageFile)


# --- blank pages


def test_a_page_is_blank_when_nothing_stands_on_it_and_not_when_it_could_not_be_read() -> None:
    assert Page(1, "").blank
    assert Page(1, " \n").blank
    assert not Page(1, "text").blank
    assert not Page(1, "", unread="look at the page").blank


def page_of(folder: Path, image: Image.Image) -> Page:
    image.save(folder / "page.png", dpi=(100, 100))
    document = read(folder / "page.png", "page.png")
    assert isinstance(document, Document)
    return document.pages[0]


@needs_tesseract
def test_an_empty_scanned_page_is_blank_on_grey_paper_too(tmp_path: Path) -> None:
    assert page_of(tmp_path, Image.new("L", (850, 1100), 255)).blank
    assert page_of(tmp_path, Image.effect_noise((850, 1100), 8).point(lambda level: min(255, level + 70))).blank


@needs_tesseract
def test_a_page_of_faint_pencil_is_not_blank_but_unread(tmp_path: Path) -> None:
    page = Image.new("L", (850, 1100), 235)
    brush = ImageDraw.Draw(page)
    for row in range(100, 1000, 60):
        brush.line([(x, row + 18 * ((x * 7 // 13) % 3 - 1)) for x in range(100, 750, 9)], fill=170, width=3)
    seen = page_of(tmp_path, page.filter(ImageFilter.GaussianBlur(0.6)))
    assert not seen.blank
    assert seen.unread is not None
