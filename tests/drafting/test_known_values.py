"""Known values: found in the variants people write, silent on what only looks alike, sealed on disk."""

from __future__ import annotations

import pytest
from drafting_talk import KNOWN_KEY, PEOPLE

from sandbox.drafting.known_values import KnownValues, build
from sandbox.errors import RecordRefused

MORE = {
    "patient_name": ["Brannigan, Tomas F.", "José Muñoz-Ortega", "Mark Young", "Ruth Graves"],
    "address": ["14 Birchwood Lane", None, "", "9 Old Mill Road"],
    "account": [20431987, 4711, 99120, None],
}


@pytest.fixture(scope="module")
def known() -> KnownValues:
    return KnownValues.load(build([PEOPLE, MORE], KNOWN_KEY), KNOWN_KEY, exempt=frozenset({"20431987x"}))


FOUND = [
    "Ada Kowalczyk",
    "KOWALCZYK, ADA",
    "kowalczyk ada",
    "Ada M. Kowalczyk",
    "Jose Munoz-Ortega",
    "JOSÉ MUÑOZ ORTEGA",
    "Tomas Brannigan",
    "MRN-0042117",
    "mrn 0042117",
    "mrn 42117",
    "MRN 00-42 117",
    "0042117",
    "(617) 555-0142",
    "617.555.0142",
    "6175550142",
    "14 birchwood lane",
    "account 20431987",
    "Kowalczyk",
    "young, mark",
    "Mark Young",
    "Ｋowalczyk",
]
SILENT = [
    "Ada",
    "young patients, marked decline",
    "Graves disease and Young adults in May",
    "42117 rows",
    "4711",
    "old mill",
    "kowalczyk's formula in lower case",
    "617",
    "",
]


@pytest.mark.parametrize("text", FOUND)
def test_a_known_value_is_found_in_a_plain_variant(known, text):
    hits = known.find(f"What of {text} in the data?")
    assert hits and all(hit.kind.startswith("known") for hit in hits)


@pytest.mark.parametrize("text", SILENT)
def test_what_only_looks_like_one_is_not(known, text):
    assert known.find(text) == []


class Counting(KnownValues):
    """Counts how often a value was digested and looked up."""

    looked_up = 0

    def _holds_value(self, form: str) -> bool:
        self.looked_up += 1
        return super()._holds_value(form)


def test_what_has_the_shape_of_nothing_known_is_not_looked_up():
    counting = Counting.load(build([{"mrn": ["MRN-0042117", "MRN-0099120"]}], KNOWN_KEY), KNOWN_KEY)
    dates = " ".join(f"2022-{n % 12 + 1:02}-{n % 28 + 1:02} {n}.25" for n in range(500))
    assert counting.find(dates) == []
    assert counting.looked_up < 1000  # 2,500 words have 22,000 runs


@pytest.mark.parametrize("text", ["mrn 42117", "MRN00042117", "id 0000042117", "mrn #0042117", "x 42117 mrn 00 42117"])
def test_a_number_behind_a_prefix_or_zeros_has_its_own_shape(text):
    counting = Counting.load(build([{"mrn": ["42117"]}], KNOWN_KEY), KNOWN_KEY)
    assert counting.find(f"What of {text} in the data?")


def test_values_in_other_scripts_are_found():
    known = KnownValues.load(build([{"account": ["Ж-4711-Ω22", "٣٤٥٦٧٨٩"]}], KNOWN_KEY), KNOWN_KEY)
    assert known.find("account ж4711 ω22") and known.find("is it ٣٤٥٦٧٨٩?")


def test_public_codes_are_exempt():
    data = build([{"account": ["4193704", "MRN-0042117"]}], KNOWN_KEY)
    assert KnownValues.load(data, KNOWN_KEY).find("concept 4193704")
    assert KnownValues.load(data, KNOWN_KEY, frozenset({"4193704"})).find("concept 4193704") == []


def test_several_sources_are_searched_at_once():
    one, other = build([{"mrn": ["A1234567"]}], KNOWN_KEY), build([{"mrn": ["B7654321"]}], KNOWN_KEY)
    known = KnownValues.load([one, other], KNOWN_KEY)
    assert known.count == 2 and known.find("A1234567") and known.find("B7654321")


def test_an_arrow_table_can_be_indexed():
    import pyarrow as pa

    table = pa.table({"last_name": ["Okonkwo"], "first_name": ["Chidi"], "birth": [None]})
    assert KnownValues.load(build([table], KNOWN_KEY), KNOWN_KEY).find("Chidi Okonkwo")


def test_the_file_holds_no_value_and_opens_only_whole_and_with_its_key():
    data = build([PEOPLE], KNOWN_KEY)
    assert b"Kowalczyk" not in data and b"kowalczyk" not in data and b"0042117" not in data
    with pytest.raises(RecordRefused):
        KnownValues.load(data, bytes(32))
    for at in (3, 20, len(data) // 2, len(data) - 1):
        broken = bytearray(data)
        broken[at] ^= 1
        with pytest.raises(RecordRefused):
            KnownValues.load(bytes(broken), KNOWN_KEY)


def test_another_key_gives_other_digests():
    from sandbox.drafting.known_values import digest

    assert digest(KNOWN_KEY, "v", "mrn0042117") != digest(bytes(32), "v", "mrn0042117")
