"""Worlds of one's own, in which one would be root, and other trees of files."""

from __future__ import annotations

import errno
import os

from sandbox.jail.attacks.aim import Probe, Targets, asks, call, pipes, reaches

_USER, _MOUNT, _NETWORK, _IPC = 0x10000000, 0x00020000, 0x40000000, 0x08000000
_UTS, _PID, _CGROUP, _TIME = 0x04000000, 0x20000000, 0x02000000, 0x80
_PRIVATE = 1 << 18
_HERE = -100


def _join(targets: Targets) -> None:
    with pipes(targets) as ends:
        reaches("setns", ends[0], 0, but=(errno.EINVAL,))  # let in, but this is no namespace


NEED_ROOT = frozenset(
    {"mount", "unmount", "other_root", "change_root", "copy_tree", "new_file_system", "move_tree", "pick_file_system"}
)

PROBES: dict[str, Probe] = {
    "new_user_namespace": asks("unshare", _USER),
    "new_network_namespace": asks("unshare", _USER | _NETWORK),
    "new_mount_namespace": asks("unshare", _USER | _MOUNT),
    "new_ipc_namespace": asks("unshare", _USER | _IPC),
    "new_name_namespace": asks("unshare", _USER | _UTS),
    "new_process_namespace": asks("unshare", _USER | _PID),
    "new_group_namespace": asks("unshare", _USER | _CGROUP),
    "new_time_namespace": asks("unshare", _USER | _TIME),
    "own_table_of_files": asks("unshare", 0x400),
    "join_namespace": _join,
    "mount": lambda t: reaches("mount", b"none", t.folder.encode(), None, _PRIVATE, None, but=(errno.EINVAL,)),
    "unmount": lambda t: reaches("umount2", t.folder.encode(), 0, but=(errno.EINVAL,)),
    "other_root": lambda t: reaches(
        "pivot_root", t.folder.encode(), t.folder.encode(), but=(errno.EINVAL, errno.EBUSY)
    ),
    "change_root": asks("chroot", b"/"),
    "open_tree": lambda t: os.close(call("open_tree", _HERE, t.folder.encode(), 0)),
    "copy_tree": lambda t: os.close(call("open_tree", _HERE, t.folder.encode(), 1)),
    "move_tree": lambda t: reaches("move_mount", _HERE, t.folder.encode(), _HERE, t.folder.encode(), 0),
    "new_file_system": lambda t: os.close(call("fsopen", b"tmpfs", 0)),
    "pick_file_system": lambda t: reaches("fspick", _HERE, t.folder.encode(), 0),
}
