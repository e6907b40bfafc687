"""The whole catalog of a source, searched; and the page of all that is told, written."""

from __future__ import annotations

import subprocess

from sandbox.dictionary.catalog_index import CATALOG, CatalogIndex
from sandbox.errors import BadInput, ProcessDied
from sandbox.review.finding import Finder
from sandbox.review.found import FoundTable
from sandbox.reviewing.orders.data import FindTables, FoundTables, PageWritten, WritePage
from sandbox.reviewing.room import Room
from sandbox.start import door_command

MOST_TABLES = 50
PAPER_SECONDS = 300.0


def find_tables(room: Room, order: FindTables) -> FoundTables:
    """Search names, comments, what packs say and what the reviewer wrote. In the order's `words` nothing is kept."""
    workspace = room.workspace
    with CatalogIndex.open(workspace.source_folder(workspace.source(order.source).name) / CATALOG) as index:
        tables, columns = index.counts()
        opened = index.opened()
        finder = Finder(workspace, order.source, index, room.tables.said(workspace, order.source, index))
        rows: list[FoundTable] = []
        if order.words.strip():
            rows = finder.tables(order.words, MOST_TABLES)
        return FoundTables(
            source=order.source,
            words=order.words,
            rows=tuple(rows),
            tables=tables,
            columns=columns,
            opened=len(opened),
        )


def write_page(room: Room, order: WritePage) -> PageWritten:
    """Write the page to a new file. Whole tables take seconds to be put on paper, which a child of its own does."""
    from sandbox.dictionary.page import privacy_page
    from sandbox.files import replace_file
    from sandbox.records import Trust
    from sandbox.review.paging import page_of
    from sandbox.reviewing.runs import new_path

    workspace = room.workspace
    to = new_path(order.to, workspace)
    kind = to.suffix.lower()
    if kind not in (".html", ".pdf"):
        raise BadInput("The page is a .pdf or an .html file.", "Name it so.")
    if to.exists():
        raise BadInput(f"{to.name} is there already.", "Choose a new name.")
    room.progress("Reading the signed tables")
    page = page_of(workspace, Trust.open(workspace, room.keystore))
    html = privacy_page(page).encode()
    if kind == ".pdf":
        room.progress("Putting them on paper")
        html = _on_paper(room, page.title, html)
    replace_file(to, html, mode=0o644)
    return PageWritten(path=str(to), tables=len(page.tables))


def _on_paper(room: Room, title: str, html: bytes) -> bytes:
    child = subprocess.Popen(
        door_command("paper", title),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    room.at_end(child.kill)
    try:
        pdf, _ = child.communicate(html, timeout=PAPER_SECONDS)
    except subprocess.TimeoutExpired as problem:
        child.kill()
        child.communicate()
        raise ProcessDied("The page could not be put on paper in time.", "Save it as .html instead.") from problem
    if child.returncode != 0 or not pdf.startswith(b"%PDF-"):
        raise ProcessDied("The page could not be put on paper.", "Save it as .html instead.")
    return pdf
