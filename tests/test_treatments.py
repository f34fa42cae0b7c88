"""The vocabulary of treatments and the grammar of a request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import openimr.treatments
from openimr.library import LibraryError, open_library
from openimr.treatments import RequestTerms, Vocabulary, load, look_up

TPI = "trigger_point_injection"
US = "ultrasound_guidance"
CBT = "cognitive_behavioral_therapy"
FLEX = "cyclobenzaprine"


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load(open_library())


def slugs(request: RequestTerms) -> list[str]:
    return [component.treatment for component in request.components]


REQUESTS: list[tuple[str, list[str], dict[str, Any]]] = [  # one request a line
    ("Lumbar trigger point injection x 1 with ultrasound guidance", [TPI, US], {"region": "lumbar", "injections_per_session": 1}),
    ("Lumbar trigger point injection x 1", [TPI], {"region": "lumbar", "injections_per_session": 1}),
    ("Ultrasound guided trigger point injections to the bilateral thoracic spine", [TPI, US], {"region": "thoracic", "side": "bilateral"}),
    ("Additional cognitive behavioral therapy (6 sessions)", [CBT], {"requested_visits": 6, "additional": True}),
    ("LUMBAR TP1 x 2 L4 L5", [TPI], {"region": "lumbar", "levels": ("L4", "L5"), "injections_per_session": 2}),
    ("LUMBAR TP1 L5", [TPI], {"region": "lumbar", "levels": ("L5",)}),
    ("**LUMBAR TP1 L5:**", [TPI], {"region": "lumbar", "levels": ("L5",)}),
    ("Trigger point injections in the left low back", [TPI], {"region": "lumbar", "side": "left"}),
    ("Amrix 15mg (unspecified quantity)", [FLEX], {"strength": 15, "strength_unit": "mg", "quantity_unspecified": True}),
    ("Trigger point injection to the occipital region at site of pain generator", [TPI], {"region": "occipital"}),
    ("TPI L4-L5", [TPI], {"region": "lumbar", "levels": ("L4", "L5")}),
    ("TPI's L4/5 left QTY: 3", [TPI], {"levels": ("L4", "L5"), "side": "left", "injections_per_session": 3}),
    ("TP I times 3 to the right trapezius", [TPI], {"region": "trapezius", "side": "right", "injections_per_session": 3}),
    ("TPIs x2, C5-6", [TPI], {"region": "cervical", "levels": ("C5", "C6"), "injections_per_session": 2}),
    ("TPI 2 T6", [TPI], {"region": "thoracic", "levels": ("T6",), "injections_per_session": 2}),
    ("Trigger-point injections, total of 4, quadratus lumborum", [TPI], {"region": "lumbar", "injections_per_session": 4}),
    ("Four trigger point injections to both rhomboids", [TPI], {"region": "thoracic", "side": "bilateral", "injections_per_session": 4}),
    ("Trigger point injections, five, with ultrasound guidance", [TPI, US], {"injections_per_session": 5}),
    ("Trigger point injections, lumbar, x 4, no ultrasound guidance", [TPI], {"injections_per_session": 4, "excluded": (US,)}),
    ("Trigger point injections, number of injections not stated", [TPI], {"quantity_unspecified": True}),
    ("6 additional sessions of cognitive behavioral therapy", [CBT], {"requested_visits": 6, "additional": True}),
    ("Amrix 15mg #14 (one capsule daily for 14 days)", [FLEX], {"quantity": 14, "course_days": 14, "strength": 15}),
    ("Amrix 15mg QHS, quantity 14", [FLEX], {"quantity": 14, "course_days": 14}),
    ("Trigger point injection (3)", [TPI], {"injections_per_session": 3}),
    ("3-4 trigger point injections to the neck", [TPI], {"region": "cervical", "injections_per_session": 4}),
    ("US-guided TPI of the neck", [TPI, US], {"region": "cervical"}),
    ("TPI under ultrasound, left upper trapezius", [TPI, US], {"region": "upper_trapezius", "side": "left"}),
    ("Trigger point injections with US", [TPI, US], {}),
    ("Lumbar trigger point injection with ultrasound g uidance", [TPI, US], {"region": "lumbar"}),
    ("Trigger point injection without ultrasound guidance", [TPI], {"excluded": (US,)}),
    ("Trigger point injections x 3 sessions, 4 injections per session", [TPI], {"requested_visits": 3, "injections_per_session": 4}),
    ("Bilateral trigger point injections to the neck, 2 per side", [TPI], {"side": "bilateral", "injections_per_session": 4}),
    ("Series of 3 trigger point injections", [TPI], {"series": 3, "repeat": True}),
    ("Trigger point injections every 2 months", [TPI], {"interval_days": 60}),
    ("Repeat trigger point injections to left shoulder", [TPI], {"region": "shoulder", "side": "left", "repeat": True}),
    ("Trigger point injections with 1% lidocaine and Kenalog x 2", [TPI], {"injectate": ("lidocaine", "triamcinolone")}),
    ("Retrospective trigger point injection, DOS 11/14/2016", [TPI], {"timing": "retrospective", "dates": ("11/14/2016",)}),
    ("CBT 2 times a week for 6 weeks", [CBT], {"requested_visits": 12, "visits_per_week": 2, "course_days": 42}),
    ("CBT two times a week times six weeks (12 sessions)", [CBT], {"requested_visits": 12}),
    ("Cognitive behavioral therapy 1x/week x 8 weeks", [CBT], {"requested_visits": 8}),
    ("Initial cognitive behavioral therapy, 4 visits over 2 weeks", [CBT], {"requested_visits": 4, "course_days": 14, "initial": True}),
    ("Psychotherapy sessions x 10", [CBT], {"requested_visits": 10}),
    ("Six (6) additional psychotherapy sessions", [CBT], {"requested_visits": 6, "additional": True}),
    ("Cognitive behavioral therapy once a week for six weeks", [CBT], {"requested_visits": 6}),
    ("Amrix 15mg one capsule daily #14", [FLEX], {"quantity": 14, "doses_per_day": 1, "course_days": 14}),
    ("Amrix 15 mg, one daily for 14 days", [FLEX], {"quantity": 14, "course_days": 14}),
    ("Flexeril 5mg #30 with 2 refills", [FLEX], {"quantity": 30, "refills": 2, "strength": 5}),
    ("Flexeril 5mg 1 tablet daily #30 + 2 refills", [FLEX], {"quantity": 30, "refills": 2, "course_days": 90}),
    ("Flexiril 10mg 1 po tid #90, no refills", [FLEX], {"quantity": 90, "doses_per_day": 3, "course_days": 30, "refills": 0}),
    ("Fexmid 7.5 mg #60", [FLEX], {"quantity": 60, "strength": 7.5}),
    ("Cyclobenzaprine, 60 tablets, 1 tab every 8 hours", [FLEX], {"quantity": 60, "doses_per_day": 3, "course_days": 20}),
    ("Retrospective Cyclobenzaprine 5mg tab #30 DOS: 11/14/16", [FLEX], {"quantity": 30, "timing": "retrospective"}),
    ("Oxycodone HCL ER 20mg #60 day supply: 30", ["oxycodone"], {"quantity": 60, "course_days": 30}),
    ("Cyclobenzaprine 5% in cream base 240g", ["topical_medication"], {"form": "topical", "amount": "240 g"}),
    ("Eight (8) physical therapy sessions", ["physical_therapy"], {"requested_visits": 8}),
    ("Physical therapy 2x6 for the low back", ["physical_therapy"], {"requested_visits": 12, "region": "lumbar"}),
    ("Acupuncture therapy sessions lumbar spine #6", ["acupuncture"], {"requested_visits": 6, "region": "lumbar"}),
    ("Pulsed Ultrasound 2 times a week for 4 weeks", ["therapeutic_ultrasound"], {"requested_visits": 8}),
    ("Trigger points impedance imaging (TPII)", ["trigger_point_impedance_imaging"], {}),
    ("Ultram 50mg, 1-2 tabs orally every 4-6 hrs as needed, #60", ["tramadol"], {"doses_per_day": 12, "as_needed": True}),
    ("Norco 5/325mg #60", ["hydrocodone_acetaminophen"], {"strength": "5/325", "strength_unit": "mg"}),
    ("Right L4 epidural steroid injection with fluoroscopy", ["epidural_steroid_injection", "fluoroscopic_guidance"], {"side": "right"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "components", "terms"), REQUESTS, ids=[row[0] for row in REQUESTS])
def test_a_request_is_taken_apart(vocabulary: Vocabulary, text: str, components: list[str], terms: dict[str, Any]) -> None:
    request = vocabulary.parse(text)
    assert slugs(request) == components
    assert {key: request.terms.get(key) for key in terms} == terms
    assert request.unused == () or "pain generator" in text
    assert "disagreeing" not in request.terms


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("Trigger point injection to the occipital region", "injections_per_session"),
        ("Trigger point injections in the left low back", "injections_per_session"),
        ("A trigger point injection to the neck", "injections_per_session"),
        ("LUMBAR TP1 L5", "injections_per_session"),
        ("LUMBAR TP1 L5", "side"),
        ("Series of 3 trigger point injections", "injections_per_session"),
        ("Trigger point injections every 2 weeks", "injections_per_session"),
        ("Amrix 15mg (unspecified quantity)", "quantity"),
        ("Amrix 15mg", "quantity"),
        ("Flexeril 5mg #30", "course_days"),
        ("Flexeril 5mg #30", "refills"),
        ("Cognitive behavioral therapy", "requested_visits"),
        ("Physical therapy 2 times a week", "requested_visits"),
        ("Trigger point injection with 1% lidocaine", "quantity"),
    ],
)
def test_what_a_request_does_not_say_is_not_stated(vocabulary: Vocabulary, text: str, term: str) -> None:
    request = vocabulary.parse(text)
    assert term not in request.terms
    assert term not in request.stated


def test_a_flag_is_no_stated_value(vocabulary: Vocabulary) -> None:
    assert vocabulary.parse("Amrix 15mg (unspecified quantity)").stated == {"strength", "strength_unit"}


@pytest.mark.parametrize(
    "text",
    [
        "Amrix 15mg (unknown quantity)",
        "Amrix 15mg, quantity not specified",
        "Amrix 15mg, no quantity stated",
        "Unknown shockwave treatments",
    ],
)
def test_a_quantity_may_be_called_unspecified_in_many_ways(vocabulary: Vocabulary, text: str) -> None:
    assert vocabulary.parse(text).terms["quantity_unspecified"] is True


def test_words_nothing_was_made_of_are_told(vocabulary: Vocabulary) -> None:
    assert vocabulary.parse("Trigger point injection to the occipital region at site of pain generator").unused == ("pain", "generator")
    assert vocabulary.parse("Lumbar TPI x 2 with ozone").unused == ("ozone",)


def test_a_text_that_names_nothing_known_has_no_components(vocabulary: Vocabulary) -> None:
    request = vocabulary.parse("Levitation belt for the moon")
    assert request.components == ()
    assert request.unused == ("Levitation", "belt", "moon")
    assert vocabulary.parse("").components == ()


def test_a_component_keeps_its_name_as_written_and_its_place(vocabulary: Vocabulary) -> None:
    text = "Ultrasound guided trigger point injections, Amrix"
    for component in vocabulary.parse(text).components:
        assert text[component.start : component.end] == component.name
    assert [component.name for component in vocabulary.parse(text).components] == ["trigger point injections", "Amrix", "Ultrasound guided"]


def test_a_key_slip_is_read_and_said_to_be_one(vocabulary: Vocabulary) -> None:
    assert [component.slip for component in vocabulary.parse("LUMBAR TP1 L5").components] == [True]
    assert [component.slip for component in vocabulary.parse("LUMBAR TPI L5").components] == [False]
    assert [component.slip for component in vocabulary.parse("Flexiril 5mg").components] == [True]


def test_numbers_go_to_the_treatment_beside_them(vocabulary: Vocabulary) -> None:
    terms = vocabulary.parse("Trigger point injections x 2 and Amrix 15mg #14 and CBT (6 sessions)").terms
    assert (terms["injections_per_session"], terms["quantity"], terms["requested_visits"]) == (2, 14, 6)


def test_a_treatment_named_twice_is_one_component(vocabulary: Vocabulary) -> None:
    assert slugs(vocabulary.parse("Tramadol (Ultram) 50mg #60")) == ["tramadol"]
    assert slugs(vocabulary.parse("Trigger point injections (TPI) x 2")) == [TPI]


def test_numbers_that_contradict_each_other_are_told(vocabulary: Vocabulary) -> None:
    terms = vocabulary.parse("CBT 2 times a week for 6 weeks (10 sessions)").terms
    assert terms["requested_visits"] == 10
    assert terms["disagreeing"] == ("requested_visits",)
    assert "course_days" in str(vocabulary.parse("Norco 5/325mg one tablet twice daily 14 days #40").terms["disagreeing"])


def test_the_side_is_that_of_the_first_region(vocabulary: Vocabulary) -> None:
    request = vocabulary.parse("TPI to the neck and right shoulder")
    assert request.terms["region"] == "cervical"
    assert request.terms["regions"] == ("cervical", "shoulder")
    assert "side" not in request.terms
    assert [site.side for site in request.sites] == [None, "right"]
    assert vocabulary.parse("Bilateral TPI to the neck and right shoulder").terms["side"] == "bilateral"
    assert vocabulary.parse("Left TPI of the lumbar spine").terms["side"] == "left"


def test_every_treatment_and_drug_has_a_name_and_a_category(vocabulary: Vocabulary) -> None:
    assert vocabulary.category(TPI) == "Injection"
    assert vocabulary.category(CBT) == "Psych Services"
    assert vocabulary.sub_category(FLEX) == "Muscle Relaxant"
    assert vocabulary.name(TPI) == "Trigger point injection"
    assert vocabulary.name(FLEX) == "Cyclobenzaprine"
    assert vocabulary.region_name("lumbar") == "lumbar spine"
    for slug in (*vocabulary.words.treatments, *vocabulary.words.drugs):
        assert vocabulary.category(slug) in vocabulary.words.categories
        assert vocabulary.name(slug)


def test_a_drug_is_also_a_kind_of_its_class(vocabulary: Vocabulary) -> None:
    assert vocabulary.kinds(FLEX) == (FLEX, "muscle_relaxant")
    assert vocabulary.kinds(TPI) == (TPI,)
    with pytest.raises(KeyError):
        vocabulary.kinds("levitation")


def test_every_shipped_word_of_a_treatment_names_it(vocabulary: Vocabulary) -> None:
    for name, drug in vocabulary.drugs.items():
        assert slugs(vocabulary.parse(name)) == [drug.ingredient], name


@pytest.mark.parametrize(
    ("name", "ingredient", "drug_class"),
    [
        ("flexeril", FLEX, "muscle_relaxant"),
        ("amrix", FLEX, "muscle_relaxant"),
        ("fexmid", FLEX, "muscle_relaxant"),
        ("soma", "carisoprodol", "muscle_relaxant"),
        ("naproxen", "naproxen", "nsaid"),
        ("motrin", "ibuprofen", "nsaid"),
        ("norco", "hydrocodone_acetaminophen", "opioid"),
        ("ultram", "tramadol", "opioid"),
        ("neurontin", "gabapentin", "anticonvulsant"),
        ("lyrica", "pregabalin", "anticonvulsant"),
        ("cymbalta", "duloxetine", "antidepressant"),
        ("ambien", "zolpidem", "sedative"),
        ("depo-medrol", "methylprednisolone", "corticosteroid"),
    ],
)
def test_drugs_are_known_by_brand_and_ingredient(vocabulary: Vocabulary, name: str, ingredient: str, drug_class: str) -> None:
    assert vocabulary.drugs[name] == (ingredient, drug_class)


_SAID = (
    "TPI TP1 trigger point injection injections x 1 2 two times # ( ) 14 60 mg 15mg % with without ultrasound guidance US Amrix Flexeril "
    "CBT sessions a week for 6 weeks daily bid refills left right bilateral lumbar neck L4 L5 C5-6 T1 per side level day supply "
    "unspecified quantity , : - / every"
)
_WORDS = st.sampled_from(_SAID.split())


@given(st.one_of(st.text(max_size=80), st.lists(_WORDS, max_size=14).map(" ".join), st.lists(_WORDS, max_size=8).map("".join)))
def test_any_text_can_be_parsed(vocabulary: Vocabulary, text: str) -> None:
    request = vocabulary.parse(text)
    assert request.text == text
    for component in request.components:
        assert 0 <= component.start < component.end <= len(text)
        assert text[component.start : component.end] == component.name
        vocabulary.category(component.treatment)
    for site in request.sites:
        assert 0 <= site.start < site.end <= len(text)
    assert len({component.treatment for component in request.components}) == len(request.components)
    assert request.stated <= set(request.terms)
    assert all(word in text for word in request.unused)
    assert not any(key.startswith("_") for key in request.terms)


@given(st.lists(_WORDS, max_size=14).map(" ".join))
def test_case_does_not_matter(vocabulary: Vocabulary, text: str) -> None:
    assert vocabulary.parse(text.upper()).terms.keys() == vocabulary.parse(text).terms.keys()


def own(folder: Path, text: str) -> Path:
    (folder / "treatments").mkdir()
    (folder / "treatments" / "own.yaml").write_text(f"source: own\nmark: memory\n{text}", encoding="utf-8")
    return folder


def test_an_organisation_may_add_a_treatment(tmp_path: Path) -> None:
    text = "treatments:\n  ozone_injection: {name: Ozone injection, category: Injection, counts: injections, words: [ozone injection*]}\n"
    vocabulary = load(open_library((own(tmp_path, text),)))
    request = vocabulary.parse("Ozone injections x 2 to the left knee")
    assert slugs(request) == ["ozone_injection"]
    assert request.terms["injections_per_session"] == 2


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("treatments:\n  x: {name: X, category: Injecton, words: [x]}\n", 4, "'Injecton' is not among the categories"),
        ("treatments:\n  x: {name: X, category: Injection, sub_category: Big, words: [x]}\n", 4, "'Big' is not one of Injection"),
        ("treatments:\n  x: {name: X, category: Injection, form: liquid, words: [x]}\n", 4, "'liquid' is not among the forms"),
        (
            "treatments:\n  x: {name: X, category: Injection, words: ['(TPI|TPIs|TPI''s|T.P.I.)']}\n",
            4,
            "already stands for trigger_point_injection",
        ),
        ("treatments:\n  x: {name: X, category: Injection, words: ['(x']}\n", 4, "a '(' is not closed"),
        ("treatments:\n  trigger_point_injection: {name: X, category: Injection, words: [x]}\n", 4, "is declared twice: keep one"),
        ("treatments:\n  cyclobenzaprine: {name: X, category: Injection, words: [x]}\n", 4, "a drug has the same name"),
        ("treatments:\n  x: {name: X, wrds: [x], category: Injection, words: [x]}\n", 4, "(did you mean 'words'?)"),
        ("drugs:\n  x: {class: magic, names: [x]}\n", 4, "'magic' is not among the classes"),
        ("drugs:\n  x: {class: opioid, names: [Flexeril]}\n", 4, "'Flexeril' already stands for cyclobenzaprine"),
        ("drugs:\n  x: {class: opioid, names: ['#']}\n", 4, "'#' has no word in it"),
        ("classes:\n  x: {name: X, sub_category: Magic}\n", 4, "'Magic' is not one of Pharmaceuticals"),
        ("regions:\n  x: {name: x, words: [lumbar]}\n", 4, "'lumbar' already stands for lumbar"),
        ("regions:\n  x: {name: x, words: [xyz], part_of: [soul]}\n", 4, "'soul' is not among the regions"),
    ],
)
def test_a_wrong_file_stops_the_library_with_file_line_and_mend(tmp_path: Path, text: str, line: int, what: str) -> None:
    library = open_library((own(tmp_path, text),))
    with pytest.raises(LibraryError) as caught:
        load(library)
    assert f"treatments/own.yaml:{line}: " in str(caught.value)
    assert what in str(caught.value)


def test_the_face_of_the_room_is_what_it_declares() -> None:
    assert sorted(openimr.treatments.__all__) == sorted(name for name in vars(openimr.treatments) if not name.startswith("_"))


@pytest.mark.parametrize(
    ("request_", "milligrams"),
    [
        ("Norco 10/325mg one tablet every 6 hours #120", 40.0),
        ("Oxycodone 30 mg 1 po qid", 180.0),
        ("OxyContin 20mg bid #60", 60.0),
        ("Tramadol ER 150 mg 1 po qd #30", 15.0),
        ("Acetaminophen/codeine 300/30 mg tid", 13.5),
        ("Fentanyl patch 25 mcg/hr #10", 60.0),
        ("Methadone 10 mg tid", 240.0),  # 30 mg a day: factor 8
        ("Methadone 5 mg bid", 40.0),
        ("Percocet 10/325 #90 30 days supply", 45.0),
        ("Norco 10/325mg #120", None),  # nobody says how many a day
        ("Naproxen 500 mg bid", None),
        ("Butrans 10 mcg/hr patch #4", None),  # buprenorphine is not counted
    ],
)
def test_an_opioid_is_counted_in_oral_morphine_a_day(vocabulary: Vocabulary, request_: str, milligrams: float | None) -> None:
    found = vocabulary.daily_morphine_equivalent(vocabulary.parse(request_))
    assert found == pytest.approx(milligrams) if milligrams is not None else found is None


@pytest.mark.slow
def test_diagnosis_codes_are_read_and_looked_up(vocabulary: Vocabulary) -> None:
    parsed = vocabulary.parse("Lumbar MRI, dx M54.16, ICD-9 724.4, 2.5 mg #3")
    assert parsed.terms["diagnoses"] == ("M54.16", "724.4")
    assert vocabulary.parse("Cream 106.32 gm; L4-5; C5-6 2.5 mg").terms.get("diagnoses") is None
    found = look_up("m54.16")
    assert found is not None
    assert (found.edition, found.name) == ("ICD-10-CM", "Radiculopathy, lumbar region")
    older = look_up("724.4")
    assert older is not None
    assert (older.edition, older.became) == ("ICD-9-CM", "M54.17")
    assert look_up("M99.9999") is None


def terms_of_each(vocabulary: Vocabulary, request_: str, *names: str) -> dict[str, dict[str, object]]:
    return {part.treatment: {name: part.terms.get(name) for name in names} for part in vocabulary.parse(request_).components}


def test_each_treatment_of_a_line_keeps_its_own_numbers(vocabulary: Vocabulary) -> None:
    drugs = terms_of_each(vocabulary, "Percocet 10/325 q6h #120 and Oxycontin 40mg BID #60", "quantity", "doses_per_day")
    assert drugs == {
        "oxycodone_acetaminophen": {"quantity": 120, "doses_per_day": 4},
        "oxycodone": {"quantity": 60, "doses_per_day": 2},
    }
    visits = terms_of_each(vocabulary, "Acupuncture 6 sessions, chiropractic 2x4 lumbar", "requested_visits", "region")
    assert visits == {
        "acupuncture": {"requested_visits": 6, "region": "lumbar"},
        "chiropractic": {"requested_visits": 8, "region": "lumbar"},
    }


def test_treatments_named_side_by_side_share_what_follows(vocabulary: Vocabulary) -> None:
    both = terms_of_each(vocabulary, "Physical therapy and acupuncture 2x6 lumbar", "requested_visits")
    assert both == {"physical_therapy": {"requested_visits": 12}, "acupuncture": {"requested_visits": 12}}
    tests = terms_of_each(vocabulary, "EMG/NCV of the bilateral lower extremities and lumbar MRI", "region", "side")
    assert tests == {
        "emg": {"region": "lower_extremity", "side": "bilateral"},
        "ncs": {"region": "lower_extremity", "side": "bilateral"},
        "mri": {"region": "lumbar", "side": None},
    }


def test_levels_are_counted_between_vertebrae_or_one_by_one(vocabulary: Vocabulary) -> None:
    assert vocabulary.parse("L4-5, L5-S1 interlaminar ESI").terms["level_count"] == 2
    assert vocabulary.parse("Left L5 and S1 TFESI").terms["level_count"] == 2
    assert vocabulary.parse("L5-S1 epidural steroid injection").terms["level_count"] == 1
