"""The attack table under every setting: role, Landlock's version, namespaces on, off or impossible.

for setting in settings():
    assert leaks(setting, targets, tmp_path) == []
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from jailed_code import launcher_without

from sandbox.jail import Limits, Role
from sandbox.jail.child import start
from sandbox.jail.linux.landlock import kernel_abi
from sandbox.jail.probes import ALLOWED, NAMES_ONLY, PROBES, Targets, Tried, Try

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
    with start(role, Limits(), launcher=launcher, entry="sandbox.jail.probes") as child:
        child.channel.send(Try(names=tuple(PROBES), targets=targets))
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


def allowed(outcomes: dict[str, str]) -> set[str]:
    return {name for name, outcome in outcomes.items() if outcome == ALLOWED}
