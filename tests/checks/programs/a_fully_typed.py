# ruff: noqa  kept as it was written
# fmt: off
"""Length-of-stay outliers by peer group, with annotations on everything."""
from __future__ import annotations

import typing as t
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, Protocol, TypeAlias, TypedDict, TypeVar, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats: TypeAlias = npt.NDArray[np.float64]
Method = Literal["iqr", "sd", "log"]
T = TypeVar("T", bound="Fence")

PARAMETERS: Final[dict[str, t.Any]] = {"method": "iqr", "k": 1.5}
MIN_GROUP: Final[int] = 10


class DataSource(Protocol):
    def sql(self, query: str, /, *, cohort: Mapping[str, pd.Series] | None = None, **parameters: object) -> pd.DataFrame: ...


class Row(TypedDict):
    group: str
    n: int
    fence: float
    outliers: int
    outlier_days: float


class Fence:
    __slots__ = ("upper",)

    def __init__(self, upper: float) -> None:
        self.upper: float = upper

    @classmethod
    def fit(cls: type[T], x: Floats, method: Method, k: float) -> T:
        if method == "iqr":
            q1, q3 = cast("tuple[float, float]", tuple(np.quantile(x, (0.25, 0.75))))
            return cls(float(q3 + k * (q3 - q1)))
        if method == "sd":
            return cls(float(x.mean() + k * x.std(ddof=1)))
        lx: Floats = np.log(x[x > 0])
        return cls(float(np.exp(lx.mean() + k * lx.std(ddof=1))))

    def __call__(self, x: Floats) -> npt.NDArray[np.bool_]:
        return x > self.upper


def summarise(groups: Iterable[tuple[str, Floats]], method: Method, k: float) -> Sequence[Row]:
    rows: list[Row] = []
    for name, x in groups:
        if len(x) < MIN_GROUP:
            continue
        fence: Fence = Fence.fit(x, method, k)
        out: npt.NDArray[np.bool_] = fence(x)
        rows.append(Row(group=name, n=len(x), fence=round(fence.upper, 2), outliers=int(out.sum()), outlier_days=round(float(x[out].sum()), 1)))
    return rows


def main(data: DataSource, report: t.Any, method: Method, k: float) -> None:
    stays: pd.DataFrame = data.sql("SELECT left(primary_dx, 3) AS dx, los FROM ehr.encounters WHERE primary_dx IS NOT NULL")
    groups = ((str(name), g.to_numpy(dtype=np.float64)) for name, g in stays.groupby("dx")["los"])
    rows = summarise(groups, method, k)
    report.table(f"Outliers ({method})", pd.DataFrame(rows))
    total: int = sum(r["outliers"] for r in rows)
    report.value("outlier stays", total)
