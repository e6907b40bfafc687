"""A door's Seatbelt profile: its code, its own paths, its ports, and nothing else; judged word by word."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from seatbelt_door_rules import Kept, door_objections
from seatbelt_rules import allowed, read

from sandbox.errors import JailRefused
from sandbox.jail.doors import DoorRules
from sandbox.jail.macos import profile as seatbelt
from sandbox.jail.macos.door_profile import RESOLVER, door_profile
from sandbox.jail.macos.profile import Seatbelt

CODE = ("/usr/lib/python3",)
DOORS = {
    "broker": ({}, Kept()),
    "gate": (
        {"inet": True, "connect_ports": (443, 8443), "start_processes": True},
        Kept(inet=True, ports=(443, 8443), processes=True),
    ),
    "unix": ({"unix_sockets": True}, Kept(unix=True)),
}

# What a door must not get, as a rule that somebody might add; the gate keeps most, so it is judged by the gate.
TOO_MUCH = (
    *("(allow network-outbound)", "(allow network*)", '(allow network-outbound (remote tcp "*:*"))'),
    *('(allow network-outbound (remote tcp "*:22"))', '(allow network-outbound (remote udp "*:53"))'),
    *('(allow network-outbound (remote ip "*:443"))', "(allow network-outbound (remote unix-socket))"),
    *('(allow network-bind (local tcp "*:443"))', '(allow network-inbound (local tcp "*:443"))'),
    *('(allow network-outbound (literal "/private/var/run/cupsd"))', "(allow system-socket)"),
    *("(allow signal)", "(allow signal (target others))", "(allow signal process-info-rusage (target pgrp))"),
    *("(allow process-info* (target children))", "(allow process-info-pidinfo (target same-sandbox))"),
    *("(allow process-exec)", '(allow process-exec (literal "/bin/sh"))', "(allow process*)"),
    *('(allow process-exec (subpath (param "START_0")))', '(allow process-exec (literal (param "READ_0")))'),
    *('(allow file-write* (subpath (param "WRITE_0")))', '(allow file-write-create (subpath (param "WRITE_0")))'),
    *('(allow file-write-create (require-all (subpath (param "WRITE_0")) (vnode-type SYMLINK)))',),
    *('(allow file-write-create (require-all (subpath (param "READ_0")) (vnode-type DIRECTORY)))',),
    *('(allow file-write-create (require-any (subpath (param "WRITE_0")) (vnode-type DIRECTORY)))',),
    *('(allow file-write-data (subpath (param "READ_0")))', '(allow file-write-mode (subpath (param "WRITE_0")))'),
    *('(allow file-write-data (literal "/private/etc/hosts"))', '(allow file-link (subpath (param "WRITE_0")))'),
    *('(allow file-map-executable (subpath (param "WRITE_0")))', '(allow file-read* (subpath "/private/var"))'),
    *('(allow mach-lookup (global-name "com.apple.SecurityServer"))', "(allow file-read*)", "(allow default)"),
)


@pytest.fixture
def paths(tmp_path: Path) -> dict[str, tuple[Path, ...]]:
    """A database to read; a folder and a log to write."""
    for name in ("data.db", "audit.log"):
        (tmp_path / name).write_text("rows")
    (tmp_path / "run").mkdir()
    return {"read": (tmp_path / "data.db",), "write": (tmp_path / "run", tmp_path / "audit.log")}


def made(paths: dict[str, tuple[Path, ...]], **rules: object) -> Seatbelt:
    return door_profile(DoorRules(**paths, **rules), CODE, seatbelt.interpreters())


@pytest.mark.parametrize("door", DOORS)
def test_a_door_may_do_what_it_keeps_and_nothing_else(door: str, paths: dict[str, tuple[Path, ...]]) -> None:
    rules, kept = DOORS[door]
    assert door_objections(read(made(paths, **rules).text), kept) == []


@pytest.mark.parametrize("door", ["gate", "unix"])
def test_what_one_door_keeps_is_objected_to_in_another(door: str, paths: dict[str, tuple[Path, ...]]) -> None:
    assert door_objections(read(made(paths, **DOORS[door][0]).text), Kept())


@pytest.mark.parametrize("more", TOO_MUCH)
def test_a_rule_that_gives_a_door_more_is_objected_to(more: str, paths: dict[str, tuple[Path, ...]]) -> None:
    rules, kept = DOORS["gate"]
    assert door_objections(read(made(paths, **rules).text + more), kept)


def test_a_door_that_can_not_end_its_jails_is_objected_to(paths: dict[str, tuple[Path, ...]]) -> None:
    text = made(paths).text.replace("(target children)", "(target self)")
    assert door_objections(read(text), Kept())


def test_a_door_has_the_rules_of_a_jail_but_for_starting(paths: dict[str, tuple[Path, ...]]) -> None:
    """One vocabulary: every rule of a jail stands in a door's profile, with the same lists."""
    jail = seatbelt.profile(CODE, seatbelt.interpreters()).text
    plain = re.compile(r'\n  \((literal|subpath) \(param "\w+"\)\)')
    rules = [plain.sub("", rule) for rule in re.split(r"\n(?=\()", jail) if "process-exec" not in rule]
    for given, _ in DOORS.values():
        door = plain.sub("", made(paths, **given).text)
        assert [rule for rule in rules if rule.strip() not in door] == []


