"""Doors confine themselves: they keep the one thing they are for, and give up the rest of the machine.

    confine_door(DoorRules(read=(database,), write=(run_folder,)))                          # broker, local files
    confine_door(DoorRules(write=(question,), inet=True, connect_ports=(443,), start_processes=True))   # gate

Call it when the secrets have been fetched and before the first thread: Landlock holds for the calling thread and
what it starts later. There is no way back.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from sandbox.errors import JailRefused
from sandbox.jail.child import living_children
from sandbox.jail.profile import interpreter, readable, site_packages
from sandbox.jail.report import JailReport

# What a TLS connection by name needs: how names are resolved, and whom to trust. No private key lies there.
_INTERNET = (
    *("/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf", "/etc/services"),
    *("/etc/ssl/certs", "/etc/ssl/cert.pem", "/etc/ssl/openssl.cnf", "/etc/pki/tls/certs", "/etc/pki/tls/openssl.cnf"),
    *("/etc/pki/ca-trust/extracted", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates"),
)
_LOADERS = ("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1")


@dataclass(frozen=True, kw_only=True)
class DoorRules:
    """What a door keeps, beside its own code.

    `read`: files and folders (those that are not there are skipped). `write`: existing files, or folders in which
    files may be made, replaced and removed. `inet`: TCP to `connect_ports`, UDP for names, and the system's
    resolver and certificate files. `start_processes`:
    Python only, under this same confinement. `children`: further processes it may go on signalling; the
    jailed ones that it has started are known.
    """

    read: tuple[Path, ...] = ()
    write: tuple[Path, ...] = ()
    connect_ports: tuple[int, ...] = ()
    inet: bool = False
    unix_sockets: bool = False
    start_processes: bool = False
    children: tuple[int, ...] = ()


def confine_door(rules: DoorRules) -> JailReport:
    """Confine this process for ever and report the layers; `JailRefused` when one can't be had.

    1. Nothing runs beside us that would stay outside.
    2. What is imported later is found now, while its folder can still be listed.
    3. The layers; all of them, or the door must not open.
    """
    if sys.platform != "linux":
        raise JailRefused(f"Isolation on {sys.platform!r} has not been verified, so nothing is run.", "Use Linux.")
    _check_threads()  # (1)
    for path in rules.write:
        if not path.exists():
            raise JailRefused(f"{path.name} does not exist, so no door can be allowed to write it.", "Create it first.")
    import_module("resources")  # (2)
    report = JailReport(role="door", layers=_apply(rules))  # (3)
    report.check_mandatory()
    return report


def _apply(rules: DoorRules) -> dict[str, str]:
    from sandbox.jail.linux import confine, duckdb_import
    from sandbox.jail.linux.landlock import Reach

    reach = Reach(
        read=(*readable(site_packages()), *map(str, rules.read), *(_INTERNET if rules.inet else ()), _venv_settings()),
        write=("/dev/null", *map(str, rules.write)),
        execute=(interpreter(), *_LOADERS) if rules.start_processes else (),
        connect_ports=rules.connect_ports if rules.inet else (),
        scope_unix=not rules.unix_sockets,
        # A door must be able to kill the jails that it started before it was confined; the kernel would take
        # those for strangers. The seccomp filter limits signals instead.
        scope_signals=False,
    )
    steps = confine.door_steps(
        reach,
        processes=rules.start_processes,
        inet=rules.inet,
        unix=rules.unix_sockets,
        children=(*living_children(), *rules.children),
    )
    layers = confine.apply(steps)
    duckdb_import.install()
    return layers


def _venv_settings() -> str:
    return os.path.join(sys.prefix, "pyvenv.cfg")


def _check_threads() -> None:
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        raise JailRefused(
            f"{threads - 1} threads were running before the door was confined, and would stay outside.",
            "This is an error in Preceptor: a library that starts threads was imported too early.",
        )
