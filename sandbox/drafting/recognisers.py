"""Recognisers: the shapes of identifiers, told from the ordinary numbers and names of clinical work.

    recognisers = Recognisers.load()
    recognisers.find("Was Mr. Okafor (DOB 3/14/1952) on 40 mg?")     # two hits: a name, a birth date

The rules are data (`resources/rules/phi_recognisers.toml`, each with its paragraph of 45 CFR 164.514) and are
tried on their own examples when loaded. A full date counts only beside a person: study windows must pass.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from importlib.resources import files

import msgspec

from sandbox.drafting.inspection import Hit
from sandbox.drafting.normal import plain_view
from sandbox.drafting.wordlists import ends_a_place, is_clinical_word, is_common_word, is_first_name
from sandbox.errors import BadInput

_FULL_DATE = re.compile(
    r"(?<![\w-])(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})|"
    r"(?:\d{1,2}(?:st|nd|rd|th)?\s+)?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s+"
    r"(?:\d{1,2}(?:st|nd|rd|th)?,?\s+)?\d{4})(?![\w-])",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
_CODE_BEFORE = re.compile(
    r"(?i)(?:snomed|sct|rxnorm|rxcui|concept|code|loinc|icd|ndc|cpt|hcpcs|seed|oid)\w{0,6}"
    r"(?:[\s\d,;:.=\"'()\[\]-]|\b(?:and|or|in|ct|ids?)\b)*$"
)
_VERSION_BEFORE = re.compile(r"(?i)(?:version|release|ver\.?|v)\W{0,2}$")
_SQL_BEFORE = re.compile(r"(?i)\b(?:select|where|and|or|not|in|codes?|limit|then|else)[\s,(]*$")


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of the rules file."""

    kind: str
    cites: str
    pattern: str
    matches: tuple[str, ...]
    does_not_match: tuple[str, ...]
    check: str = ""
    ignore_case: bool = False


