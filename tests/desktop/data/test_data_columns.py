"""The columns of a table as rows: words, order, and what may be decided."""

from __future__ import annotations

import pytest
from data_facts import FREE, IDENTIFIER, KEY, KEY_COLUMN, PLAIN_COLUMN, UNKNOWN_COLUMN, shown

from desktop.data.column_rows import Offered, Wanted, calm_order, column_rows, next_undecided, offered_for, with_wanted
from desktop.data.wording import change_words, class_words, given_words, told_sentence
from sandbox.reviewing.orders.data import Choices
from sandbox.reviewing.orders.facts import Column


def test_undecided_columns_come_first_and_the_rest_keeps_its_order() -> None:
    assert calm_order(shown()) == ("flag_7", "pat_id", "enc_class")


def test_an_undecided_column_says_that_it_needs_a_decision() -> None:
    rows = column_rows(shown())
    assert rows["flag_7"].kind == "unknown: needs your decision"
    assert rows["flag_7"].undecided
    assert not rows["pat_id"].undecided


def test_a_decision_on_its_way_is_shown_as_wanted_and_as_waiting() -> None:
    row = with_wanted(column_rows(shown()), {"flag_7": Wanted("name", None)})["flag_7"]
    assert (row.told, row.given, row.waits, row.undecided) == ("name", "nothing", True, False)


def test_rows_of_columns_that_did_not_change_are_taken_over() -> None:
    before, now = shown(), shown(KEY_COLUMN, PLAIN_COLUMN, Column(name="flag_7", type="VARCHAR", told="name"))
    rows = column_rows(before)
    again = column_rows(now, before, rows)
    assert again["pat_id"] is rows["pat_id"]
    assert again["flag_7"].told == "name"
    signed = column_rows(shown(signed=(("nothing", "token"), ("values", "full"), None)), before, rows)
    assert signed["pat_id"].since == "told was nothing"
    decided = column_rows(shown(undecided=("enc_class",)), before, rows)
    assert (decided["enc_class"].undecided, decided["flag_7"].undecided) == (True, False)


def test_what_differs_from_the_signed_version_is_said_in_words() -> None:
    rows = column_rows(shown(signed=(("name", "token"), ("name", "nothing"), None), state="changed"))
    assert rows["pat_id"].since == ""
    assert rows["enc_class"].since == "told was name, given was nothing"
    assert rows["flag_7"].since == "new column"


def test_a_column_whose_name_hides_letters_is_shown_with_their_codes() -> None:
    row = column_rows(shown(Column(name="a\u200bb", type="INT")))["a\u200bb"]
    assert row.shown_name == "a\\u200bb"


def keys(offered: Offered) -> dict[str, str]:
    """The keys that decide, and what their buttons say."""
    return {offer.key: offer.text for offer in offered.offers if offer.given}


def test_one_column_is_offered_what_the_engine_allows() -> None:
    offered = offered_for(shown(), ("enc_class",))
    assert (offered.told, offered.given) == (FREE.told, FREE.given)
    assert keys(offered) == {"1": "Nothing", "2": "Name, full", "3": "Values, full"}


def test_several_columns_are_offered_only_what_all_of_them_allow() -> None:
    offered = offered_for(shown(), ("pat_id", "enc_class"))
    assert (offered.told, offered.given) == (KEY.told, ("nothing",))
    assert keys(offered) == {"1": "Nothing", "2": "Name, given"}
    assert offered.offers[1].given == {"pat_id": "token", "enc_class": "full"}


def test_nothing_is_offered_when_nothing_is_chosen() -> None:
    assert not keys(offered_for(shown(), ()))


def test_an_identifier_is_never_offered_in_full() -> None:
    name = Column(name="pat_nm", type="VARCHAR", column_class="direct_identifier")
    assert keys(offered_for(shown(name, choices=(IDENTIFIER,)), ("pat_nm",))) == {
        "1": "Nothing",
        "2": "Name, not given",
    }


def test_a_column_that_is_cut_down_is_offered_cut_down() -> None:
    birth = Column(name="birth_dt", type="DATE", column_class="date", derivation="year")
    choices = Choices(told=("nothing", "name"), given=("nothing", "derived"))
    assert keys(offered_for(shown(birth, choices=(choices,)), ("birth_dt",)))["2"] == "Name, derived: year"


def test_what_is_given_already_stays_given_so() -> None:
    number = Column(name="mrn", type="VARCHAR", column_class="direct_identifier", derivation="zip3", given="token")
    choices = Choices(told=("nothing", "name"), given=("nothing", "token", "derived"))
    assert offered_for(shown(number, choices=(choices,)), ("mrn",)).offers[1].given == {"mrn": "token"}


def test_the_next_undecided_column_is_found_around_the_end() -> None:
    table = shown(UNKNOWN_COLUMN, KEY_COLUMN, Column(name="flag_8", type="INT"))
    rows = column_rows(table)
    order = calm_order(table)
    assert next_undecided(order, rows, "flag_7") == "flag_8"
    assert next_undecided(order, rows, "flag_8") == "flag_7"
    decided = with_wanted(rows, {"flag_8": Wanted("name", "full")})
    assert next_undecided(order, decided, "flag_7") == ""


@pytest.mark.parametrize(
    ("column", "undecided", "words"),
    [
        (KEY_COLUMN, False, "patient key"),
        (Column(name="e", type="INT", column_class="event_key", domain="lab_order"), False, "event key of lab order"),
        (UNKNOWN_COLUMN, False, "unknown, decided by you"),
        (KEY_COLUMN, True, "needs your decision"),
    ],
)
def test_a_class_is_said_in_plain_words(column: Column, undecided: bool, words: str) -> None:
    assert class_words(column, undecided) == words


def test_a_derivation_is_named_with_what_is_given() -> None:
    assert given_words("derived", "year") == "derived: year"
    assert given_words("full", "year") == "full"


def test_a_change_needs_something_to_compare_with() -> None:
    assert change_words(None) == ""


@pytest.mark.parametrize(
    ("column", "sentence"),
    [
        (UNKNOWN_COLUMN, "nothing. For an agent this column doesn't exist."),
        (KEY_COLUMN, "its name, type and description. No value."),
        (PLAIN_COLUMN, "its name, type and 3 values: IP, ED, OP."),
        (
            Column(name="d", type="DATE", told="values", low="2019", high="2023"),
            "its name, type and range: from about 2019 to about 2023.",
        ),
        (
            Column(name="s", type="VARCHAR", told="values"),
            "its name, type and description. No value or range was found that may be told.",
        ),
    ],
)
def test_what_is_told_of_a_column_is_said_in_a_sentence(column: Column, sentence: str) -> None:
    assert told_sentence(column) == sentence


def test_a_long_list_of_values_is_cut_and_says_so() -> None:
    many = Column(name="c", type="VARCHAR", told="values", values=tuple(f"v{n}" for n in range(250)))
    assert told_sentence(many).endswith("v199 and 50 more.")
