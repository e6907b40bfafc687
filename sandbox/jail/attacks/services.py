"""Services of the session and of the kernel that keep secrets or pass messages: D-Bus, key rings, queues."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from contextlib import suppress

from sandbox.jail.attacks.aim import Probe, Targets, asks, call

_REMOVE = 0


def _bus(address: str) -> None:
    """Say the first words of D-Bus and hear its answer."""
    if not address:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as end:
        end.settimeout(5)
        end.connect(address)
        end.sendall(b"\0AUTH\r\n")
        if not end.recv(64).startswith(b"REJECTED"):  # the answer is a list of the ways to say who one is
            raise ConnectionError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))


def _made(make: str, remove: str, *arguments: int) -> Callable[[Targets], None]:
    """Make an object of System V; it would outlive us, so it is removed."""

    def probe(targets: Targets) -> None:
        identifier = call(make, 0, *arguments)
        call(remove, identifier, *((0, _REMOVE) if make == "semget" else (_REMOVE, 0)))

    return probe


def _queue(targets: Targets) -> None:
    name = f"preceptor-probe-{os.getpid()}".encode()
    try:
        os.close(call("mq_open", name, os.O_RDWR | os.O_CREAT, 0o600, None))
    except OSError:
        with suppress(OSError):  # Landlock refuses a queue that the kernel has made already
            call("mq_unlink", name)
        raise
    call("mq_unlink", name)  # one that is left counts against this user's limit until the machine restarts


PROBES: dict[str, Probe] = {
    "session_bus": lambda t: _bus(t.session_bus),
    "system_bus": lambda t: _bus("/run/dbus/system_bus_socket"),
    "key_ring": asks("keyctl", 0, -3, 0),
    "new_key_ring": asks("keyctl", 1, None),
    "add_key": asks("add_key", b"user", b"preceptor-probe", b"1", 1, -1),  # on a ring that ends with the thread
    "request_key": asks("request_key", b"user", b"preceptor-probe-none", None, 0, but=(errno.ENOKEY,)),
    "list_keys": lambda t: os.close(os.open("/proc/keys", os.O_RDONLY)),
    "shared_memory": _made("shmget", "shmctl", 4096, 0o1600),
    "semaphores": _made("semget", "semctl", 1, 0o1600),
    "message_queue": _made("msgget", "msgctl", 0o1600),
    "named_queue": _queue,
}
