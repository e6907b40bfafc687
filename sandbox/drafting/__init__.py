"""The drafting session: hosts the agent of one question, and is the only way from here to the model.

    Session.drafting(workspace, question)          # starts sandbox.drafting.session in a process of its own
    build([{"last_name": [...], "mrn": [...]}], key)        # the index of known values, on the running side
    wire_log.verify(workspace.question(name) / "sent.log")  # what was sent, unchanged

Three processes: the gate (`session`, `turn`, `gate`, `exchange`: network, no patient), the checker (`checker`:
patients, no network) and the agent (`agent_link`: neither). The gate sends only what the checker has passed.
"""

from . import wire_log
from .known_values import KnownValues, build
from .wire_log import WireLog

__all__ = ["KnownValues", "WireLog", "build", "wire_log"]
