"""The attack table under every setting: role, Landlock's version, namespaces on, off or impossible; and each door.

for setting in settings():
    assert leaks(setting, targets, tmp_path) == []
for setting in door_settings():
    assert door_leaks(setting, targets, tmp_path) == []
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from jailed_code import launcher_without

from sandbox.jail import Limits, Role, probe_host
from sandbox.jail.child import start
from sandbox.jail.linux.landlock import kernel_abi
from sandbox.jail.probes import ALLOWED, NAMES_ONLY, PROBES, Targets, Tried, Try
from sandbox.jail.proving_ground import PROVED_DOORS, ProvedDoor, try_outside_or_behind, with_pipes

# On the machine "unshare" all namespaces are forbidden; on "fsopen" they can be had, and then nothing can be mounted
# (Ubuntu's AppArmor does it that way).
NAMESPACES = ("on", "off", "unshare", "fsopen")


@dataclass(frozen=True)
class Setting:
    """One row of the matrix. `namespaces` is on, off, or the call that this machine refuses."""

    role: Role
    abi: int
    namespaces: str = "on"

    def launcher(self, folder: Path) -> Path:
        if self.namespaces in ("on", "off"):
            return launcher_without(folder, *(["namespaces"] if self.namespaces == "off" else []), abi=self.abi)
        return launcher_without(folder, abi=self.abi, forbid=self.namespaces)


def settings(roles: tuple[Role, ...] = tuple(Role), abis: tuple[int, ...] = ()) -> Iterator[Setting]:
    """Every combination, with every version of Landlock that this kernel can play."""
    for role, abi, namespaces in product(roles, abis or range(1, kernel_abi() + 1), NAMESPACES):
        yield Setting(role, abi, namespaces)


def tried(role: Role, launcher: Path, targets: Targets) -> tuple[dict[str, str], dict[str, str]]:
    """The layers, and the outcomes of all probes, without judging any."""
    entry = "sandbox.jail.probes"
    with with_pipes(targets) as aim, start(role, Limits(), aim.pipes, launcher=launcher, entry=entry) as child:
        child.channel.send(Try(names=tuple(PROBES), targets=aim))
        outcomes: dict[str, str] = child.channel.receive(Tried, timeout=60)[0].outcomes
        return child.report.layers, outcomes


def leaks(setting: Setting, targets: Targets, folder: Path) -> list[str]:
    """What works inside and should not. Names may be seen where the report says that there are no namespaces."""
    layers, outcomes = tried(setting.role, setting.launcher(folder), targets)
    known = frozenset() if layers.get("namespaces", "").startswith("on") else NAMES_ONLY
    wrong = [name for name in PROBES if name not in known and not outcomes[name].startswith("blocked: E")]
    if not layers["landlock"].startswith(f"on: ABI {setting.abi}"):
        wrong.append(f"landlock is {layers['landlock']}")
    return wrong


# The real host of probes, on a kernel whose Landlock is as old as we say, and perhaps with a layer less.
_HOST = """
import importlib.util, sys
from functools import partial

spec = importlib.util.spec_from_file_location("probe_host", {host!r})
host = importlib.util.module_from_spec(spec)
spec.loader.exec_module(host)
from sandbox.jail.linux import confine

all_steps = partial(confine.door_steps, abi={abi!r})
confine.door_steps = lambda *given, **rules: [step for step in all_steps(*given, **rules) if step[0] not in {without!r}]
{last}
host.main(sys.argv[1])
"""
# A door that lacks a layer does not open; to see what the layer holds back, it must.
_OPEN_ANYWAY = "from sandbox.jail.report import JailReport\nJailReport.check_mandatory = lambda report: None"


@dataclass(frozen=True)
class DoorSetting:
    """A kind of door behind a version of Landlock."""

    door: ProvedDoor
    abi: int


def door_settings(abis: tuple[int, ...] = ()) -> Iterator[DoorSetting]:
    """Every kind of door with every version of Landlock that this kernel can play."""
    for door, abi in product(PROVED_DOORS, abis or range(1, kernel_abi() + 1)):
        yield DoorSetting(door, abi)


def tried_behind(
    setting: DoorSetting, targets: Targets, folder: Path, *without: str
) -> tuple[dict[str, str], dict[str, str]]:
    """The layers, and the outcomes of all probes behind this door, without judging any."""
    host = folder / f"host-{setting.abi}-{'-'.join(without)}.py"
    last = _OPEN_ANYWAY if without else ""
    host.write_text(_HOST.format(host=probe_host.__file__, abi=setting.abi, without=without, last=last))
    return try_outside_or_behind(
        setting.door.rules, tuple(PROBES), targets, command=lambda order: [sys.executable, "-I", str(host), order]
    )


def door_leaks(setting: DoorSetting, targets: Targets, folder: Path, absent: frozenset[str] = frozenset()) -> list[str]:
    """What works behind it and should not, or should and does not. `absent` can't be had outside either."""
    layers, outcomes = tried_behind(setting, targets, folder)
    wrong = sorted(allowed(outcomes) ^ (setting.door.allows(setting.abi) - absent))
    wrong += [name for name, outcome in outcomes.items() if outcome != ALLOWED and not outcome.startswith("blocked: E")]
    if not layers["landlock"].startswith(f"on: ABI {setting.abi}"):
        wrong.append(f"landlock is {layers['landlock']}")
    return wrong


def allowed(outcomes: dict[str, str]) -> set[str]:
    return {name for name, outcome in outcomes.items() if outcome == ALLOWED}
