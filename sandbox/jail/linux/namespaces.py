"""Namespaces where the machine lets us: a tree of files that holds what a jail may read and nothing else.

    enter(("/usr/lib", ...))     # "on: user, mount, network, ipc, uts", or "not here: CAUSE"

Landlock does not see `stat`, `access`, `readlink` and `statfs`; in this tree there is nothing for them to find. The
layer is an extra: containers, hardened kernels and Ubuntu's AppArmor forbid parts of it, and then the process goes on
in the tree that it had. https://man7.org/linux/man-pages/man2/pivot_root.2.html
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import struct
from dataclasses import dataclass

from sandbox.jail.linux.process import syscall

_NEW = {"user": 0x10000000, "mount": 0x00020000, "network": 0x40000000, "ipc": 0x08000000, "uts": 0x04000000}

_HOST = b"(jail)"  # what `uname` tells instead of the machine's name; none can be called so

_AT_FDCWD = -100
_OPEN_TREE = 0x1 | 0x80000 | 0x8000  # OPEN_TREE_CLONE, OPEN_TREE_CLOEXEC, AT_RECURSIVE
_THIS_TREE = 0x1000 | 0x8000  # AT_EMPTY_PATH, AT_RECURSIVE
_MOVE_FROM_FD = 0x4
_FS_STRING, _FS_CREATE, _FS_CLOEXEC = 1, 6, 1
_READ_ONLY, _NO_SETUID, _NO_DEVICES, _NO_EXECUTION = 0x1, 0x2, 0x4, 0x8
_PRIVATE = 1 << 18
_DETACH = 2
_MOST_LINKS = 40

# Here the new tree hangs until it becomes the root; nobody keeps libraries in it.
_HOOK = "/proc"
# Debian and Fedora lead from library to library by way of these links. They can be followed, not listed or read.
_LINKS = "/etc/alternatives"


class HalfBuilt(RuntimeError):
    """The tree of files could be neither finished nor taken back; nothing may run in it."""


@dataclass(frozen=True)
class _Plan:
    """What the new tree is made of: links by path, and the real paths that are shown in it."""

    links: dict[str, str]
    shown: tuple[str, ...]


def enter(readable: tuple[str, ...], looks_writable: str = "/tmp") -> str:
    """Give this process namespaces of its own, with only `readable` in sight and read-only.

    For a process with one thread, before Landlock, which forbids all of this. `looks_writable` is there too, empty.

    1. What is to be seen is found out, and then copied, while the old tree is still whole.
    2. A new tree is built beside it. Until here a failure leaves the process where it was.
    3. It becomes the root. From here on a failure ends the process: `HalfBuilt`.
    """
    with contextlib.ExitStack() as descriptors:
        try:
            plan = _plan((*readable, _LINKS))
            _unshare()
            copies = {path: _closing(descriptors, _copy(path)) for path in plan.shown}  # (1)
            tree = _closing(descriptors, _empty_tree())  # (2)
            _furnish(tree, plan, copies, looks_writable)
        except OSError as problem:
            return f"not here: {problem.filename}: {problem.strerror}"
        refusal = _become_root(tree, copies, looks_writable)  # (3)
    if refusal:
        return f"not here: {refusal}"
    _check_root(plan, looks_writable)
    return f"on: {', '.join(_NEW)}"


def _plan(paths: tuple[str, ...]) -> _Plan:
    links: dict[str, str] = {}
    real = {found for path in paths if (found := _follow(path, links)) is not None}
    shown = tuple(sorted(path for path in real if not any(path.startswith(f"{other}/") for other in real)))
    outside = {
        path: target for path, target in links.items() if not any(path.startswith(f"{other}/") for other in shown)
    }
    return _Plan(outside, shown)


def _follow(path: str, links: dict[str, str]) -> str | None:
    """The real path; every link on the way is noted in `links`. None when there is nothing."""
    at, rest = "/", path.split("/")
    hops = 0
    while rest:
        name = rest.pop(0)
        if name in ("", "."):
            continue
        here = os.path.normpath(os.path.join(at, name))
        try:
            if not stat.S_ISLNK(os.lstat(here).st_mode):
                at = here
                continue
        except FileNotFoundError:
            return None
        hops += 1
        if hops > _MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
        links[here] = os.readlink(here)
        rest = links[here].split("/") + rest
        at = "/" if links[here].startswith("/") else at
    return at


def _unshare() -> None:
    """New namespaces, in which we are who we were. All of them or none, except that what follows may
    fail: then the process has lost capabilities and the network, and nothing else changed for it."""
    user, group = os.geteuid(), os.getegid()
    syscall("unshare", sum(_NEW.values()))
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        _write(f"/proc/self/{name}", text)
    syscall("sethostname", _HOST, len(_HOST))
    syscall("setdomainname", _HOST, len(_HOST))


def _write(path: str, text: str) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(file, text.encode())
    except OSError as problem:
        raise OSError(problem.errno, problem.strerror, path) from problem
    finally:
        os.close(file)


def _copy(path: str) -> int:
    """What is mounted at this path, hung nowhere yet, read-only, and deaf to what is mounted outside later."""
    copy = syscall("open_tree", _AT_FDCWD, os.fsencode(path), _OPEN_TREE)
    try:
        device = stat.S_ISCHR(os.fstat(copy).st_mode)  # which could not be opened where there are to be no devices
        _restrict(copy, _READ_ONLY | _NO_SETUID | (0 if device else _NO_DEVICES))
    except OSError:
        os.close(copy)
        raise
    return copy


def _restrict(tree: int, attributes: int) -> None:
    syscall("mount_setattr", tree, b"", _THIS_TREE, struct.pack("=4Q", attributes, 0, _PRIVATE, 0), 32)


def _empty_tree() -> int:
    """A small file system in memory, hung nowhere yet."""
    context = syscall("fsopen", b"tmpfs", _FS_CLOEXEC)
    try:
        for key, value in ((b"size", b"256k"), (b"nr_inodes", b"1024"), (b"mode", b"0755")):
            syscall("fsconfig", context, _FS_STRING, key, value, 0)
        syscall("fsconfig", context, _FS_CREATE, None, None, 0)
        return syscall("fsmount", context, _FS_CLOEXEC, _NO_SETUID | _NO_DEVICES | _NO_EXECUTION)
    finally:
        os.close(context)


def _furnish(tree: int, plan: _Plan, copies: dict[str, int], looks_writable: str) -> None:
    """Make the folders, files and links at which something will hang."""
    for path, copy in copies.items():
        folder = path if stat.S_ISDIR(os.fstat(copy).st_mode) else os.path.dirname(path)
        _make_folders(tree, folder)
        if folder != path:
            os.close(os.open(path[1:], os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o444, dir_fd=tree))
    for path, target in plan.links.items():
        _make_folders(tree, os.path.dirname(path))
        os.symlink(target, path[1:], dir_fd=tree)
    _make_folders(tree, looks_writable)


def _make_folders(tree: int, path: str) -> None:
    names = path[1:].split("/") if path != "/" else []
    for depth in range(1, len(names) + 1):
        with contextlib.suppress(FileExistsError):
            os.mkdir("/".join(names[:depth]), 0o755, dir_fd=tree)


def _become_root(tree: int, copies: dict[str, int], looks_writable: str) -> str:
    """Hang everything up and make the tree the root. Returns why it could not be, when all was taken back."""
    try:
        syscall("move_mount", tree, b"", _AT_FDCWD, _HOOK.encode(), _MOVE_FROM_FD)
    except OSError as problem:
        return f"{problem.filename}: {problem.strerror}"
    try:
        _keep_writable(tree, looks_writable)
        for path, copy in copies.items():
            syscall("move_mount", copy, b"", tree, os.fsencode(path[1:]), _MOVE_FROM_FD)
        os.fchdir(tree)
        syscall("pivot_root", b".", b".")
    except OSError as problem:
        _take_back()
        return f"{problem.filename}: {problem.strerror}"
    try:
        syscall("umount2", b".", _DETACH)  # the old root lies on the new one now
        os.chdir("/")
    except OSError as problem:
        raise HalfBuilt(f"the old files could not be taken away: {problem}") from problem
    return ""


def _keep_writable(tree: int, folder: str) -> None:
    """Make the tree read-only but for one folder, which stays empty all the same: no call that fills it is left."""
    copy = syscall("open_tree", tree, os.fsencode(folder[1:]), 0x1 | 0x80000)
    try:
        syscall("mount_setattr", tree, b"", 0x1000, struct.pack("=4Q", _READ_ONLY, 0, _PRIVATE, 0), 32)
        syscall("move_mount", copy, b"", tree, os.fsencode(folder[1:]), _MOVE_FROM_FD)
    finally:
        os.close(copy)


def _take_back() -> None:
    try:
        os.chdir("/")
        syscall("umount2", _HOOK.encode(), _DETACH)
    except OSError as problem:
        raise HalfBuilt(f"the new files could not be taken away: {problem}") from problem


def _check_root(plan: _Plan, looks_writable: str) -> None:
    wanted = {path.split("/")[1] for path in (*plan.shown, *plan.links, looks_writable)}
    there = set(os.listdir("/"))
    if there != wanted:
        raise HalfBuilt(f"the new files are not the ones that were asked for: {sorted(there ^ wanted)}")


def _closing(stack: contextlib.ExitStack, descriptor: int) -> int:
    stack.callback(os.close, descriptor)
    return descriptor
