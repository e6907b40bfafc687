"""The Seatbelt profile of a door on macOS: a jail's, and the one thing that the door is for.

    seatbelt = door_profile(rules, code_places(site_packages()), interpreters())

Nothing can be taken away twice on this system: a confined process can't be confined again, and neither can what it
starts. So a door has to start its jails before; they are its children, and it may go on ending and measuring them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.jail.macos.profile import (
    Seatbelt,
    allow,
    numbered,
    parameter,
    places,
    quoted,
    refuse_if_wide,
    start,
    written,
)
from sandbox.jail.profile import INTERNET, venv_settings

if TYPE_CHECKING:
    from sandbox.jail.doors import DoorRules

# Names are resolved by a daemon behind this socket. No datagram leaves the process itself.
RESOLVER = "/private/var/run/mDNSResponder"
_KINDS = ("REGULAR-FILE", "DIRECTORY")
_ADVICE = "Keep the database and the workspace in folders of their own."


def door_profile(rules: DoorRules, code: Iterable[str], executables: Iterable[str]) -> Seatbelt:
    """The profile of a door with these rules whose own code is `code` (real paths).

    Paths that may be read and are not there are left out. A folder that holds a whole home, or /etc, is refused.
    """
    wanted = [*map(str, rules.read), *(INTERNET if rules.inet else ()), venv_settings()]
    read = numbered("READ", _real(wanted))
    write = numbered("WRITE", _real(map(str, rules.write)))
    for place in (*read.values(), *write.values()):
        refuse_if_wide(place, "what the door is for", _ADVICE)
    started = numbered("START", executables if rules.start_processes else ())
    links = numbered("LINK", _links((*wanted, *map(str, rules.write))))
    resolver = {"RESOLVER": RESOLVER} if rules.inet else {}
    more = [
        allow("signal process-info-rusage", ["(target children)"]),
        allow("file-write-data", [f"(literal {quoted(os.devnull)})"]),
        *_reading(read, links),
        *_writing(write),
        *_network(rules, resolver),
        *(["(allow process-fork)", start(started)] if rules.start_processes else ()),
    ]
    return written(numbered("CODE", code), started, more=more, other={**read, **write, **links, **resolver})


def _reading(read: dict[str, str], links: dict[str, str]) -> list[str]:
    seen = [f"(literal {parameter(name)})" for name in links]
    return [
        *([allow("file-read*", places(read))] if read else ()),
        *([allow("file-read-metadata", seen)] if seen else ()),
    ]


def _writing(write: dict[str, str]) -> list[str]:
    """In a folder, files and folders may be made, replaced and removed; neither links, sockets nor devices made."""
    if not write:
        return []
    folders = {name: place for name, place in write.items() if os.path.isdir(place)}
    rules = [allow("file-read* file-write-data", places(write))]
    if folders:
        made = [f"(require-all {place} (vnode-type {kind}))" for place in places(folders) for kind in _KINDS]
        rules += [allow("file-write-create", made), allow("file-write-unlink", places(folders))]
    return rules


def _network(rules: DoorRules, resolver: dict[str, str]) -> list[str]:
    filters = []
    if rules.inet:
        filters += [f"(remote tcp {quoted(f'*:{_port(port)}')})" for port in rules.connect_ports]
        filters += [f"(literal {parameter(name)})" for name in resolver]
    if rules.unix_sockets:
        filters.append("(remote unix-socket)")
    return [allow("network-outbound", filters)] if filters else []


def _port(number: int) -> int:
    """`*:0` and whatever else is no port could be read as any."""
    if not 0 < int(number) < 1 << 16:
        raise ValueError(f"{number} is no port")
    return int(number)


def _real(paths: Iterable[str]) -> list[str]:
    return [os.path.realpath(path) for path in paths if os.path.exists(path)]


def _links(paths: Iterable[str]) -> list[str]:
    """Every link on the way to these: who follows one asks what it is. What it leads to may be another link."""
    found: dict[str, None] = {}
    ahead = [path for path in map(os.path.abspath, paths) if os.path.exists(path)]
    while ahead:
        path = ahead.pop()
        for one in (*reversed(Path(path).parents), Path(path)):
            if str(one) not in found and one.is_symlink():
                found[str(one)] = None
                ahead.append(os.path.normpath(one.parent / os.readlink(one)))
    return list(found)
