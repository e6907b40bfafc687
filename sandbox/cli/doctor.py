"""`preceptor doctor`: every way out, tried on this very workstation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from sandbox.cli.options import Desk, common
from sandbox.errors import JailRefused

if TYPE_CHECKING:
    from sandbox.jail import SelfTest

_STANDS = ("on", "none held")  # there is nothing to take away


@click.command(short_help="Show that the jails hold on this workstation.")
@click.option("--every", is_flag=True, help="Show each attempt, a line each.")
@common
def command(desk: Desk, every: bool) -> None:
    """Try to break out of every jail; each attempt works outside and must fail inside."""
    from sandbox.jail import self_test
    from sandbox.running.compiled import advice, not_compiled, sentence

    report = self_test()
    lines = [*(_attempts(report) if every else ()), *_profiles(report), _whole(report)]
    behind = not_compiled()
    lines.append(f"{sentence(behind)} {advice(behind)}".rstrip())
    desk.result(report, "\n".join(lines), wrap=False)
    if not report.passed:
        raise JailRefused("Isolation does not hold on this workstation, so no program will be run.")


def _attempts(report: SelfTest) -> Iterator[str]:
    for probe in report.probes:
        yield f"  {probe.role:31} {probe.name:28} outside {probe.outside:16} inside {probe.inside}"


def _profiles(report: SelfTest) -> Iterator[str]:
    """What stands around each jail and each door, and what is not to be had on this machine."""
    for role, layers in report.layers.items():
        tried = [probe for probe in report.probes if probe.role == role]
        held = sum(probe.passed for probe in tried)
        yield f"{role.replace('_', ' ').replace('-', ' ')}: {held} of {len(tried)} attempts blocked"
        words = {name.replace("_", " "): state for name, state in layers.items()}
        standing = [name for name, state in words.items() if state.startswith(_STANDS)]
        yield f"  {', '.join(standing)}"
        yield from (
            f"  not here: {name} ({words[name].removeprefix('not here: ')})" for name in words.keys() - standing
        )


def _whole(report: SelfTest) -> str:
    held = sum(probe.passed for probe in report.probes)
    outside = sum(probe.outside == "allowed" for probe in report.probes)
    return (
        f"\n{held:,} of {len(report.probes):,} attempts blocked; {outside:,} of them work outside of the jails on this "
        f"machine (kernel {report.kernel}, Landlock {report.abi}). Each of them: `preceptor doctor --every`."
    )