class Company(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which kinds of hits make a full date beside them a hit too."""

    characters: int
    kinds: tuple[str, ...]


class _RulesFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    rule: tuple[Rule, ...]
    rule_of_company: Company


class Recognisers:
    """Compiled rules."""

    def __init__(self, rules: Iterable[Rule], company: Company) -> None:
        self._rules = [(rule, _compiled(rule), _check(rule)) for rule in rules]
        self._company = company

    @classmethod
    def load(cls) -> Recognisers:
        """The packaged rules, after each has kept its own examples."""
        text = (files("resources") / "rules" / "phi_recognisers.toml").read_text("utf-8")
        rules = msgspec.convert(tomllib.loads(text), type=_RulesFile)
        for rule in rules.rule:
            Recognisers([rule], rules.rule_of_company)._keep_examples(rule)
        return cls(rules.rule, rules.rule_of_company)

    def find(self, text: str, known: Iterable[Hit] = ()) -> list[Hit]:
        """Hits in `text`; full dates beside them, or beside the `known` hits, included."""
        view, offsets = plain_view(text)
        hits = [
            Hit(start=offsets[start], end=offsets[end - 1] + 1, kind=kind) for start, end, kind in self._matches(view)
        ]
        return hits + self._dates_in_company(text, [*hits, *known])

    def _matches(self, view: str) -> Iterable[tuple[int, int, str]]:
        for rule, pattern, check in self._rules:
            part = "x" if "x" in pattern.groupindex else 0
            for match in pattern.finditer(view):
                start, end = match.span(part)
                if start < end and check(view, match, match[part]):
                    yield start, end, rule.kind

    def _dates_in_company(self, text: str, hits: list[Hit]) -> list[Hit]:
        people = [hit for hit in hits if hit.kind in self._company.kinds]
        if not people:
            return []
        far = self._company.characters
        return [
            Hit(start=date.start(), end=date.end(), kind="date beside a person")
            for date in _FULL_DATE.finditer(text)
            if any(hit.start - far < date.end() and date.start() < hit.end + far for hit in people)
        ]

    def _keep_examples(self, rule: Rule) -> None:
        missed = [example for example in rule.matches if not self.find(example)]
        wrong = [example for example in rule.does_not_match if self.find(example)]
        if missed or wrong:
            raise BadInput(f"The rule {rule.kind!r} does not keep its own examples: {(missed + wrong)[0]!r}.")


def _compiled(rule: Rule) -> re.Pattern[str]:
    return re.compile(rule.pattern.strip(), re.VERBOSE | re.IGNORECASE if rule.ignore_case else re.VERBOSE)


# Further tests: each takes the text, the match and the marked part, and says whether it is a hit after all.


def _always(view: str, match: re.Match[str], part: str) -> bool:
    return True


def _not_a_date_or_year(view: str, match: re.Match[str], part: str) -> bool:
    return not re.fullmatch(r"(?:19|20)\d\d(?:[-.\s]\d\d?[-.\s]\d\d?)?|\d\d?-\d\d?-(?:19|20)\d\d", part.strip())


def _ten_digits(view: str, match: re.Match[str], part: str) -> bool:
    return sum(character.isdigit() for character in part) >= 10


def _not_a_version(view: str, match: re.Match[str], part: str) -> bool:
    return not _VERSION_BEFORE.search(view[: match.start()])


def _not_sql(view: str, match: re.Match[str], part: str) -> bool:
    return not _SQL_BEFORE.search(view[: match.start("x")])


def _not_multiple_sclerosis(view: str, match: re.Match[str], part: str) -> bool:
    """MS and MR are also a disease and an imaging method: in capitals, only a name in capitals or a dot counts."""
    title = match.group()[:3].rstrip(". ")
    if title not in ("MS", "MR"):
        return True
    return "." in match.group()[:4] or (part.isupper() and _all_could_be_names(part))


def _a_person(view: str, match: re.Match[str], part: str) -> bool:
    if _followed_by_organisation(view, match):
        return False
    if part.isupper() and "," not in part and min(map(len, _WORD.findall(part))) < 4:
        return _has_first_name(view, match, part)  # "INR PTT" is no person
    return _has_first_name(view, match, part) or _all_could_be_names(part)


def _has_first_name(view: str, match: re.Match[str], part: str) -> bool:
    return any(is_first_name(word.lower()) for word in _WORD.findall(part))


def _first_then_last(view: str, match: re.Match[str], part: str) -> bool:
    given, *rest = [word.lower() for word in _WORD.findall(part)]
    if not is_first_name(given) or is_clinical_word(given) or any(ends_a_place(word) for word in rest):
        return False
    return not _followed_by_organisation(view, match)


def _last_then_first(view: str, match: re.Match[str], part: str) -> bool:
    last, first = part.split(",")
    given = _WORD.findall(first)[0].lower()
    return is_first_name(given) and not (is_clinical_word(last.lower()) and is_clinical_word(given))


def _followed_by_organisation(view: str, match: re.Match[str]) -> bool:
    following = _WORD.match(view[match.end("x") :].lstrip())
    return following is not None and ends_a_place(following.group().lower()) and len(following.group()) > 3


def _all_could_be_names(part: str) -> bool:
    return all(not is_common_word(word.lower()) for word in _WORD.findall(part) if len(word) > 1)


def _not_a_code_or_round(view: str, match: re.Match[str], part: str) -> bool:
    if part.endswith("000000") or len(set(part)) == 1 or part in ("2147483647", "4294967295", "9223372036854775807"):
        return False
    return not _CODE_BEFORE.search(view[max(0, match.start() - 80) : match.start()])


_CHECKS: dict[str, Callable[[str, re.Match[str], str], bool]] = {
    "": _always,
    "not_a_date_or_year": _not_a_date_or_year,
    "ten_digits": _ten_digits,
    "not_a_version": _not_a_version,
    "not_sql": _not_sql,
    "not_multiple_sclerosis": _not_multiple_sclerosis,
    "a_person": _a_person,
    "has_first_name": _has_first_name,
    "first_then_last": _first_then_last,
    "last_then_first": _last_then_first,
    "not_a_code_or_round": _not_a_code_or_round,
}


def _check(rule: Rule) -> Callable[[str, re.Match[str], str], bool]:
    if rule.check not in _CHECKS:
        raise BadInput(f"The rule {rule.kind!r} names a check that does not exist.")
    return _CHECKS[rule.check]
