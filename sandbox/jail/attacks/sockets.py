"""Talking: sockets of every family, connecting, listening, and pairs."""

from __future__ import annotations

import contextlib
import errno
import os
import socket

from sandbox.jail.attacks.aim import Probe, Targets

_FAMILIES = range(1, 47)
_KINDS = (1, 2, 3, 5)  # stream, datagram, raw, sequenced packets
_MSG_FASTOPEN, _MPTCP = 0x20000000, 262
_NETLINK, _PACKET, _ALG, _VSOCK, _BLUETOOTH = 16, 17, 38, 40, 31


def _connect(family: int, kind: int, address: tuple[str, int] | str) -> None:
    with socket.socket(family, kind) as end:
        end.settimeout(5)
        end.connect(address)


def _socket(family: int, kind: int, protocol: int = 0) -> Probe:
    return lambda targets: socket.socket(family, kind, protocol).close()


def _close_all(ends: tuple[socket.socket, ...]) -> None:
    for end in ends:
        end.close()


def _listen(targets: Targets) -> None:
    socket.create_server(("127.0.0.1", 0)).close()


def _any_socket(targets: Targets) -> None:
    """One of all families and kinds that there are, but for the two that a door may have."""
    for family in _FAMILIES:
        for kind in _KINDS:
            if family in (socket.AF_INET, socket.AF_INET6) and kind != socket.SOCK_RAW:
                continue
            try:
                socket.socket(family, kind).close()
            except OSError:
                continue
            return
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


def _fast_open(targets: Targets) -> None:
    """Connect by sending, where a wall may look at connecting alone."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as end:
        end.setblocking(False)
        with contextlib.suppress(BlockingIOError):  # it is on its way
            end.sendto(b"x", _MSG_FASTOPEN, ("127.0.0.1", targets.port))


def _multipath(targets: Targets) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, _MPTCP) as end:
        end.settimeout(5)
        end.connect(("127.0.0.1", targets.port))


# Options of the kernel, or for some groups of users only.
MAY_LACK = frozenset({"fast_open", "multipath", "ping_socket"})
NEED_ROOT = frozenset({"packet_socket", "raw_socket"})

PROBES: dict[str, Probe] = {
    "tcp": lambda t: _connect(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", t.port)),
    "udp": lambda t: _connect(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", t.port)),
    "fast_open": _fast_open,
    "multipath": _multipath,
    "ping_socket": _socket(socket.AF_INET, socket.SOCK_DGRAM, 1),
    "tcp6": _socket(socket.AF_INET6, socket.SOCK_STREAM),
    "listen": _listen,
    "raw_socket": _socket(socket.AF_INET, socket.SOCK_RAW, 1),
    "unix_socket": lambda t: _connect(socket.AF_UNIX, socket.SOCK_STREAM, t.unix),
    "abstract_socket": lambda t: _connect(socket.AF_UNIX, socket.SOCK_STREAM, f"\0{t.abstract}"),
    "socket_pair": lambda t: _close_all(socket.socketpair()),
    "netlink": _socket(_NETLINK, socket.SOCK_RAW),
    "packet_socket": _socket(_PACKET, socket.SOCK_DGRAM),
    "machine_socket": _socket(_VSOCK, socket.SOCK_STREAM),
    "cipher_socket": _socket(_ALG, 5),
    "bluetooth_socket": _socket(_BLUETOOTH, 5),
    "any_socket": _any_socket,
}