def test_paths_stand_where_they_belong(paths: dict[str, tuple[Path, ...]]) -> None:
    door = made(paths)
    rules = read(door.text)
    place = {name: value for name, value in door.parameters.items() if name.startswith(("READ", "WRITE", "START"))}
    assert {os.path.basename(value) for value in place.values()} - {"pyvenv.cfg"} == {"data.db", "run", "audit.log"}
    written = {place[value[1:]]: kind for kind, value in allowed(rules, "file-write-data") if value[0] == "$"}
    folder, log = map(os.path.realpath, paths["write"])
    assert written == {folder: "subpath", log: "literal"}
    assert {place[value[1:]] for _, value in allowed(rules, "file-write-unlink")} == {folder}
    assert folder in door.parameters.values() and door.text.count("file-write-create") == 1
    mapped = {door.parameters[value[1:]] for _, value in allowed(rules, "file-map-executable") if value[0] == "$"}
    assert mapped == set(CODE)


def test_only_a_door_with_network_gets_to_the_resolver_and_its_ports(paths: dict[str, tuple[Path, ...]]) -> None:
    gate = made(paths, inet=True, connect_ports=(443,))
    assert gate.parameters["RESOLVER"] == RESOLVER
    assert '(remote tcp "*:443")' in gate.text and "udp" not in gate.text
    assert os.path.realpath("/etc/hosts") in gate.parameters.values()
    for quiet in (made(paths), made(paths, connect_ports=(443,))):  # ports without network are none
        assert "network" not in quiet.text and RESOLVER not in quiet.parameters.values()
        assert "/etc/hosts" not in quiet.parameters.values()


@pytest.mark.parametrize("port", [0, -1, 1 << 16])
def test_what_is_no_port_is_never_read_as_any(port: int, paths: dict[str, tuple[Path, ...]]) -> None:
    with pytest.raises(ValueError, match="no port"):
        made(paths, inet=True, connect_ports=(port,))


def test_a_path_given_by_a_link_is_opened_where_it_leads_and_the_way_may_be_seen(tmp_path: Path) -> None:
    """Seatbelt knows real paths only; whoever follows a link asks what it is, and what every folder on the way is."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "cert.pem").touch()
    (tmp_path / "middle").symlink_to("real")
    (tmp_path / "etc").symlink_to(tmp_path / "middle")
    door = door_profile(DoorRules(read=(tmp_path / "etc" / "cert.pem",)), CODE, ())
    names = {value: name for name, value in door.parameters.items()}
    assert names[str(tmp_path / "real" / "cert.pem")].startswith("READ_")
    assert {names[str(tmp_path / link)][:5] for link in ("etc", "middle")} == {"LINK_"}
    assert names[str(tmp_path / "real")].startswith("ABOVE_")
    rules = read(door.text)
    looked_at = {value for _, value in allowed(rules, "file-read-metadata")}
    assert {f"${names[str(tmp_path / link)]}" for link in ("etc", "middle", "real")} <= looked_at
    assert f"${names[str(tmp_path / 'etc')]}" not in {value for _, value in allowed(rules, "file-read-data")}


def test_what_is_not_there_is_not_read_and_a_name_is_never_a_rule(tmp_path: Path) -> None:
    odd = tmp_path / 'x")) (allow network*) (("'
    odd.mkdir()
    door = door_profile(DoorRules(read=(tmp_path / "gone.db",), write=(odd,)), CODE, ())
    assert not any("gone.db" in value for value in door.parameters.values())
    assert str(odd) in door.parameters.values() and "network" not in door.text


@pytest.mark.parametrize("wide", ["/", "/etc", "/tmp", "~", "~/.."])
@pytest.mark.parametrize("what", ["read", "write"])
def test_a_place_that_holds_a_whole_home_is_refused(what: str, wide: str) -> None:
    place = Path(os.path.realpath(os.path.expanduser(wide)))
    with pytest.raises(JailRefused, match="'seatbelt'.*more than what the door is for") as refused:
        door_profile(DoorRules(**{what: (place,)}), CODE, ())
    assert "folders of their own" in refused.value.advice


def test_every_parameter_is_used_and_every_used_one_is_given(paths: dict[str, tuple[Path, ...]]) -> None:
    for rules, _ in DOORS.values():
        door = made(paths, **rules)
        assert set(re.findall(r'\(param "(\w+)"\)', door.text)) == set(door.parameters)
