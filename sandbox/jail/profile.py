"""Who is jailed, what each may use, and where the code lies that a jail can read.

    Role.PROGRAM                      # runs sandbox.program.runner
    Limits(memory_mb=4096, cpu_seconds=600)

Only the standard library is imported here: the launcher reads this before it is confined.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Role(StrEnum):
    """The kinds of jailed process. All have the same walls; they differ in what runs and in limits."""

    AGENT = "agent"
    CHECKS = "checks"
    DRAFTING_WORKER = "drafting_worker"
    PROGRAM = "program"
    PROBE = "probe"


# The module of each role; the launcher calls its `main(channel, inherited)`.
ENTRY = {
    Role.AGENT: "sandbox.agent.loop",
    Role.CHECKS: "sandbox.checks.worker",
    Role.DRAFTING_WORKER: "sandbox.review.trial_worker",
    Role.PROGRAM: "sandbox.program.runner",
    Role.PROBE: "sandbox.jail.probes",
}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the kernel enforces. `memory_mb` is address space, so leave 2 GB for libraries; sizes in bytes.

    `threads` holds where there are user namespaces and we are not root. It is more than a run may have: what watches
    the run (`Child.threads`) ends it with a sentence; this only keeps it from being too late.
    """

    memory_mb: int | None = None
    cpu_seconds: int | None = None
    files: int = 256
    file_size: int = 0
    threads: int = 512


# How the launcher ends when it is not its work that ends it, and how much it may write to standard error.
EXIT_NOT_CONFINED = 80
EXIT_OUT_OF_MEMORY = 81
STDERR_LIMIT = 64 * 1024

# The folder that holds `sandbox` and `resources`: a checkout, or site-packages.
ROOT = Path(__file__).resolve().parents[2]

# What every dynamic program of this system reads. Nothing else of /etc, nothing of /proc.
_SYSTEM = (
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/local/lib",
    "/lib",
    "/lib64",
    "/usr/share/zoneinfo",
    "/usr/share/fonts",
    "/etc/ld.so.cache",
    "/dev/null",
    "/dev/urandom",
)

# What a TLS connection by name needs: how names are resolved, and whom to trust. No private key lies there.
INTERNET = (
    *("/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf", "/etc/services"),
    *("/etc/ssl/certs", "/etc/ssl/cert.pem", "/etc/ssl/openssl.cnf", "/etc/pki/tls/certs", "/etc/pki/tls/openssl.cnf"),
    *("/etc/pki/ca-trust/extracted", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates"),
)


def site_packages() -> tuple[str, ...]:
    """Where this process (perhaps in a venv) finds third-party libraries; a frozen one has none but its own."""
    if getattr(sys, "frozen", False):
        return ()
    paths = sysconfig.get_paths()
    return tuple(dict.fromkeys(os.path.realpath(paths[name]) for name in ("purelib", "platlib")))


def readable(site: tuple[str, ...]) -> tuple[str, ...]:
    """Everything that a jail may read: code and fonts and time zones, never a folder that people write into."""
    if getattr(sys, "frozen", False):  # the folder of libraries, and the executable: the modules are inside it
        return (str(ROOT), interpreter(), *_SYSTEM)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    native = os.path.join(sys.base_exec_prefix, sys.platlibdir, version)
    libraries = sysconfig.get_config_var("LIBDIR") or ""
    shared = [str(path) for path in Path(libraries).glob("libpython*.so*")] if libraries else []
    ours = [str(ROOT / "sandbox"), str(ROOT / "resources")]
    folders = (sysconfig.get_path("stdlib"), native, *shared, *site, *ours, *_SYSTEM)
    return tuple(dict.fromkeys(folders))


def venv_settings() -> str:
    """The file by which a Python knows its venv; only there in one."""
    return os.path.join(sys.prefix, "pyvenv.cfg")


def interpreter() -> str:
    """The real interpreter behind a venv's link; it is started with -I -S, so the venv plays no part."""
    return os.path.realpath(sys.executable)
