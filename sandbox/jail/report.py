"""What a jail says about itself before anything else runs in it, and when that is not enough.

report.check_mandatory()          # JailRefused names the layer, the cause and what to do
"""

from __future__ import annotations

import msgspec

from sandbox.errors import JailRefused
from sandbox.jail.backend import backend


class JailReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`layers` by name: what begins with "on" or "none held" holds, anything else is the cause why it does not."""

    role: str
    layers: dict[str, str]
    problem: str = ""

    def check_mandatory(self) -> None:
        """Return when every mandatory layer holds and the process can do its work; else `JailRefused`."""
        for layer, fix in backend().FIXES.items():
            state = self.layers.get(layer, "it was not attempted")
            if not state.startswith(("on", "none held")):
                raise JailRefused(f"The jail's layer {layer!r} can't be established: {state}.", fix)
        if self.problem:
            raise JailRefused(self.problem, "Reinstall Preceptor; a part of it is missing.")
