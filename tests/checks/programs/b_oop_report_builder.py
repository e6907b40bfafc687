# ruff: noqa  kept as it was written
"""Case-mix report with a plug-in registry (__init_subclass__), mixins, cached properties and a context manager."""

import contextlib
import functools
import io
import textwrap

import pandas as pd

PARAMETERS = {"width": 60, "sections": ["overview", "age", "quality"]}


class Section:
    registry = {}
    slug = None

    def __init_subclass__(cls, slug=None, **kwargs):
        super().__init_subclass__(**kwargs)
        if slug:
            cls.slug = slug
            Section.registry[slug] = cls

    def __init__(self, source):
        self.source = source

    def __call__(self, report):
        raise NotImplementedError

    @property
    def title(self):
        return (self.__doc__ or self.__class__.__name__).strip().splitlines()[0]

    def __str__(self):
        return f"§ {self.title}"

    def __lt__(self, other):
        return self.title < other.title


class Source:
    def __init__(self, data):
        self._data = data
        self.queries = 0

    @functools.cached_property
    def stays(self):
        self.queries += 1
        return self._data.sql(
            "SELECT enc_id, pat_id, enc_class, age_at_admit, los, primary_dx, disch_dt FROM ehr.encounters"
        )


class RoundingMixin:
    digits = 1

    def rounded(self, frame):
        return frame.round(self.digits)


class Overview(RoundingMixin, Section, slug="overview"):
    """Overview of stays"""

    def __call__(self, report):
        s = self.source.stays
        report.table(self.title, self.rounded(s.groupby("enc_class").agg(n=("enc_id", "nunique"), los=("los", "mean"))))


class Age(RoundingMixin, Section, slug="age"):
    """Age at admission"""

    digits = 0

    def __call__(self, report):
        edges = [0, 18, 40, 65, 80, float("inf")]
        bands = pd.cut(self.source.stays["age_at_admit"], edges, right=False).astype(str)
        report.table(self.title, bands.value_counts().sort_index().to_frame("stays"))


class Quality(Section, slug="quality"):
    """Data quality"""

    def __call__(self, report):
        buffer = io.StringIO()
        self.source.stays.info(buf=buffer, memory_usage=False)
        lines = [l for l in buffer.getvalue().splitlines() if "non-null" in l]
        report.text("\n".join(" ".join(l.split()[1:4]) for l in lines))
        with timed_section(report, self) as notes:
            notes.append(f"{int(self.source.stays['disch_dt'].isna().sum())} stays are still open.")


@contextlib.contextmanager
def timed_section(report, section):
    notes = []
    try:
        yield notes
    finally:
        report.text(f"{section}: " + " ".join(notes or ["nothing to say"]))


def main(data, report, width, sections):
    source = Source(data)
    chosen = [Section.registry[s](source) for s in sections if s in Section.registry]
    for section in sorted(chosen):
        section(report)
    report.text(
        textwrap.fill("This report covers " + ", ".join(str(s) for s in chosen) + " and nothing else.", width=width)
    )
    report.value("queries", source.queries)
