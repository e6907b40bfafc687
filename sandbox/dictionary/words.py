"""Names as words: `PAT_SNAME`, `patLastName` and `dateofbirth` become what they stand for.

    words_of("PAT_SNAME")   -> ("patient", "last", "name")
    words_of("dateofbirth") -> ("date", "of", "birth")

Abbreviations and foreign words are data (`resources/rules/words.toml`); what is not known stays as it is.
"""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from importlib import resources

import msgspec


class Vocabulary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`abbreviations` give the long form; `words` are further ones that run-together names are cut into.

    `ends` are cut off the end of any name, but not off the words `whole`, which only look that way. `prefixes` are
    a programmer's marks of a column's type, dropped; `key_prefixes` say that a column is a key or refers to one.
    """

    abbreviations: dict[str, str]
    words: str
    clinical: str
    ordinary: str
    ends: str
    whole: str
    prefixes: str
    key_prefixes: str


_PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[A-Z]+")
_SHORTEST_CUT = 3  # shorter words are found everywhere inside longer ones
_SHORT_CUTS = {"id", "no", "of", "dt", "nr", "dx"}


def words_of(name: str) -> tuple[str, ...]:
    """The words of a column's or table's name, lower case, long forms, numbers dropped."""
    return _words_of(name[:200])


@functools.lru_cache(maxsize=65_536)
def _words_of(name: str) -> tuple[str, ...]:
    words: list[str] = []
    for token in re.split(r"[\W_]+", _plain_letters(name)):
        words += _of_token(token)
    return tuple(words)


@functools.lru_cache(maxsize=65_536)
def _of_token(token: str) -> tuple[str, ...]:
    return tuple(_known(token.lower()) or (word for piece in _pieces(token) for word in _spell_out(piece)))


@functools.lru_cache(maxsize=65_536)
def column_words(name: str) -> tuple[str, ...]:
    """The words of a column's name, without a programmer's prefix (`str_`, `n_`), a leading key word at the end.

    `fk_patient`, `id_patient` and `patient_id` are one thing; `id_number` and `id_type` stay as they are.
    """
    marked = _MARK.sub(r"\1_", name[:200])
    tokens = [token for token in re.split(r"[\W_]+", marked) if token]
    tokens = [token for place, token in enumerate(tokens) if token not in ("S", "s") or place in (0, len(tokens) - 1)]
    while len(tokens) > 1 and tokens[0].lower() in _listed("prefixes"):
        tokens = tokens[1:]
    key = bool(tokens) and tokens[0].lower() in _listed("key_prefixes")
    words = words_of("_".join(tokens[1:] if key else tokens))
    if not key:
        return words
    return words_of("_".join(tokens)) if not words or words[0] in _NO_THING else (*words, "identifier")


_MARK = re.compile(r"^(str|lng|int|bln|dbl|chr|cmb|fk|pk|id)(?=[A-Z][A-Za-z])")
_NO_THING = frozenset(
    [
        "number",
        "value",
        "text",
        "card",
        "system",
        "code",
        "date",
        "status",
        "type",
        "kind",
        "flag",
        "count",
        "level",
        "list",
    ]
)


def _pieces(token: str) -> list[str]:
    """`patLastName2` -> pat, last, name."""
    return [piece.lower() for piece in _PIECES.findall(token) if not piece.isdigit()]


def _spell_out(piece: str) -> list[str]:
    return [*_known(piece)] or _cut(piece) or _cut_one_end(piece) or ([piece] if piece else [])


def _cut_one_end(piece: str) -> list[str]:
    """`xyzzydate` -> xyzzy, date: a known word at the end, else a longer one at the beginning."""
    if piece in _listed("whole"):
        return [piece]
    for end in _listed("ends"):
        if piece.endswith(end) and len(piece) > 4 and len(piece) - len(end) > (1 if len(end) > 2 else 2):
            return [*_spell_out(piece.removesuffix(end)), *_known(end)]
    for length in range(len(piece) - 3, 3, -1):
        if _known(piece[-length:]):
            return [piece[:-length], *_known(piece[-length:])]
    for length in range(len(piece) - 3, 4, -1):
        if _known(piece[:length]):
            return [*_known(piece[:length]), piece[length:]]
    return []


@functools.lru_cache(maxsize=65_536)
def _known(word: str) -> tuple[str, ...]:
    """The long form of a known word, nothing of an unknown one."""
    long = load_vocabulary().abbreviations.get(word)
    if long is not None:
        return tuple(long.split())
    known = _all_words()
    if word in known:
        return (word,)
    stem = next((stem for stem in _singulars(word) if stem in known), "")
    return (stem,) if stem else ()


def _singulars(word: str) -> list[str]:
    endings = (("ies", "y"), ("s", ""), ("es", ""))
    return [word.removesuffix(many) + one for many, one in endings if word.endswith(many) and len(word) - len(many) > 2]


def _cut(piece: str) -> list[str]:
    """`homephonenumber` -> home, phone, number: the cut into fewest known words, [] when there is none."""
    best: list[list[str] | None] = [[]] + [None] * len(piece)
    for end in range(1, len(piece) + 1):
        for start in range(max(0, end - 20), end):
            head, word = best[start], piece[start:end]
            if head is None or not _may_be_cut(word):
                continue
            current = best[end]
            if current is None or len(head) + 1 < len(current):
                best[end] = [*head, word]
    return [long for word in best[-1] or () for long in _known(word)]


def _may_be_cut(word: str) -> bool:
    long_enough = len(word) >= _SHORTEST_CUT or word in _SHORT_CUTS
    return long_enough and bool(_known(word))


def _plain_letters(name: str) -> str:
    if name.isascii():
        return name
    spread = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    return "".join(c for c in spread if not unicodedata.combining(c))


def is_familiar(word: str) -> bool:
    """Whether the word is one that the rules know, and not just a rest of a name."""
    return word in _all_words()


@functools.cache
def _listed(name: str) -> tuple[str, ...]:
    return tuple(getattr(load_vocabulary(), name).split())


@functools.cache
def load_vocabulary() -> Vocabulary:
    text = (resources.files("resources") / "rules" / "words.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Vocabulary)


@functools.cache
def _all_words() -> frozenset[str]:
    vocabulary = load_vocabulary()
    long_forms = (word for long in vocabulary.abbreviations.values() for word in long.split())
    return frozenset(
        (*vocabulary.words.split(), *vocabulary.clinical.split(), *vocabulary.ordinary.split(), *long_forms)
    )
