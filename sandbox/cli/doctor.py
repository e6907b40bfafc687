"""`preceptor doctor`: every way out, tried on this very workstation."""

from __future__ import annotations

import click

from sandbox.cli.options import Desk, common
from sandbox.errors import JailRefused


@click.command(short_help="Show that the jails hold on this workstation.")
@common
def command(desk: Desk) -> None:
    """Try to break out of every jail; each attempt works outside and must fail inside."""
    from sandbox.jail import self_test
    from sandbox.running.compiled import advice, not_compiled, sentence

    report = self_test()
    held = sum(probe.inside.startswith("blocked") for probe in report.probes)
    lines = [
        f"  {probe.role:31} {probe.name:28} outside {probe.outside:16} inside {probe.inside}" for probe in report.probes
    ]
    lines.append(f"{held} of {len(report.probes)} attempts blocked (kernel {report.kernel}, Landlock {report.abi}).")
    behind = not_compiled()
    lines.append(f"{sentence(behind)} {advice(behind)}".rstrip())
    desk.result(report, "\n".join(lines))
    if not report.passed:
        raise JailRefused("Isolation does not hold on this workstation, so no program will be run.")
