"""Nothing that a program can reach leads out by a way that nobody has reviewed, and a new way is noticed."""

from __future__ import annotations

import json
import sys
from typing import Any

import msgspec
import pandas as pd
import pytest
import reachability
import reachable_roots

from sandbox.checks.language._rules import Rules, rules
from sandbox.checks.language._versions import _installed

REVIEWED: dict[str, str] = json.loads(reachability.REVIEWED.read_text())
REASONS = ("harmless: ", "blocked: ", "refused attribute; ", "left to the jail: ", "the audit's own function")


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    return reachability.findings(rules())


def test_every_way_out_that_can_be_reached_is_on_the_reviewed_list(found: dict[str, str]) -> None:
    assert not {name: why for name, why in found.items() if name not in REVIEWED}


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the list was made with Python 3.11")
def test_the_list_has_nothing_that_can_not_be_reached(found: dict[str, str]) -> None:
    assert not REVIEWED.keys() - found.keys()


def test_every_finding_has_its_reason() -> None:
    assert all(reason.startswith(REASONS) for reason in REVIEWED.values())


def test_the_versions_that_the_audit_walks_are_the_reviewed_ones() -> None:
    installed = _installed()
    for name, reviewed in rules().reviewed.items():
        assert installed[name].startswith(reviewed), f"{name} {installed[name]}: review it, then add it to [reviewed]"


def test_the_walk_gets_everywhere() -> None:
    names = [reachability._full_name(name, thing) for name, thing in reachability.reachable(rules())]
    assert len(names) > 4000
    for far in (
        "pandas.core.strings.accessor.StringMethods.startswith", "pandas.core.groupby.generic.SeriesGroupBy.nunique",
        "statsmodels.regression.linear_model.RegressionResults.get_robustcov_results", "matplotlib.axis.Tick.set_pad",
        "scipy.stats._distn_infrastructure.rv_continuous.fit", "re.Match.group", "matplotlib.legend.Legend.get_texts",
    ):  # fmt: skip
        assert far in names, far


def _with(module: str, *names: str) -> Rules:
    entry = rules().modules[module]
    changed = msgspec.structs.replace(entry, names=entry.names | set(names))
    return msgspec.structs.replace(rules(), modules={**rules().modules, module: changed})


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("pandas", "read_csv"),
        ("pandas", "eval"),
        ("pandas", "ExcelFile"),
        ("numpy", "load"),
        ("numpy", "fromfile"),
        ("matplotlib.pyplot", "savefig"),
        ("matplotlib.pyplot", "switch_backend"),
        ("statsmodels.api", "load"),
        ("json", "load"),
        ("pandas", "io"),
    ],
)
def test_a_dangerous_name_on_the_list_is_found(module: str, name: str) -> None:
    found = reachability.findings(_with(module, name))
    assert [new for new in found if new not in REVIEWED and name in new]


def test_a_method_that_an_upgrade_would_add_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def export(self: Any, path: str) -> None:
        """A new way to write a file."""

    monkeypatch.setattr(pd.Series, "export", export, raising=False)
    assert any("export" in name for name in reachability.findings(rules()).keys() - REVIEWED.keys())


def test_a_module_as_an_attribute_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pd.Series, "library", pd, raising=False)
    assert any("-> pandas" in name for name in reachability.findings(rules()))
    assert "library" in reachability.modules_as_attributes() - rules().modules_as_attributes


def test_reads_without_a_guard_are_never_of_names_that_hold_modules() -> None:
    reachable_roots.values()
    assert reachability.modules_as_attributes() <= rules().modules_as_attributes
