"""One page for the privacy office: everything that is told and given, out of the signed tables, to print.

    html = privacy_page(Page(title="Study", made_at="2026-01-02", …, tables=(SignedEntry(table, sha256, …),)))

A self-contained document for A4: no script, nothing loaded, every word escaped. It shows dictionary names alone: what
a renamed table or column is really called is not on it, nor in the reasons.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from html import escape

from sandbox.visible import visible

from .model import DECIDED, Column, Fact, Table
from .text import DERIVED_WORDS, one_line, told_beside

CLASS_WORDS = {
    "patient_key": "patient key",
    "event_key": "event key",
    "direct_identifier": "direct identifier",
    "date": "date",
    "geography": "geography",
    "free_text": "free text",
    "staff": "staff",
    "secret": "secret",
    "specially_protected": "specially protected",
    "key": "key",
    "plain": "plain",
    "unknown": "unknown",
}
TOLD_WORDS = {"nothing": "nothing", "name": "name and type", "values": "name, type and values"}
GIVEN_WORDS = {"nothing": "nothing", "token": "a random token", "derived": "cut down", "full": "in full"}


class SignedEntry(Fact, frozen=True):
    """One signed table: the SHA-256 of its envelope, and the fingerprint of the key that signed it."""

    table: Table
    sha256: str
    fingerprint: str


class Page(Fact, frozen=True):
    """What the page is made of. `packs`: by source, the packs that described it, in words."""

    title: str
    made_at: str
    reviewer: str
    minimum: int
    tables: tuple[SignedEntry, ...]
    packs: dict[str, tuple[str, ...]] = {}
    never_told: int = 0


def privacy_page(page: Page) -> str:
    """The document; the same page gives the same bytes."""
    sources, signed = (
        sorted({one.table.source for one in page.tables}),
        {one.table.full_name: one.table for one in page.tables},
    )
    body = [_head(page), _summary(page), _legend(page)]
    for source in sources:
        entries = sorted((one for one in page.tables if one.table.source == source), key=lambda one: one.table.name)
        body.append(_source(source, entries, page.packs.get(source, ()), signed))
    if not sources:
        body.append("<p>No table is signed: an agent is told nothing, and no program is given anything.</p>")
    return _DOCUMENT.format(title=_text(page.title), style=_STYLE, body="\n".join(body))


def _head(page: Page) -> str:
    keys = sorted({one.fingerprint for one in page.tables})
    signed = "".join(f"<br>Signed with the key <span class='mono'>{_text(_grouped(key))}</span>" for key in keys)
    return (
        f"<h1>What is told and given</h1><p class='lead'>{_text(page.title)}</p>"
        f"<p class='meta'>As signed by {_text(page.reviewer)}, {_text(page.made_at)}.{signed}</p>"
    )


def _summary(page: Page) -> str:
    columns = [column for one in page.tables for column in one.table.columns]
    told = Counter(column.told for column in columns)
    given = Counter(column.given for column in columns)
    cells = (
        (len(page.tables), "tables"),
        (len(columns), "columns"),
        (told["name"], "told by name"),
        (told["values"], "told with values"),
        (told["nothing"], "told nothing of"),
        (given["token"], "given as tokens"),
        (given["derived"], "given cut down"),
        (given["full"], "given in full"),
        (given["nothing"], "not given"),
    )
    numbers = "".join(f"<td class='count'><span class='number'>{n:,}</span><br>{words}</td>" for n, words in cells)
    return f"<table class='counts' width='100%' cellspacing='0'><tr>{numbers}</tr></table>"


def _legend(page: Page) -> str:
    never = f" {page.never_told} further names are never told." if page.never_told else ""
    return (
        "<p class='legend'><b>Told</b> is what the AI agent knows while it writes a program: never a row, and a value "
        f"only where at least {_least(page)} have it; ranges are rounded and leave out the smallest and largest. "
        "Tables with nobody in them, such as wards or lists of codes, are listed whole; where somebody may be in a "
        "table whose patients can't be counted, a label needs as many rows instead. <b>Given</b> is what a program "
        "may read that a person has signed; it runs on this computer, and nothing it reads goes to the agent. A "
        "<b>token</b> is a random number in place of a key. What is listed as withheld is neither told nor given. "
        "Names of people, organisations and systems in names of tables and "
        f"columns were replaced.{never}</p>"
    )


def _least(page: Page) -> str:
    """The number that each table was signed with, in words; the setting for what was signed without one."""
    found = sorted({one.table.minimum or page.minimum for one in page.tables} or {page.minimum})
    return f"{found[0]} patients" if len(found) == 1 else f"{found[0]} to {found[-1]} patients (each table says which)"


def _source(source: str, entries: list[SignedEntry], packs: tuple[str, ...], signed: Mapping[str, Table]) -> str:
    described = f"<p class='meta'>Described by {_text(', '.join(packs))}.</p>" if packs else ""
    tables = "\n".join(_table(one, signed) for one in entries)
    number = f"{len(entries)} table{'' if len(entries) == 1 else 's'}"
    return f"<h2>Source {_text(source)} <span class='soft'>· {number}</span></h2>{described}{tables}"


def _table(entry: SignedEntry, tables: Mapping[str, Table]) -> str:
    table = entry.table
    shown = [column for column in table.columns if column.told != "nothing" or column.given != "nothing"]
    withheld = [column for column in table.columns if column not in shown]
    facts = [table.description, table.grain, f"about {table.rows_band:,} rows" if table.rows_band else ""]
    told = any(column.told == "values" for column in table.columns)
    facts += [f"signed with a minimum of {table.minimum} patients"] if table.minimum and told else []
    facts += ["a list of codes, searchable by the agent"] if table.reference else []
    about = " · ".join(_text(one).rstrip(".") for one in facts if one)
    rows = "".join(_row(table, column) for column in shown)
    listed = f"<table class='columns' width='100%' cellspacing='0'>{_HEADS}{rows}</table>" if shown else ""
    return (
        f"<h3>{_text(table.name)}</h3><p class='about'>{about}</p>{_said(table, tables)}{listed}"
        f"{_withheld(table, withheld)}"
        f"<p class='seal'>Signature of {len(table.columns)} columns "
        f"<span class='mono'>{_text(_grouped(entry.sha256))}</span></p>"
    )


def _said(table: Table, tables: Mapping[str, Table]) -> str:
    """What the agent is told beside columns and values: the order of rows, joins, and the conventions."""
    return "".join(f"<p class='about'>{_text(one)}</p>" for one in (*told_beside(table, tables), *table.conventions))


def _row(table: Table, column: Column) -> str:
    cells = (
        ("name", f"<b>{_text(column.name)}</b>{_described(column)}"),
        ("class", _class(column)),
        ("told", TOLD_WORDS[column.told] + _values(column)),
        ("given", _given(column)),
        ("why", _why(table, column)),
    )
    return "<tr>" + "".join(f"<td class='{kind}'>{words}</td>" for kind, words in cells) + "</tr>"


def _described(column: Column) -> str:
    told = column.description if column.told != "nothing" else ""
    return f"<br><span class='soft'>{_text(told)}</span>" if told else ""


def _class(column: Column) -> str:
    return CLASS_WORDS[column.column_class]


def _given(column: Column) -> str:
    if column.given == "derived":
        return _text(DERIVED_WORDS.get(column.derivation, column.derivation.replace("_", " ")))
    return GIVEN_WORDS[column.given]


def _values(column: Column) -> str:
    if column.told != "values":
        return ""
    if column.values:
        return f"<br><span class='soft'>{_text(', '.join(column.values))}</span>"
    if column.low or column.high:
        return f"<br><span class='soft'>about {_text(column.low)} to {_text(column.high)}</span>"
    return ""


def _withheld(table: Table, columns: list[Column]) -> str:
    if not columns:
        return ""
    kinds: dict[str, list[str]] = {}
    for column in columns:
        kinds.setdefault(_class(column), []).append(column.name)
    words = "; ".join(f"<i>{kind}</i>: {_text(', '.join(names))}" for kind, names in sorted(kinds.items()))
    return f"<p class='withheld'><b>Withheld</b> ({len(columns)}): {words}.</p>"


def _why(table: Table, column: Column) -> str:
    """The first reason and the paragraph behind it; without the words that it quotes where a real name is hidden.
    Where a person decided, that comes first.
    """
    reason = next(iter(sorted(column.evidence, key=lambda one: one != DECIDED)), "")
    if _is_hidden(table, column):
        reason = re.sub(r"\s*[“\"‘'][^”\"’']*[”\"’']", "", reason)
    return "; ".join(_text(one) for one in (reason, column.rule) if one)


def _is_hidden(table: Table, column: Column) -> bool:
    real = (column.physical or column.name).lower()
    return real != column.name or (bool(table.physical) and table.physical[-1].lower() != table.name)


def _grouped(digits: str) -> str:
    """Eight digits at a time, so that two can be compared by eye."""
    return " ".join(digits[place : place + 8] for place in range(0, len(digits), 8))


def _text(words: str) -> str:
    return escape(visible(one_line(words)))


_HEADS = (
    "<thead><tr><th width='27%'>Column</th><th width='14%'>Class</th><th width='24%'>Told</th>"
    "<th width='13%'>Given</th><th width='22%'>Why</th></tr></thead>"
)
# Sizes of gaps in px: it is the only unit that both a browser and Qt's text documents take.
_STYLE = """
body { font-family: "Inter", "Segoe UI", "Helvetica Neue", "Noto Sans", "Liberation Sans", sans-serif;
  font-size: 8.5pt; color: #22303a; background-color: #ffffff; }
h1 { font-size: 20pt; font-weight: 600; color: #16323f; margin-top: 0px; margin-bottom: 2px; }
h2 { font-size: 13pt; font-weight: 600; color: #1f5a6e; margin-top: 26px; margin-bottom: 2px; }
h3 { font-size: 10.5pt; font-weight: 600; color: #16323f; margin-top: 20px; margin-bottom: 1px; }
p { margin-top: 2px; margin-bottom: 4px; }
p.lead { font-size: 11.5pt; color: #3c5560; margin-bottom: 8px; }
p.meta, p.about, p.seal, p.legend, span.soft { color: #5d717b; }
p.legend { margin-top: 8px; margin-bottom: 8px; }
p.withheld { color: #41535c; margin-top: 5px; }
p.seal { font-size: 6.5pt; margin-top: 4px; }
span.mono { font-family: "DejaVu Sans Mono", "Consolas", monospace; font-size: 6.5pt; }
table.counts { margin-top: 10px; margin-bottom: 8px; border-collapse: collapse; }
td.count { background-color: #eff5f7; color: #4a6069; font-size: 7pt; padding: 6px; }
span.number { font-size: 14pt; font-weight: 600; color: #1f5a6e; }
table.columns { border-collapse: collapse; margin-top: 5px; }
th { text-align: left; font-size: 7pt; font-weight: 600; color: #5d717b; padding-top: 2px; padding-bottom: 3px;
  padding-right: 6px; border-bottom: 1px solid #9db4bd; }
td.name, td.class, td.told, td.given, td.why { padding-top: 3px; padding-bottom: 3px; padding-right: 6px;
  vertical-align: top; border-bottom: 1px solid #e3ebee; font-size: 7.5pt; }
td.why { color: #5d717b; }
"""
_DOCUMENT = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>{style}</style>
<style media="print">@page {{ size: A4; margin: 16mm; }} h2, h3 {{ page-break-after: avoid; }}
tr {{ page-break-inside: avoid; }}</style>
</head><body>
{body}
</body></html>
"""
