"""Packs: read with clear refusals, written as they are read, applied within what values show."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pack_parts import PERSON, STAY, TOML, plain

from sandbox.dictionary.classify import DEFAULTS
from sandbox.dictionary.comments import clean_comment
from sandbox.dictionary.model import Column, Join, Table
from sandbox.dictionary.samples import sampled
from sandbox.errors import BadInput
from sandbox.packs import (
    applied,
    apply_packs,
    applying,
    pack_toml,
    read_pack,
    shipped_pack,
    shipped_packs,
    shown_by_values,
)
from sandbox.packs.making import pack_of_tables
from sandbox.packs.model import Pack, PackColumn, PackTable
from sandbox.review.deciding import choices
from sandbox.review.using_packs import knowing
from sandbox.sources.catalog import CatalogColumn, CatalogTable

PACK = read_pack(TOML, "wards.toml")


def column(table: Table, name: str) -> Column:
    return next(one for one in table.columns if one.name == name)


def test_a_pack_says_class_told_given_and_words_and_is_named_as_the_reason() -> None:
    table = applied(PACK, STAY, shown=())
    assert (table.grain, table.order) == ("one row per stay", "begin_dt within a patient")
    assert table.conventions == ("A stay that goes on has no end_dt.",)
    key = column(table, "stay_no")
    assert (key.column_class, key.told, key.given, key.domain) == ("event_key", "name", "token", "stay")
    assert key.evidence[0] == "the pack Wards says so" and key.physical == "STAY_NO"
    assert column(table, "other") == column(STAY, "other")


def test_applying_a_pack_twice_is_applying_it_once() -> None:
    assert applied(PACK, applied(PACK, STAY, shown=()), shown=()) == applied(PACK, STAY, shown=())


def test_what_values_show_to_identify_is_not_loosened() -> None:
    harmless = msgspec.structs.replace(STAY, columns=(*STAY.columns[:2], plain("reason"), *STAY.columns[3:]))
    loosened = column(applied(PACK, harmless, shown=()), "reason")
    assert (loosened.told, loosened.given) == ("values", "full")  # without the protection it would be given
    held = column(applied(PACK, harmless, shown=("reason",)), "reason")
    assert (held.told, held.given) == ("nothing", "nothing")
    assert "outranks the pack" in held.evidence[0]


def test_values_show_an_identifier_under_a_harmless_name() -> None:
    mails = sampled([f"person{n}@mail.example" for n in range(60)])
    table = CatalogTable(
        physical=("src", "main", "t"), rows=60, columns=(CatalogColumn(name="Reason", type="VARCHAR"),)
    )
    assert shown_by_values(table, {"Reason": mails}) == {"reason"}
    assert shown_by_values(table, {"Reason": sampled(["red", "green"] * 30)}) == frozenset()


def test_a_pack_can_always_withhold_more() -> None:
    strict = msgspec.structs.replace(
        PACK, tables={"stay": PackTable(columns={"flag9": PackColumn(column_class="secret")})}
    )
    open_table = msgspec.structs.replace(STAY, columns=(plain("flag9", "plain", told="name", given="full"),))
    assert column(applied(strict, open_table), "flag9").given == "nothing"


@pytest.mark.parametrize(("name", "knows"), [("STAY", True), ("X_Stay", True), ("stay_old", False), ("mystay", False)])
def test_tables_are_known_by_name_with_the_patterns_of_the_pack(name: str, knows: bool) -> None:
    table = msgspec.structs.replace(STAY, name=name.lower(), physical=("src", "main", name))
    assert (applied(PACK, table, shown=()) != table) is knows


def test_a_table_that_only_shares_a_name_is_left_alone() -> None:
    other = msgspec.structs.replace(STAY, columns=(plain("stay_no"), plain("x1"), plain("x2")))
    assert applied(PACK, other) == other


def test_joins_lead_to_the_tables_as_they_are_called_here() -> None:
    person = msgspec.structs.replace(PERSON, name="x_person", physical=("src", "main", "X_PERSON"))
    stay, _ = apply_packs([PACK], [STAY, person], {})
    assert Join(column="pat_no", to_table="ehr.x_person", to_column="pat_no") in stay.joins
    alone = apply_packs([PACK], [STAY], {})[0]
    assert alone.joins == ()


def test_words_of_a_pack_are_cleaned_like_any_comment() -> None:
    stranger = PackTable(
        description="Stays. Ask Dr. Okonkwo.", conventions=("Call 0123 456789.",), columns={"flag9": PackColumn()}
    )
    pack = msgspec.structs.replace(PACK, tables={"stay": stranger})
    table = applied(pack, STAY)
    assert table.description == "Stays." and table.conventions == ()


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (b'name = "wards"', b'name = "../wards"', "small letters"),
        (b'class = "plain", told = "values"', b'class = "secret", told = "values"', "never told by its values"),
        (b'class = "patient_key", domain', b'class = "patient_key", given = "full", domain', "a key is given as"),
        (b'joins = "person.pat_no"', b'joins = "nowhere.pat_no"', "does not describe"),
        (b"[tables.stay]", b"[tables.stay", r"not written as TOML \(line"),
        (b"least_share = 0.5", b"least_share = 0.0", "least_share"),
        (b"order =", b"odour =", "no pack: .*odour"),
        (b'class = "plain"', b'class = "harmless"', "no pack: "),
        (b'told = "name", given = "full" }', b'told = "name", given = "derived" }', "derivation"),
        (b"stay_no", b"\xff\xfe", "can't be read as text"),
    ],
)
def test_a_pack_with_a_mistake_is_refused_in_one_sentence(before: bytes, after: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words) as refused:
        read_pack(TOML.replace(before, after, 1), "wards.toml")
    assert refused.value.sentence.count("\n") == 0 and refused.value.sentence.startswith("wards.toml")


def test_a_huge_pack_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(BadInput, match="too large"):
        read_pack(b"#" * (16 * 1024 * 1024 + 1), "huge.toml")


texts = st.text(max_size=40)


@given(
    table=st.text(min_size=1, max_size=20), name=st.text(min_size=1, max_size=20), words=texts, values=st.lists(texts)
)
def test_what_is_written_is_read_back(table: str, name: str, words: str, values: list[str]) -> None:
    try:
        (table + name + words + "".join(values)).encode()
    except UnicodeEncodeError:  # half a surrogate pair is no text
        return
    fact = PackColumn(column_class="plain", description=words, values=tuple(values))
    known = PackTable(conventions=(words,), reference=True, columns={name: fact})
    pack = Pack(
        name="a", version="1", title="A", about=words, facts_from=words, least_share=0.25, tables={table: known}
    )
    assert read_pack(pack_toml(pack), "a.toml") == pack


def test_a_pack_made_of_signed_tables_has_no_value_and_no_real_name() -> None:
    told = plain("sex", "plain", told="values", given="full", values=("F", "M"), physical="PAT_GESCHL", low="1")
    number = plain("mrn", "direct_identifier", told="name", given="token")
    table = msgspec.structs.replace(STAY, name="stays", columns=(told, number, plain("x")), rows_band=9000)
    pack = pack_of_tables((table,), "My ward")
    data = pack_toml(pack)
    assert read_pack(data, "x") == pack and pack.name == "my-ward"
    for hidden in (b"GESCHL", b"X_STAY", b'"F"', b"9000", b"token"):
        assert hidden not in data
    assert pack_of_tables((table,), "My ward", values=True).tables["stays"].columns["sex"].values == ("F", "M")


def test_the_shipped_packs_can_be_read_and_their_words_survive_cleaning() -> None:
    assert "omop-cdm-5.4" in shipped_packs()
    for name in shipped_packs():
        pack = shipped_pack(name)
        assert f"{pack.name}-{pack.version}" == name
        for table in pack.tables.values():
            words = [table.description, table.grain, table.order, *table.conventions]
            words += [column.description for column in table.columns.values()]
            assert [clean_comment(one) for one in words] == words


def test_the_pack_of_omop_has_every_table_and_withholds_what_names_a_person() -> None:
    tables = shipped_pack("omop-cdm-5.4").tables
    assert len(tables) == 39 and sum(len(table.columns) for table in tables.values()) == 432
    assert all(column.column_class is not None for table in tables.values() for column in table.columns.values())
    for table, name in (
        ("person", "person_source_value"),
        ("provider", "provider_name"),
        ("note", "note_text"),
        ("location", "address_1"),
        ("person", "day_of_birth"),
    ):
        column = tables[table].columns[name]
        assert (column.told, column.given) == ("nothing", "nothing"), name
    assert not [name for name, table in tables.items() if table.reference and "person_id" in table.columns]


@pytest.mark.parametrize("kept", applying.KEPT)
def test_what_the_look_takes_for_one_of_these_stays_one(kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told, given = DEFAULTS[kept]  # type: ignore[index]
    looked = plain("reason", kept, told=told, given=given)
    table = msgspec.structs.replace(STAY, columns=(*STAY.columns[:2], looked, *STAY.columns[3:]))
    held = column(knowing([PACK])([table], [(CatalogTable(physical=STAY.physical, columns=()), {})])[0], "reason")
    assert (held.column_class, held.told, held.given, held.description) == (kept, told, given, "Why.")
    monkeypatch.setattr(applying, "KEPT", ())
    assert column(applied(PACK, table, shown=()), "reason").given == "full"  # without the protection


def test_a_pack_makes_no_patient_key_of_an_identifier() -> None:
    number = msgspec.structs.replace(STAY, columns=(plain("stay_no"), plain("pat_no", "direct_identifier")))
    held = column(applied(msgspec.structs.replace(PACK, least_share=0.1), number), "pat_no")
    assert (held.column_class, held.told, held.given) == ("direct_identifier", "nothing", "nothing")


def test_a_pack_marks_no_table_with_people_in_it_as_a_list_of_codes() -> None:
    marked = msgspec.structs.replace(PACK, tables={"stay": PackTable(reference=True, columns={"flag9": PackColumn()})})
    nobody = msgspec.structs.replace(STAY, columns=(plain("flag9"),))
    assert applied(marked, nobody).reference
    for somebody in ("patient_key", "event_key", "direct_identifier", "staff", "specially_protected"):
        table = msgspec.structs.replace(STAY, columns=(plain("flag9"), plain("who", somebody)))
        assert not applied(marked, table).reference, somebody


LOOKED_AT = {
    "year": plain("c", "date", told="name", given="derived", derivation="year"),
    "zip3": plain("c", "geography", told="name", given="derived", derivation="zip3"),
    "age_capped": plain("c", "plain", told="name", given="derived", derivation="age_capped"),
}


def said(**facts: Any) -> Pack:
    return msgspec.structs.replace(PACK, tables={"stay": PackTable(columns={"c": PackColumn(**facts)})})


@pytest.mark.parametrize("form", LOOKED_AT)
@pytest.mark.parametrize(
    "facts",
    [
        {"column_class": "date", "told": "name", "given": "full"},
        {"column_class": "plain", "told": "values", "given": "full"},
        {"column_class": "date", "told": "name", "given": "derived", "derivation": "month"},
        {"column_class": "date", "told": "nothing", "given": "nothing"},
    ],
)
def test_what_the_look_cuts_down_no_pack_gives_in_full_nor_lets_anybody_decide_so(
    form: str, facts: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = msgspec.structs.replace(STAY, columns=(LOOKED_AT[form],))
    held = column(applied(said(**facts), table, shown=()), "c")
    assert held.derivation == form and held.given in ("derived", "nothing") and held.told in ("name", "nothing")
    assert (held.given == "nothing") == (facts["given"] == "nothing")  # it may still close it
    assert "full" not in choices(held).given
    monkeypatch.setattr(applying, "_is_held", lambda *given: False)  # without the protection
    assert column(applied(said(**facts), table, shown=()), "c").derivation != form


def test_a_pack_that_closes_an_identifier_leaves_nobody_free_to_open_it(monkeypatch: pytest.MonkeyPatch) -> None:
    harmless = said(column_class="plain", told="nothing", given="nothing")
    table = msgspec.structs.replace(STAY, columns=(plain("c", "direct_identifier"),))
    assert choices(column(applied(harmless, table), "c")).given == ("nothing",)
    monkeypatch.setattr(applying, "_is_held", lambda *given: False)  # without the protection
    assert "full" in choices(column(applied(harmless, table), "c")).given


def test_what_values_show_to_identify_is_not_opened_by_calling_it_protected() -> None:
    protected = said(column_class="specially_protected", told="values", given="full")
    table = msgspec.structs.replace(STAY, columns=(plain("c", "free_text", told="name"),))
    opened = column(applied(protected, table, shown=()), "c")
    assert (opened.told, opened.given) == ("values", "full")  # where no value shows anything
    held = column(applied(protected, table, shown=("c",)), "c")
    assert (held.column_class, held.told, held.given) == ("free_text", "name", "nothing")
