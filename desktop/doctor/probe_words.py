"""What each way out is, in words. The names are those of `sandbox.jail.probes`; a test keeps the two alike."""

from __future__ import annotations

WORDS = {
    "read_home": "List your home folder",
    "read_file": "Read a file of yours",
    "read_accounts": "Read the list of accounts",
    "write_file": "Write to a file",
    "truncate_file": "Empty a file",
    "truncate_by_reading": "Empty a file while opening it for reading",
    "make_file": "Make a file",
    "make_folder": "Make a folder",
    "make_link": "Make a link to another place",
    "rename_file": "Rename a file",
    "change_mode": "Change who may read a file",
    "change_times": "Change the times of a file",
    "list_processes": "List what else is running",
    "read_environment": "Read another process's environment",
    "read_command_line": "Read another process's command line",
    "signal_process": "Signal another process",
    "limit_process": "Limit another process",
    "fork": "Split into two processes",
    "start_process": "Start a program",
    "replace_process": "Become another program",
    "ptrace": "Take part in debugging",
    "read_memory": "Read a process's memory",
    "tcp": "Open a network connection (TCP)",
    "udp": "Send a network packet (UDP)",
    "tcp6": "Open a network connection (IPv6)",
    "unix_socket": "Talk to a local service",
    "abstract_socket": "Talk to a local service without a file",
    "netlink": "Ask the kernel about the network",
    "socket_pair": "Make a pair of sockets",
    "shared_memory": "Share memory with another process",
    "message_queue": "Leave a message for another process",
    "memory_file": "Make a file in memory",
    "key_ring": "Use the kernel's key ring",
    "io_uring": "Use the kernel's other way to files (io_uring)",
    "perf_event": "Watch the processor's counters",
    "new_user_namespace": "Become another user in a world of its own",
    "new_network_namespace": "Make a network of its own",
    "become_dumpable": "Let others read its memory",
}

ROLES = {
    "agent": "Agent",
    "checks": "Checks of drafts",
    "drafting_worker": "Drafts on trial",
    "program": "Signed program",
    "probe": "The test itself",
    "door without network": "Reader of a source",
    "door with network": "Speaker with the model",
}


def way_out(name: str) -> str:
    """The words for a probe; its own name when it is a new one."""
    return WORDS.get(name, name.replace("_", " ").capitalize())


def who(role: str) -> str:
    return ROLES.get(role, role.replace("_", " ").capitalize())
