"""Clinical notes in full text. They name patients, relatives and staff, as real ones do, from notes.toml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from ._calendar import HOUR
from ._chunk import Chunk
from ._data import Ints, column
from ._encounter_tables import attending
from ._encounters import KINDS
from ._people import SPECIALTIES, given_names, provider_names
from ._person_tables import RELATIONS, first_names, home_phones, last_names, record_numbers
from ._store import schema
from ._text import dates, digits, joined, moments, pick

Columns = Mapping[str, Any]
_SUMMARY = "Discharge Summary"
_SHARE = {"IP": 1.0, "ED": 0.6, "OP": 0.4}


def notes_table(chunk: Chunk, first: int) -> Columns:
    """clin_note: a note of each kind for the contacts that have one."""
    rows_, random = chunk.encounters, chunk.random
    parts = []
    for note in notes():
        kind = KINDS.index(note["for"])
        wanted = (rows_.kind == kind) & rows_.real & (random.random(len(rows_)) < _SHARE[note["for"]])
        wanted &= rows_.ended | (note["type"] != _SUMMARY)
        chosen = np.flatnonzero(wanted)
        which_text = random.integers(0, len(note["texts"]), len(chosen))
        for number, template in enumerate(note["texts"]):
            parts.append(_written(chunk, note["type"], template, chosen[which_text == number]))
    table = pa.concat_tables(parts)
    return {"NOTE_ID": first + np.arange(table.num_rows), **{name: table[name] for name in table.column_names}}


def notes() -> list[dict[str, Any]]:
    """The templates: type, kind of contact, texts."""
    return list(schema("notes.toml")["note"])


def _written(chunk: Chunk, kind: str, template: str, which: Ints) -> pa.Table:
    """The same template for each of these contacts, every word in braces replaced."""
    rows_ = chunk.encounters
    author = attending(chunk.random, rows_[which])
    words = _words(chunk, which, author)
    pieces = re.split(r"\{(\w+)\}", template)
    text = joined(*(words[piece] if place % 2 else piece for place, piece in enumerate(pieces)))
    time = rows_.last_known[which] - HOUR if kind == _SUMMARY else rows_.start[which] + HOUR
    return pa.table(
        {
            "enc_csn": chunk.csn[which],
            "pat_id": chunk.people.pat_id[rows_.who[which]],
            "note_type": pick([kind], which * 0),
            "NOTE_DTTM": moments(time),
            "author_prov_id": author,
            "NOTE_TEXT": text,
        }
    )


def _words(chunk: Chunk, which: Ints, author: Ints) -> dict[str, Any]:
    """What each word in braces stands for, one value per note."""
    random, people, rows_ = chunk.random, chunk.people, chunk.encounters
    who = rows_.who[which]
    places = pa.array(who)
    female = people.female[who].astype(np.int64)
    diagnosis = [*column("diagnoses.csv", "description"), "the complaint above"]
    relative = pick(given_names(), random.integers(0, len(given_names()), len(which)))
    relations = [relation.lower() for relation in RELATIONS]
    return {
        "first": first_names(people).take(places),
        "last": last_names(people).take(places),
        "mrn": record_numbers(people, chunk.seed).take(places),
        "birth": dates(people.birth[who]).cast(pa.string()),
        "age": digits(np.maximum(people.age(who, rows_.start[which]), 0).astype(np.int64)),
        "man": pick(("man", "woman"), female),
        "He": pick(("He", "She"), female),
        "his": pick(("his", "her"), female),
        "relation": pick(relations, random.integers(0, len(relations), len(which))),
        "relative": joined(relative, " ", last_names(people).take(places)),
        "phone": home_phones(people).take(places),
        "city": pick(column("places.csv", "city"), people.place[who]),
        "service": pick(SPECIALTIES, rows_[which].service),
        "diagnosis": pick(diagnosis, np.where(chunk.principal[which] >= 0, chunk.principal[which], len(diagnosis) - 1)),
        "author": pick(provider_names(), author - 1),
    }
