"""The evidence as rows: complete, in words, and nothing in it is hidden."""

from __future__ import annotations

import msgspec
from review_facts import TRIAL, refusal, shown, warning

from desktop.review.evidence_shown import exhibits
from desktop.review.exhibits import code_rows, flag_rows, parameter_rows, read_blocks
from desktop.review.trials import trial_shown
from sandbox.review.codes import CodeFound
from sandbox.review.seen import QuerySeen
from sandbox.reviewing.orders.review import TableRead


def test_new_columns_are_named_so_and_come_first() -> None:
    (block,) = exhibits(shown()).reads
    assert (block.table, block.news) == ("ehr.enc_adm", "1 new")
    assert block.lines == (("New, as tokens", "pat_id"), ("In full", "enc_csn"))


def test_a_table_that_was_never_read_says_so_once() -> None:
    (block,) = read_blocks((TableRead(table="ehr.lab", columns=("unit", "value"), new=("unit",), first_use=True),))
    assert (block.news, block.lines) == ("first use of this table", (("In full", "unit, value"),))


def test_a_flag_of_several_trials_is_one_flag() -> None:
    rows = flag_rows((refusal(), warning(), warning()), {})
    assert [(row.severity, row.place, row.instead) for row in rows] == [
        ("refused", "Line 30", "Leave it out."),
        ("look at", "Line 12", ""),
    ]


def test_a_flag_with_a_page_has_it_in_paragraphs() -> None:
    page = "A title\n\nOne sentence\nover two lines.\n"
    (first, second) = flag_rows((refusal(), warning()), {"slow": page})
    assert (first.rule, first.why) == ("", "")
    assert (second.rule, second.why) == ("slow", "A title\n\nOne sentence over two lines.")


def test_a_code_is_one_row_with_all_its_lines_and_the_unknown_come_first() -> None:
    codes = (*shown().evidence.codes, CodeFound(line=5, text="I99.99"))
    rows = code_rows(codes)
    assert [(row.id, row.lines, row.known) for row in rows] == [("I99.99", (5,), False), ("I50.9", (3, 9), True)]
    assert rows[0].meaning == "not in your data dictionary"


def test_what_a_trial_showed_stands_beside_what_it_showed_before() -> None:
    (trial,) = exhibits(shown()).trials
    assert [(fact.id, fact.now, fact.before, fact.differs) for fact in trial.facts] == [
        ("stays", "40 rows, 31 patients", "40 rows, 31 patients", False),
        ("rows", "7 rows", "7 rows", False),
        ("stays readmitted", "3", "4", True),
        ("rate", "0.075", "0.075", False),
        ("By month", "table, 24 rows", "table, 24 rows", False),
    ]
    assert trial.tables[0].words == "24 rows, the first 2 of them"


def test_without_a_trial_before_nothing_differs() -> None:
    assert not any(fact.differs or fact.before for fact in trial_shown(TRIAL).facts)


def test_a_query_that_was_not_run_and_an_end_with_an_error_are_said() -> None:
    trial = msgspec.structs.replace(
        TRIAL,
        clean=False,
        sentence="KeyError in line 4.",
        queries=(QuerySeen(sql="…", sentence="It can't be translated."),),
    )
    shown_trial = trial_shown(trial)
    assert not shown_trial.ok
    assert shown_trial.words == "KeyError in line 4. A query was not run: It can't be translated."


def test_parameters_are_shown_whole() -> None:
    rows = parameter_rows({"codes": [f"I{n}" for n in range(100)], "deep": {"a": [1]}, "none": []})
    assert rows[0].text.endswith("I98, I99")
    assert (rows[1].text, rows[2].text) == ('{"a": [1]}', "(empty)")


def test_claims_are_shown_with_their_lines_and_hide_nothing() -> None:
    rows = exhibits(shown({"claims": {"notes": "fine\u200b\nreally"}})).claims
    assert rows[0].text == "fine\\u200b\nreally"


def test_claims_begin_with_how_the_question_was_understood_under_headings_in_words() -> None:
    claims = {"notes": "n", "would change": "w", "other": "o", "understood": "u"}
    rows = exhibits(shown({"claims": claims})).claims
    assert [(row.id, row.text) for row in rows] == [
        ("How it understood the question", "u"),
        ("What would change the answer", "w"),
        ("What changed in this draft, and why", "n"),
        ("other", "o"),
    ]


def test_what_is_no_longer_read_is_said() -> None:
    assert exhibits(shown({"dropped_columns": ("ehr.enc_adm.x",)})).dropped == "No longer read: ehr.enc_adm.x."
    assert exhibits(shown()).reads_words == "1 column new"
