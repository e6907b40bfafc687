"""What an attacker in a jail would try, one module per mechanism; `sandbox.jail.probes` puts the table together.

    ATTACKS["read_home"](targets)      # works, or fails with an OSError

A probe proves something only where it works outside of a jail, and it must change nothing there: what would harm is
asked for in a way that the kernel refuses only after it has decided that we may (`reaches`).
"""

from __future__ import annotations

from sandbox.jail.attacks import (
    descriptors,
    files,
    kernel,
    memory,
    namespaces,
    places,
    processes,
    services,
    settings,
    sockets,
)
from sandbox.jail.attacks.aim import Probe, Targets

ATTACKS: dict[str, Probe] = {
    **files.PROBES,
    **files.NAMES_ONLY,
    **places.PROBES,
    **processes.PROBES,
    **sockets.PROBES,
    **services.PROBES,
    **memory.PROBES,
    **descriptors.PROBES,
    **settings.PROBES,
    **namespaces.PROBES,
    **kernel.PROBES,
}

# They show that something exists, how large it is, what it is called. Only a tree of files and a name of one's own hide
# that, so where the machine allows no namespaces these are known to work; the report of the jail says so.
NAMES_ONLY = frozenset(files.NAMES_ONLY)

# Only root may do them outside; for everybody else the system itself is the wall.
NEED_ROOT = frozenset().union(
    *(module.NEED_ROOT for module in (places, processes, sockets, settings, namespaces, kernel))
)

# Kernels are built without them, or too old for them.
MAY_LACK = memory.MAY_LACK | descriptors.MAY_LACK | sockets.MAY_LACK

# Where they work they change the process for good, so each gets one of its own where one can be made.
_CHANGING = """
replace_process replace_process_newer run_from_memory fork clone_process new_session ptrace attach take_descriptor
become_dumpable outlive_parent adopt_children keep_capabilities secure_bits timestamp_counter landlock_again
raise_limit become_other_user drop_groups new_key_ring asynchronous_io own_table_of_files change_root any_port
new_user_namespace new_network_namespace new_mount_namespace new_ipc_namespace new_name_namespace
new_process_namespace new_group_namespace new_time_namespace
"""
CHANGE_PROCESS = frozenset(_CHANGING.split())

__all__ = ["ATTACKS", "CHANGE_PROCESS", "MAY_LACK", "NAMES_ONLY", "NEED_ROOT", "Probe", "Targets"]
