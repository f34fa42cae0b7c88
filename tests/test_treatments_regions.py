"""Parts of the body: found in the sentences of a record, with their side, and held against the requested one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openimr.library import open_library
from openimr.treatments import Cover, Vocabulary, load


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load(open_library())


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("There is tenderness of the lumbar spine.", [("lumbar", None)]),
        ("Right-sided low back pain radiates to the left leg", [("lumbar", "right"), ("leg", "left")]),
        ("low-\nback pain", [("lumbar", None)]),
        ("Palpation of the lumbar spine, left: taut band", [("lumbar", "left")]),
        ("Tender in the left more than the right lumbar paraspinals", [("lumbar", "bilateral")]),
        ("Trigger points in the trapezius bilaterally and the rhomboids on the left", [("trapezius", "bilateral"), ("thoracic", "left")]),
        ("bilateral upper trapezius and levator scapulae", [("upper_trapezius", "bilateral"), ("cervical", None)]),
        ("Quadratus lumborum (right) and multifidus", [("lumbar", "right"), ("lumbar", None)]),
        ("L-spine tender; R knee swollen; (L) shoulder", [("lumbar", None), ("knee", "right"), ("shoulder", "left")]),
        ("Thoracolumbar spasm", [("thoracolumbar", None)]),
        ("Pain at the base of the skull and in the suboccipital muscles", [("occipital", None), ("occipital", None)]),
        ("neck and back pain", [("cervical", None), ("back", None)]),
        ("left and right knees", [("knee", "bilateral")]),
        ("Lumbar (R) and thoracic spine", [("lumbar", "right"), ("thoracic", None)]),
        ("Mid back and lower back", [("thoracic", None), ("lumbar", None)]),
        ("The hand and wrist are normal", [("hand_wrist", None), ("hand_wrist", None)]),
    ],
)
def test_regions_are_found_with_their_side(vocabulary: Vocabulary, sentence: str, found: list[tuple[str, str | None]]) -> None:
    mentions = vocabulary.regions(sentence)
    assert [(mention.region, mention.side) for mention in mentions] == found


@pytest.mark.parametrize(
    ("sentence", "levels"),
    [
        ("disc bulge at L4-5", ["L4", "L5"]),
        ("L3-L5 fusion", ["L3", "L4", "L5"]),
        ("L5-S1", ["L5", "S1"]),
        ("C5/6 and T6", ["C5", "C6", "T6"]),
        ("from T10 to T12", ["T10", "T11", "T12"]),
        ("normal S1 and S2, T2 weighted images, T1 signal", []),
        ("C99 form; section L7", []),
    ],
)
def test_vertebrae_count_as_their_region(vocabulary: Vocabulary, sentence: str, levels: list[str]) -> None:
    assert [mention.level for mention in vocabulary.regions(sentence)] == levels


@pytest.mark.parametrize(
    "sentence",
    [
        "She came back to the clinic in May.",
        "He went back to work.",
        "Straight leg raise is negative bilaterally.",
        "The patient is right hand dominant.",
        "On the other hand, sleep is better.",
        "A fracture of the femoral neck was excluded.",
        "Follow up in 2 weeks.",
        "",
    ],
)
def test_words_with_another_meaning_are_no_region(vocabulary: Vocabulary, sentence: str) -> None:
    assert vocabulary.regions(sentence) == ()


@pytest.mark.parametrize(
    ("requested", "mentioned", "cover"),
    [
        ("lumbar", "lumbar", Cover.SAME),
        ("lumbar", "thoracic", Cover.ELSEWHERE),
        ("lumbar", "knee", Cover.ELSEWHERE),
        ("lumbar", "back", Cover.UNSPECIFIC),
        ("thoracic", "back", Cover.UNSPECIFIC),
        ("cervical", "spine", Cover.UNSPECIFIC),
        ("cervical", "back", Cover.ELSEWHERE),
        ("lumbar", "thoracolumbar", Cover.SAME),
        ("thoracolumbar", "thoracic", Cover.SAME),
        ("occipital", "cervical", Cover.SAME),
        ("cervical", "occipital", Cover.SAME),
        ("occipital", "head", Cover.SAME),
        ("head", "occipital", Cover.SAME),
        ("occipital", "shoulder", Cover.ELSEWHERE),
        ("occipital", "forehead", Cover.ELSEWHERE),
        ("trapezius", "upper_trapezius", Cover.SAME),
        ("cervical", "trapezius", Cover.SAME),
        ("thoracic", "upper_trapezius", Cover.ELSEWHERE),
        ("back", "lumbar", Cover.SAME),
        ("shoulder", "upper_extremity", Cover.UNSPECIFIC),
        ("upper_extremity", "shoulder", Cover.SAME),
        ("knee", "hip", Cover.ELSEWHERE),
    ],
)
def test_a_region_covers_another(vocabulary: Vocabulary, requested: str, mentioned: str, cover: Cover) -> None:
    assert vocabulary.covers(requested, mentioned) is cover


def test_an_unknown_region_is_refused(vocabulary: Vocabulary) -> None:
    with pytest.raises(KeyError):
        vocabulary.covers("soul", "lumbar")
    with pytest.raises(KeyError):
        vocabulary.covers("lumbar", "soul")


_SAID = "left right L4-5 neck low back İ bilateral . , knee traps S1"


@given(
    st.one_of(
        st.text(max_size=120),
        st.lists(st.sampled_from(_SAID.split()), max_size=12).map(" ".join),
    )
)
def test_mentions_lie_in_the_text_and_in_order(vocabulary: Vocabulary, text: str) -> None:
    mentions = vocabulary.regions(text)
    assert list(mentions) == sorted(mentions, key=lambda mention: (mention.start, mention.end))
    for mention in mentions:
        assert 0 <= mention.start < mention.end <= len(text)
        assert mention.region in vocabulary.words.regions
        assert text[mention.start : mention.end].strip() == text[mention.start : mention.end]
