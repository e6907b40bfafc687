# ruff: noqa  kept as it was written
"""Compare estimators of the typical stay (mean, trimmed mean, Hodges-Lehmann, median) by class; fully typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Generic, Literal, Protocol, TypeAlias, TypedDict, TypeVar, overload, runtime_checkable

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

PARAMETERS: dict[str, Any] = {"trim": 0.1, "seed": 11, "draws": 200}

Floats: TypeAlias = npt.NDArray[np.float64]
Kind = Literal["IP", "OP"]
T = TypeVar("T")
KINDS: Final[tuple[Kind, ...]] = ("IP", "OP")


class Row(TypedDict, total=False):
    estimator: str
    kind: Kind
    estimate: float
    se: float


@runtime_checkable
class Estimator(Protocol):
    name: str

    def __call__(self, x: Floats) -> float: ...


class Named(Generic[T]):
    def __init__(self, name: str, f: Callable[[Floats], T]) -> None:
        self.name: str = name
        self._f = f

    def __call__(self, x: Floats) -> T:
        return self._f(x)


def hodges_lehmann(x: Floats) -> float:
    i, j = np.triu_indices(x.size)
    return float(np.median((x[i] + x[j]) / 2.0))


@overload
def jackknife_se(est: Estimator, x: Floats) -> float: ...
@overload
def jackknife_se(est: Estimator, x: None) -> None: ...
def jackknife_se(est: Estimator, x: Floats | None) -> float | None:
    if x is None:
        return None
    n: int = len(x)
    vals = np.array([est(np.delete(x, k)) for k in range(0, n, max(1, n // 20))])
    return float(np.sqrt((n - 1) / len(vals) * ((vals - vals.mean()) ** 2).sum()))


def rows(samples: Mapping[Kind, Floats], estimators: Sequence[Estimator]) -> Iterator[Row]:
    for kind, x in samples.items():
        for est in estimators:
            yield Row(estimator=est.name, kind=kind, estimate=round(est(x), 3), se=round(jackknife_se(est, x), 3))


def main(data: Any, report: Any, trim: float, seed: int, draws: int) -> None:
    df: pd.DataFrame = data.sql("SELECT enc_class, los FROM ehr.encounters WHERE los IS NOT NULL ORDER BY admit_dt")
    samples: dict[Kind, Floats] = {k: df.loc[df["enc_class"] == k, "los"].to_numpy(np.float64)[:draws] for k in KINDS}
    estimators: list[Estimator] = [
        Named("mean", lambda x: float(np.mean(x))),
        Named("trimmed mean", lambda x: float(stats.trim_mean(x, trim))),
        Named("Hodges-Lehmann", hodges_lehmann),
        Named("median", lambda x: float(np.median(x))),
    ]
    assert all(isinstance(e, Estimator) for e in estimators)
    table = pd.DataFrame(rows(samples, estimators))
    report.table("Typical stay (days)", table.pivot(index="estimator", columns="kind", values="estimate"))
    spread: Iterable[float] = table.groupby("kind")["estimate"].agg(np.ptp)
    report.value("largest disagreement", round(max(spread), 3))
