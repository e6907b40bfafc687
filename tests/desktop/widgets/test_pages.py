"""Never more than a few pages of a huge table are held, and each is asked for once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop.widgets.pages import COLUMNS, KEPT, ROWS, Page, Pages, page_at


def cells(word: str, rows: int = ROWS, columns: int = COLUMNS) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(f"{word}{row}.{column}" for column in range(columns)) for row in range(rows))


def test_a_cell_is_unknown_until_its_page_came() -> None:
    pages = Pages()
    assert pages.cell(205, 51) is None
    pages.arrived(200, 50, cells("x"))
    assert pages.cell(205, 51) == "x5.1"
    assert pages.cell(0, 0) is None


def test_a_short_page_has_empty_cells_at_its_end() -> None:
    pages = Pages()
    pages.arrived(0, 0, cells("x", rows=2, columns=1))
    assert (pages.cell(1, 0), pages.cell(2, 0), pages.cell(0, 1)) == ("x1.0", "", "")


def test_a_page_is_asked_for_once_and_after_a_refusal_again() -> None:
    pages, wanted = Pages(), [Page(0, 0), Page(1, 0)]
    assert pages.to_ask(wanted) == wanted
    assert pages.to_ask(wanted) == []
    pages.arrived(0, 0, cells("x"))
    pages.refused()
    assert pages.to_ask(wanted) == [Page(1, 0)]


@given(st.lists(st.tuples(st.integers(0, 1_999_999), st.integers(0, 299)), max_size=80))
def test_what_is_held_is_bounded_and_the_newest_is_held(places: list[tuple[int, int]]) -> None:
    pages = Pages()
    for row, column in places:
        page = page_at(row, column)
        pages.arrived(page.first, page.column, (("x",),))
        assert len(pages) <= KEPT
        assert pages.cell(page.first, page.column) == "x"


def test_the_page_longest_unseen_goes_first() -> None:
    pages = Pages()
    for down in range(KEPT):
        pages.arrived(down * ROWS, 0, cells("x", 1, 1))
    assert pages.cell(0, 0) == "x0.0"  # seen again
    pages.arrived(KEPT * ROWS, 0, cells("x", 1, 1))
    assert pages.cell(0, 0) == "x0.0" and pages.cell(ROWS, 0) is None
