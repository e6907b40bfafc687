"""Names as words: `PAT_SNAME`, `patLastName` and `dateofbirth` become what they stand for.

    words_of("PAT_SNAME")   -> ("patient", "last", "name")
    words_of("dateofbirth") -> ("date", "of", "birth")

Abbreviations and foreign words are data (`resources/rules/words.toml`); what is not known stays as it is.
"""

from __future__ import annotations

import bisect
import functools
import re
import tomllib
import unicodedata
from importlib import resources

import msgspec


class Vocabulary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`abbreviations` give the long form, those of `alone` only where they stand alone; `words` are further ones that
    run-together names are cut into.

    `ends` are cut off the end of any name, `tails` also when one letter is left before them, but not off the words
    `whole`, which only look that way; a word with one of `endings` is familiar. `prefixes` are a programmer's marks of
    a column's type, dropped; `key_prefixes` say that a column is a key or refers to one.
    """

    abbreviations: dict[str, str]
    alone: dict[str, str]
    words: str
    clinical: str
    ordinary: str
    ends: str
    tails: str
    whole: str
    endings: str
    prefixes: str
    key_prefixes: str


_PIECES = re.compile(r"(?i:md5(?:sum)?|sha(?:1|256|512)|crc32)|U?IDs(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[A-Z]+")
_SHORTEST_CUT = 3  # shorter words are found everywhere inside longer ones
_VOWELS = frozenset("aeiou")
_SHORTEST_SHORTENED = 4
_LONG_ENOUGH = 7  # letters, for an ending to say something
_LONGEST_ABBREVIATION = 5  # what is longer is a word of a language, and has a plural
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
    return tuple(
        _alone(token.lower())
        or _known(token.lower())
        or (word for piece in _pieces(token) for word in _spell_out(piece))
    )


@functools.lru_cache(maxsize=65_536)
def column_words(name: str) -> tuple[str, ...]:
    """The words of a column's name, without a programmer's prefix (`str_`, `n_`), a leading key word at the end.

    `fk_patient`, `id_patient` and `patient_id` are one thing; `id_number` and `id_type` stay as they are.
    """
    marked = _MARK.sub(r"\1_", name[:200])
    tokens = [token for token in re.split(r"[\W_]+", marked) if token]
    tokens = [token for place, token in enumerate(tokens) if token not in ("S", "s") or place in (0, len(tokens) - 1)]
    while len(tokens) > 1 and tokens[0].lower() in _listed("prefixes") and tokens[1:] not in _LONE_KEYS:
        tokens = tokens[1:]
    key = bool(tokens) and tokens[0].lower() in _listed("key_prefixes")
    words = words_of("_".join(tokens[1:] if key else tokens))
    if not key:
        return words
    return words_of("_".join(tokens)) if not words or words[0] in _NO_THING else (*words, "identifier")


_MARK = re.compile(r"^(str|lng|int|bln|dbl|chr|cmb|fk|pk|id|Id)(?=[A-Z][A-Za-z])")
_LONE_KEYS = (["id"], ["ID"], ["Id"])  # `P_ID` is a key of something that begins with P
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
    found = _alone(piece) or _known(piece) or _cut(piece) or _shortened(piece) or _cut_one_end(piece)
    return list(found) or ([piece] if piece else [])


def _shortened(piece: str) -> list[str]:
    """`prscrptn` and `municip`: a word without its vowels, or without its end, where only one word is meant."""
    if len(piece) < _SHORTEST_SHORTENED:
        return []
    meant: set[tuple[str, ...]]
    if _VOWELS.isdisjoint(piece):
        meant = _by_consonants().get(piece, set())
    else:
        words = _sorted_words()
        start = bisect.bisect_left(words, piece)
        stop = bisect.bisect_left(words, piece + "~")
        meant = {_known(word) for word in words[start:stop]} if len(piece) > _SHORTEST_SHORTENED else set()
    firsts = {long[0] for long in meant if long}
    return list(sorted(meant, key=len)[0]) if len(firsts) == 1 else []


@functools.cache
def _sorted_words() -> list[str]:
    return sorted(_all_words().union(load_vocabulary().abbreviations))


@functools.cache
def _by_consonants() -> dict[str, set[tuple[str, ...]]]:
    found: dict[str, set[tuple[str, ...]]] = {}
    for word in _sorted_words():
        found.setdefault("".join(letter for letter in word if letter not in _VOWELS), set()).add(_known(word))
    return found


def _cut_one_end(piece: str) -> list[str]:
    """`xyzzydate` -> xyzzy, date: a known word at the end, else a longer one at the beginning."""
    if piece in _listed("whole"):
        return [piece]
    long = [end for end in _listed("ends") if len(end) > 2 and piece.endswith(end) and len(piece) - len(end) > 1]
    if long and len(piece) > 4:
        return [*_spell_out(piece.removesuffix(long[0])), *_known(long[0])]
    for length in range(len(piece) - 3, 3, -1):
        if _known(piece[-length:]):
            return [piece[:-length], *_known(piece[-length:])]
    for end in _listed("ends"):
        if len(end) == 2 and piece.endswith(end) and len(piece) > 4:
            return [*_spell_out(piece.removesuffix(end)), *_known(end)]
    for tail in _listed("tails"):
        if piece.endswith(tail) and len(piece) > len(tail):
            return [piece.removesuffix(tail), *_known(tail)]
    for length in range(len(piece) - 3, 4, -1):
        if _known(piece[:length]):
            return [*_known(piece[:length]), piece[length:]]
    return []


def _alone(word: str) -> tuple[str, ...]:
    """The long form of a word that is too short to be looked for inside others."""
    return tuple(load_vocabulary().alone.get(word, "").split())


@functools.lru_cache(maxsize=65_536)
def _known(word: str) -> tuple[str, ...]:
    """The long form of a known word, nothing of an unknown one."""
    abbreviations, known = load_vocabulary().abbreviations, _all_words()
    if word in abbreviations:
        return tuple(abbreviations[word].split())
    if word in known:
        return (word,)
    for stem in _singulars(word):
        if stem in known:
            return (stem,)
        if len(stem) >= _LONGEST_ABBREVIATION and stem in abbreviations:
            return tuple(abbreviations[stem].split())
    return ()


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
    """Whether the word is one that the rules know or ends as medical and abstract words do: no rest of a name."""
    return word in _all_words() or (len(word) >= _LONG_ENOUGH and word.endswith(_listed("endings")))


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
    written = (*vocabulary.abbreviations.values(), *vocabulary.alone.values())
    long_forms = (word for long in written for word in long.split())
    return frozenset(
        (*vocabulary.words.split(), *vocabulary.clinical.split(), *vocabulary.ordinary.split(), *long_forms)
    )
