"""Files of others: their content, their names, what is known about them, and making new ones."""

from __future__ import annotations

import errno
import os

from sandbox.jail.attacks.aim import Probe, Targets, call, reaches

_ANYTHING = -1


def _open(path: str, flags: int = os.O_RDONLY) -> None:
    os.close(os.open(path, flags, 0o600))


def _new(targets: Targets, kind: str) -> str:
    return os.path.join(targets.folder, f"{kind}{os.getpid()}")


def _remove(targets: Targets) -> None:
    reaches("unlinkat", -100, targets.folder.encode(), 0, but=(errno.EISDIR,))


def _remove_folder(targets: Targets) -> None:
    reaches("unlinkat", -100, targets.file.encode(), 0x200, but=(errno.ENOTDIR,))


def _attribute(name: str, *arguments: int | bytes) -> Probe:
    """A file system may have no attributes: then we were let in all the same."""
    return lambda t: reaches(name, t.file.encode(), *arguments, but=(errno.EOPNOTSUPP, errno.ENODATA))


def _watch(targets: Targets) -> None:
    watcher = call("inotify_init1", 0)
    try:
        call("inotify_add_watch", watcher, targets.folder.encode(), 0x2)
    finally:
        os.close(watcher)


def _handle(targets: Targets) -> None:
    reaches(
        "name_to_handle_at",
        -100,
        targets.file.encode(),
        bytes(200),
        bytes(8),
        0,
        but=(errno.EOVERFLOW, errno.EOPNOTSUPP),
    )


def _allocate(targets: Targets) -> None:
    file = os.open(targets.file, os.O_RDONLY)
    try:
        reaches("fallocate", file, 0, 0, 1, but=(errno.EBADF,))
    finally:
        os.close(file)


def _name_of_machine(targets: Targets) -> None:
    """As `uname` tells it; which kernel this is it always tells."""
    if os.uname().nodename != targets.host:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))


NAMES_ONLY: dict[str, Probe] = {
    "see_file": lambda t: os.stat(t.file),
    "see_file_newer": lambda t: call("statx", -100, t.file.encode(), 0, 0x7FF, bytes(256)),
    "see_process": lambda t: os.stat(f"/proc/{t.pid}"),
    "see_disk": lambda t: os.statvfs(t.folder),
    "see_access": lambda t: call("faccessat", -100, t.file.encode(), os.R_OK),
    "see_name_of_machine": _name_of_machine,
    "see_where_link_leads": lambda t: os.readlink(t.link),
}

PROBES: dict[str, Probe] = {
    "read_home": lambda t: os.listdir(t.home),
    "read_file": lambda t: _open(t.file),
    "read_accounts": lambda t: _open("/etc/passwd"),
    "open_path_only": lambda t: _open(t.file, os.O_PATH),
    "open_newer": lambda t: os.close(call("openat2", -100, t.file.encode(), bytes(24), 24)),
    "enter_folder": lambda t: os.chdir(t.folder),
    "write_file": lambda t: _open(t.file, os.O_WRONLY),
    "append_to_file": lambda t: _open(t.file, os.O_WRONLY | os.O_APPEND),
    "truncate_file": lambda t: os.truncate(t.file, 0),
    "truncate_by_reading": lambda t: _open(t.file, os.O_RDONLY | os.O_TRUNC),
    "make_file": lambda t: _open(os.path.join(t.folder, "made"), os.O_WRONLY | os.O_CREAT),
    "make_nameless_file": lambda t: _open(t.folder, os.O_WRONLY | os.O_TMPFILE),
    "make_folder": lambda t: os.mkdir(_new(t, "folder")),
    "make_link": lambda t: os.symlink("/etc", _new(t, "link")),
    "make_hard_link": lambda t: os.link(t.file, _new(t, "hard")),
    "make_pipe_file": lambda t: os.mkfifo(_new(t, "pipe")),
    "make_socket_file": lambda t: os.mknod(_new(t, "socket"), 0o140600),
    "rename_file": lambda t: os.rename(t.file, t.file),
    "exchange_files": lambda t: call("renameat2", -100, t.file.encode(), -100, t.file.encode(), 0x2),
    "remove_file": _remove,
    "remove_folder": _remove_folder,
    "reserve_space": _allocate,
    "change_mode": lambda t: os.chmod(t.file, 0o600),
    "change_owner": lambda t: os.chown(t.file, os.getuid(), os.getgid()),
    "change_times": lambda t: os.utime(t.file),
    "set_attribute": _attribute("setxattr", b"user.probe", b"1", 1, 0),
    "read_attribute": _attribute("getxattr", b"user.none", bytes(8), 8),
    "list_attributes": _attribute("listxattr", bytes(8), 0),
    "remove_attribute": _attribute("removexattr", b"user.none"),
    "watch_folder": _watch,
    "take_handle": _handle,
}
