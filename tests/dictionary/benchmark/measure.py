"""How well columns are classified over public schemas, from names and types alone. Run by hand:

    python tests/dictionary/benchmark/measure.py [--misses 30] [--schema NAME] [--folder FOLDER]

One line per schema and one over all, each figure beside that of the keyword baseline:

    identify  recall of patient keys, direct identifiers and secrets, as a group (any of the three will do)
    hide      recall of dates, geography and free text, as a group
    open      of the columns of both groups but dates, the share told with values or given in full: the dangerous misses
    withheld  of the plain columns and keys, the share that an agent is told nothing of, undecided ones among them
    asked     of the plain columns and keys, the share left undecided, so that a person is asked
    precise   of the columns put into either group, the share that belongs there

A verdict in `also` counts as right everywhere. LABELS.md defines the labels. Nothing here changes the classifier.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from baseline import by_keywords

from sandbox.dictionary import classify_file
from sandbox.dictionary.classify import DEFAULTS

HERE = Path(__file__).parent
IDENTIFY = frozenset(("patient_key", "direct_identifier", "secret"))
HIDE = frozenset(("date", "geography", "free_text"))
SAFE = frozenset(("plain", "key"))
FIGURES = ("identify", "hide", "open", "withheld", "asked", "precise")


@dataclass(frozen=True)
class Judged:
    """One labelled column with one classifier's verdict on it."""

    schema: str
    table: str
    column: str
    kind: str
    label: str
    also: frozenset[str]
    verdict: str
    told: str
    given: str

    @property
    def right(self) -> bool:
        return self.verdict == self.label or self.verdict in self.also

    def within(self, group: frozenset[str]) -> bool:
        """The verdict is in the group, or is one that a second reviewer may give."""
        return self.verdict in group or self.verdict in self.also

    @property
    def is_open(self) -> bool:
        return not self.right and (self.told == "values" or self.given == "full")


def labelled(path: Path) -> list[dict[str, str]]:
    """The lines of one schema's file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_classifier(path: Path) -> Iterator[Judged]:
    for line, found in zip(labelled(path), classify_file(path), strict=True):
        yield judged(path.stem, line, found["class"], found["told"], found["given"])


def by_baseline(path: Path) -> Iterator[Judged]:
    for line in labelled(path):
        verdict = by_keywords(line["column"], line["type"])
        told, given = DEFAULTS[verdict]  # type: ignore[index]  # the baseline's classes are the classifier's
        yield judged(path.stem, line, verdict, told, given)


def judged(schema: str, line: dict[str, str], verdict: str, told: str, given: str) -> Judged:
    return Judged(
        schema=schema,
        table=line["table"],
        column=line["column"],
        kind=line["type"],
        label=line["class"],
        also=frozenset(line["also"].split()),
        verdict=verdict,
        told=told,
        given=given,
    )


def figures(columns: Sequence[Judged]) -> dict[str, float]:
    """The six shares of the module's docstring; a share of nothing is not a number."""
    identify = [one for one in columns if one.label in IDENTIFY]
    hide = [one for one in columns if one.label in HIDE]
    safe = [one for one in columns if one.label in SAFE]
    claimed = [one for one in columns if one.verdict in IDENTIFY | HIDE]
    return {
        "identify": share(identify, lambda one: one.within(IDENTIFY)),
        "hide": share(hide, lambda one: one.within(HIDE)),
        "open": share(identify + [one for one in hide if one.label != "date"], lambda one: one.is_open),
        "withheld": share(safe, lambda one: one.told == "nothing" and not one.right),
        "asked": share(safe, lambda one: one.verdict == "unknown" and not one.right),
        "precise": share(claimed, lambda one: one.right or one.label in group_of(one.verdict)),
    }


def group_of(verdict: str) -> frozenset[str]:
    return IDENTIFY if verdict in IDENTIFY else HIDE


def share(columns: Sequence[Judged], holds: Callable[[Judged], bool]) -> float:
    return sum(map(holds, columns)) / len(columns) if columns else float("nan")


def class_recall(columns: Iterable[Judged]) -> dict[str, tuple[int, float]]:
    """Per label: how many, and the share whose verdict is right to the class."""
    sorted_out: dict[str, list[Judged]] = {}
    for one in columns:
        sorted_out.setdefault(one.label, []).append(one)
    return {label: (len(ones), share(ones, lambda one: one.right)) for label, ones in sorted(sorted_out.items())}


def confusions(columns: Iterable[Judged]) -> Counter[tuple[str, str]]:
    return Counter((one.label, one.verdict) for one in columns if not one.right)


def tables(paths: Sequence[Path]) -> tuple[str, list[Judged]]:
    """The table of figures as text, and every column as the classifier judged it."""
    mine = {path.stem: list(by_classifier(path)) for path in paths}
    plain = {path.stem: list(by_baseline(path)) for path in paths}
    ours = [one for ones in mine.values() for one in ones]
    lines = [f"{'schema':14} {'columns':>7} " + " ".join(f"{name:>13}" for name in FIGURES)]
    lines += [_line(name, mine[name], plain[name]) for name in mine]
    lines.append(_line("ALL", ours, [one for ones in plain.values() for one in ones]))
    return "\n".join(lines), ours


def _line(name: str, ours: Sequence[Judged], baseline: Sequence[Judged]) -> str:
    left, right = figures(ours), figures(baseline)
    return f"{name:14} {len(ours):7} " + " ".join(f"{left[f] * 100:6.1f} ({right[f] * 100:4.0f})" for f in FIGURES)


def _report(paths: Sequence[Path], misses: int) -> Iterator[str]:
    text, ours = tables(paths)
    yield "per cent; in brackets the keyword baseline\n\n" + text
    yield "\nright to the class"
    yield from (f"  {label:20} {count:5} {part * 100:6.1f}" for label, (count, part) in class_recall(ours).items())
    yield "\nmost frequent confusions (label -> verdict)"
    yield from (f"  {count:5}  {label} -> {verdict}" for (label, verdict), count in confusions(ours).most_common(20))
    worst = sorted((one for one in ours if not one.right), key=_weight)
    yield f"\nfirst {misses} of {len(worst)} misses, the dangerous ones first"
    for one in worst[:misses]:
        said = f"{one.verdict}, told {one.told}, given {one.given}"
        yield f"  {one.schema}: {one.table}.{one.column} {one.kind}: {one.label}, classified {said}"


def _weight(one: Judged) -> tuple[bool, bool, bool]:
    return not (one.is_open and one.label in IDENTIFY), not (one.is_open and one.label in HIDE), one.label in SAFE


def main() -> None:
    options = argparse.ArgumentParser(description="Measure the column classifier over public schemas.")
    options.add_argument("--misses", type=int, default=30)
    options.add_argument("--schema", help="one schema only")
    options.add_argument("--folder", type=Path, default=HERE, help="labelled schemas elsewhere")
    chosen = options.parse_args()
    paths = [path for path in sorted(chosen.folder.glob("*.csv")) if chosen.schema in (None, path.stem)]
    for line in _report(paths, chosen.misses):
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
