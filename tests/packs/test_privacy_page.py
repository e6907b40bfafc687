"""The page for the privacy office: all that is told and given, printable, escaped, with nothing that identifies."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from desk_of_packs import make_pack_desk

from resources.demo.canaries import canaries, distinctive, present
from resources.demo.hospital import write_hospital
from sandbox.dictionary import introspect
from sandbox.dictionary.model import Column, Proposal, Table
from sandbox.dictionary.page import Page, SignedEntry, privacy_page
from sandbox.packs import pack_toml
from sandbox.packs.making import pack_of_tables
from sandbox.review.deciding import as_told, sign_tables
from sandbox.review.paging import page_of
from sandbox.review.renaming import rename
from sandbox.sources import connect
from sandbox.workspace import SourceSettings

LOGIN = "a file key of the tests"
KEY = "ab" * 32


def page(*tables: Table, minimum: int = 11) -> Page:
    entries = tuple(SignedEntry(table=table, sha256="cd" * 32, fingerprint=KEY) for table in tables)
    return Page(
        title="A study", made_at="2026-01-02 09:00 UTC", reviewer="Dr. Jane Example", minimum=minimum, tables=entries
    )


def column(name: str, **more: object) -> Column:
    return Column(name=name, type="VARCHAR", **more)  # type: ignore[arg-type]


SEX = column("sex", column_class="plain", told="values", given="full", values=("F", "M"))
NAME = column("pat_name", column_class="direct_identifier", evidence=("its name says “patient name”",))
ZIP = column("zip", column_class="geography", told="name", given="derived", derivation="zip3", rule="45 CFR 164.514")
PATIENTS = Table(source="ehr", name="patients", grain="one row per patient", columns=(SEX, NAME, ZIP))


def test_the_page_says_what_is_told_given_and_withheld_and_why() -> None:
    html = privacy_page(page(PATIENTS))
    assert "F, M" in html and "the first three digits only" in html and "45 CFR 164.514" in html
    withheld = re.search(r"<b>Withheld</b> \(1\): (.*?)</p>", html)
    assert withheld and "pat_name" in withheld.group(1)
    assert "at least 11 patients" in html and "abababab" in html and "cdcdcdcd" in html
    assert privacy_page(page(PATIENTS)) == html


def test_the_page_names_the_minimum_that_each_table_was_signed_with() -> None:
    strict = msgspec.structs.replace(PATIENTS, name="old", minimum=11)
    html = privacy_page(page(strict, minimum=50))  # the setting was raised after the table was signed
    assert "at least 11 patients" in html and "50" not in html
    both = privacy_page(page(strict, msgspec.structs.replace(PATIENTS, minimum=20), minimum=50))
    assert "at least 11 to 20 patients (each table says which)" in both and "a minimum of 20 patients" in both
    assert "listed whole" in html and "nobody in them" in html


def test_the_page_needs_nothing_from_anywhere() -> None:
    html = privacy_page(page(PATIENTS))
    assert not re.search(r"<script|<img|<link|https?:|url\(|@import|javascript", html, re.IGNORECASE)
    assert "default-src 'none'" in html


def test_whatever_a_database_says_stays_text() -> None:
    evil = '<script>alert("x")</script>\n\u202e&'
    table = msgspec.structs.replace(
        PATIENTS, description=evil, columns=(msgspec.structs.replace(SEX, values=(evil,), name=evil, evidence=(evil,)),)
    )
    shown = Page(title=evil, made_at="", reviewer=evil, minimum=11, tables=page(table).tables, packs={"ehr": (evil,)})
    html = privacy_page(shown)
    assert "<script" not in html and "\u202e" not in html and html.count("&lt;script&gt;") >= 6


def test_real_names_behind_new_ones_are_not_on_the_page() -> None:
    real = column("no", physical="SMITH_NO", column_class="key", told="name", given="full")
    real = msgspec.structs.replace(real, evidence=("its name says “smith number” (rule: key)",))
    table = Table(source="ehr", name="list_1", physical=("src", "main", "DR_SMITH"), columns=(real,))
    html = privacy_page(page(table))
    assert "smith" not in html.lower() and "(rule: key)" in html and "list_1" in html


def test_the_page_of_a_workspace_is_of_its_signed_tables(tmp_path: Path) -> None:
    desk = make_pack_desk(tmp_path, never=("Elsewhere Net",))
    desk.look()
    assert "No table is signed" in privacy_page(page_of(desk.workspace, desk.trust))
    rename(desk.workspace, "ehr", "dr_clinic_list", "list_1")
    sign_tables(desk.workspace, desk.key, "ehr", ("list_1",))
    html = privacy_page(page_of(desk.workspace, desk.trust))
    assert "list_1" in html and ">patient<" not in html and desk.key.fingerprint[:8] in html
    for real in ("smith", "kowalski", "srv04", "elsewhere"):
        assert real not in html.lower()


def test_the_page_becomes_a_pdf_of_text_where_no_display_is(tmp_path: Path) -> None:
    many = tuple(msgspec.structs.replace(PATIENTS, name=f"table_{n}") for n in range(30))
    html, pdf = tmp_path / "page.html", tmp_path / "page.pdf"
    html.write_text(privacy_page(page(*many)), "utf-8")
    code = (
        "import sys; from pathlib import Path; from desktop.printing import pdf_of;"
        "Path(sys.argv[2]).write_bytes(pdf_of(Path(sys.argv[1]).read_text('utf-8'), 'What is told and given'))"
    )
    without = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
    command = [sys.executable, "-c", code, str(html), str(pdf)]
    subprocess.run(command, check=True, env=without, cwd=Path(__file__).parents[2], capture_output=True)
    data = pdf.read_bytes()
    pages = len(re.findall(rb"/Type\s*/Page\b", data))
    assert data.startswith(b"%PDF-") and pages > 3 and b"/Font" in data and b"/JavaScript" not in data


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_hospital(tmp_path_factory.mktemp("page") / "ehr.duckdb", patients=400, password=LOGIN).path


@pytest.mark.parametrize("minimum", [2, 11, 50])
def test_no_canary_of_the_hospital_is_on_the_page_or_in_a_pack(hospital: Path, minimum: int) -> None:
    settings = SourceSettings(name="ehr", kind="duckdb", location=str(hospital), login=True)
    with connect(settings, LOGIN) as source:
        proposal: Proposal = introspect(source, "ehr", minimum=minimum)
    identifiers = distinctive(canaries(hospital, LOGIN))
    assert len(identifiers) > 1000
    told = tuple(as_told(table) for table in proposal.tables)
    html = privacy_page(page(*told, minimum=minimum))
    assert present(identifiers[:1], f"{html}{identifiers[0]}".encode())  # the search finds what is there
    assert present(identifiers, html.encode()) == []
    assert present(identifiers, pack_toml(pack_of_tables(told, "Demo", values=True))) == []
