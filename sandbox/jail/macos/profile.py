"""The Seatbelt profile of every jailed process on macOS, the command that starts one under it, and what doors share.

    seatbelt = profile(code_places(site), interpreters())
    seatbelt.command(["/usr/local/bin/python3.11", "-I", "-S", "launcher.py", order])

Denied by default: no network, no Mach service, no process, nothing written, no file but code, fonts and time zones.
Paths of this machine never stand in the text; they are parameters, so that no character of theirs is read as a rule.
The program that is started is run under the profile already, so the interpreter is the one thing that may be executed.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import JailRefused
from sandbox.jail.profile import ROOT

# The absolute path, on the sealed system volume: what PATH says is not asked.
SANDBOX_EXEC = "/usr/bin/sandbox-exec"

# Libraries of the system, which a process maps and reads.
SYSTEM_CODE = (
    "/usr/lib",
    "/System/Library/Frameworks",
    "/System/Library/PrivateFrameworks",
    "/System/Library/SubFrameworks",
    "/System/Volumes/Preboot/Cryptexes",
    "/Library/Apple",
)
SYSTEM_DATA = ("/System/Library/Fonts", "/private/var/db/timezone")
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
# Links that lead to the above. That they are there may be seen, not what lies beside them.
LINKS = ("/var", "/System/Cryptexes", "/System/Cryptexes/OS", "/usr/share", "/usr/share/zoneinfo")

# What libraries ask about the processor and the version of the system. Neither the host's name nor its memory.
SYSCTLS = (
    *("hw.activecpu", "hw.byteorder", "hw.cachelinesize", "hw.cacheconfig", "hw.cpufamily", "hw.cputype"),
    *("hw.cpusubtype", "hw.l1dcachesize", "hw.l1icachesize", "hw.l2cachesize", "hw.l3cachesize", "hw.logicalcpu"),
    *("hw.logicalcpu_max", "hw.machine", "hw.ncpu", "hw.nperflevels", "hw.packages", "hw.pagesize"),
    *("hw.pagesize_compat", "hw.physicalcpu", "hw.physicalcpu_max", "hw.tbfrequency", "hw.vectorunit"),
    *("kern.osrelease", "kern.ostype", "kern.osversion", "kern.osproductversion", "kern.osvariant_status"),
    *("kern.argmax", "kern.maxfilesperproc", "kern.secure_kernel", "kern.usrstack64", "sysctl.proc_cputype"),
)
SYSCTL_PREFIXES = ("hw.optional.", "hw.perflevel", "machdep.cpu.")

# No code lies in these or in a folder that holds one of them.
_PRIVATE = (
    *("/Users", "/Volumes", "/Applications", "/Library/Keychains", "/private/etc", "/private/tmp", "/etc", "/tmp"),
    *("/private/var/folders", "/private/var/tmp", "/private/var/db/dslocal", "/private/var/root", "/var", "/dev"),
)


@dataclass(frozen=True)
class Seatbelt:
    """A profile and what its parameters stand for."""

    text: str
    parameters: dict[str, str]

    def command(self, arguments: list[str]) -> list[str]:
        """`arguments` under the profile. sandbox-exec becomes them: the process id stays the same."""
        given = [word for name, value in self.parameters.items() for word in ("-D", f"{name}={value}")]
        return [SANDBOX_EXEC, "-p", self.text, *given, *arguments]


def profile(code: Iterable[str], executables: Iterable[str]) -> Seatbelt:
    """The profile for a process that reads and maps `code` and is started as one of `executables` (real paths).

    A folder that holds anybody's home, or /etc, or anything else that is not code, is refused.
    """
    started = numbered("START", executables)
    return written(numbered("CODE", code), started, more=[start(started)])


def written(
    code: dict[str, str], started: dict[str, str], *, more: list[str], other: dict[str, str] | None = None
) -> Seatbelt:
    """The rules that every process of ours needs, then `more` of them.

    `other` are further places of this machine that `more` speaks of; the ways to all of them may be seen.
    """
    for place in (*code.values(), *started.values()):
        refuse_if_wide(place, "code", "Install Preceptor and its Python in folders of their own.")
    given = {**code, **started, **(other or {})}
    seen = tuple(dict.fromkeys((*_above(_fixed()), *LINKS)))
    above = numbered("ABOVE", [folder for folder in _above(given.values()) if folder not in seen])
    rules = (
        "(version 1)",
        "(deny default)",
        allow("process-info*", ["(target self)"]),
        allow("signal", ["(target self)"]),
        allow("sysctl-read", _each("sysctl-name", map(quoted, SYSCTLS))),
        allow("sysctl-read", _each("sysctl-name-prefix", map(quoted, SYSCTL_PREFIXES))),
        allow("file-read-data", ['(literal "/")']),  # the loader opens it
        allow("file-read-metadata", _each("literal", [*map(quoted, seen), *map(parameter, above)])),
        allow("file-read* file-map-executable", _each("subpath", map(quoted, SYSTEM_CODE)) + places(code | started)),
        allow("file-read*", _each("subpath", map(quoted, SYSTEM_DATA))),
        allow("file-read*", _each("literal", map(quoted, DEVICES))),
        *more,
    )
    return Seatbelt("\n".join(rules) + "\n", given | above)


def numbered(kind: str, found: Iterable[str]) -> dict[str, str]:
    """Parameters for these places, each once."""
    return {f"{kind}_{at}": place for at, place in enumerate(dict.fromkeys(found))}


def start(started: dict[str, str]) -> str:
    """The rule that lets these programs be executed, and nothing else."""
    return allow("process-exec", _each("literal", map(parameter, started)))


def places(given: dict[str, str]) -> list[str]:
    """The filters for these parameters: a folder with all that is in it, or the one file."""
    return [f"({_filter(place)} {parameter(name)})" for name, place in given.items()]


def quoted(text: str) -> str:
    """As a string of the profile language."""
    if not text.isprintable():
        raise ValueError("a string of the profile holds characters that can't be printed")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def code_places(site: tuple[str, ...]) -> tuple[str, ...]:
    """The code that a jailed process runs: the interpreter's, the libraries', ours. Real paths of what exists."""
    if getattr(sys, "frozen", False):
        return (os.path.dirname(os.path.realpath(sys.executable)),)
    libraries = sysconfig.get_config_var("LIBDIR") or ""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    found = [
        sysconfig.get_path("stdlib"),
        os.path.join(sys.base_exec_prefix, sys.platlibdir, version),
        *(sorted(str(library) for library in Path(libraries).glob("*.dylib")) if libraries else ()),
        # A framework build: its library, and the program that its `python` becomes.
        os.path.join(sys.base_exec_prefix, "Python"),
        os.path.join(sys.base_exec_prefix, "Resources", "Python.app"),
        *site,
        str(ROOT / "sandbox"),
        str(ROOT / "resources"),
    ]
    return tuple(dict.fromkeys(os.path.realpath(place) for place in found if os.path.exists(place)))


def interpreters() -> tuple[str, ...]:
    """What is started, and what that becomes in a framework build."""
    becomes = os.path.join(sys.base_exec_prefix, "Resources", "Python.app", "Contents", "MacOS", "Python")
    started = (os.path.realpath(sys.executable), os.path.realpath(becomes))
    return tuple(dict.fromkeys(path for path in started if os.path.isfile(path)))


def refuse_if_wide(place: str, what: str, advice: str) -> None:
    """Refuse a place that is no whole path, or that holds a home, /etc or anything of the kind beside `what`."""
    home = os.path.expanduser("~")
    # File names of this system are the same in either case.
    private = {one.casefold().rstrip("/") + "/" for one in (*_PRIVATE, home, os.path.realpath(home))}
    whole = os.path.isabs(place) and "\0" not in place and os.path.normpath(place) == place
    if not whole or any(one.startswith(place.casefold().rstrip("/") + "/") for one in private):
        raise JailRefused(
            f"The jail's layer 'seatbelt' can't be established: {place!r} holds more than {what}.",
            advice,
        )


def _fixed() -> tuple[str, ...]:
    return (*SYSTEM_CODE, *SYSTEM_DATA, *DEVICES, *LINKS)


def _above(places: Iterable[str]) -> tuple[str, ...]:
    """Every folder on the way to these: looking up a path asks for what each of them is."""
    return tuple(dict.fromkeys(str(folder) for place in places for folder in reversed(Path(place).parents)))


def _filter(place: str) -> str:
    return "subpath" if os.path.isdir(place) else "literal"


def parameter(name: str) -> str:
    """What stands in the text for a place of this machine."""
    return f"(param {quoted(name)})"


def _each(kind: str, values: Iterable[str]) -> list[str]:
    return [f"({kind} {value})" for value in values]


def allow(operations: str, filters: list[str]) -> str:
    """An `allow` without filters would allow everything of its kind, so there is none."""
    if not filters:
        raise ValueError(f"nothing limits {operations}")
    return "\n  ".join((f"(allow {operations}", *filters)) + ")"
