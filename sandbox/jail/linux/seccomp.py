"""Seccomp: the closed list of system calls that a jail or a door may make, and its installation.

    install(jail_rules())            # jail: computes and talks over inherited pipes, nothing else
    install(quiet_rules())           # on top, once all is imported: no name of a file, of this host or its user
    install(door_rules(...))         # door: also files, and if asked for processes and internet sockets

Paths can't be seen here (that is Landlock's part); flags and families can. No file is ever opened for
writing in a jail, no socket exists in it, and no process or namespace can be made.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import struct
import sys

from sandbox.jail.linux.bpf import INSTRUCTION, Condition, Rule, assemble, to_bytes
from sandbox.jail.linux.process import machine, syscall
from sandbox.jail.linux.syscalls import NUMBERS

_MEMORY = "brk mmap mprotect munmap mremap msync get_mempolicy membarrier"
_FILES = (
    "read readv pread64 preadv write writev pwrite64 pwritev close lseek dup dup2 dup3 "
    "stat lstat fstat newfstatat statx statfs fstatfs access faccessat faccessat2 getcwd "
    "readlink readlinkat getdents64 close_range"
)
_WAITING = (
    "poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd2 "
    "nanosleep clock_nanosleep sched_yield pause restart_syscall"
)
_SIGNALS = "rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait sigaltstack"
_ABOUT_SELF = (
    "getpid gettid getppid getuid geteuid getgid getegid getresuid getresgid getgroups getpgrp uname "
    "times getrusage getrlimit getcpu "
    "sched_get_priority_max sched_get_priority_min set_tid_address set_robust_list rseq "
    "clock_gettime clock_getres gettimeofday time getrandom exit exit_group umask"
)
_EVERYBODY = f"{_MEMORY} {_FILES} {_WAITING} {_SIGNALS} {_ABOUT_SELF}"

# By these two processes that share nothing but a library's file can tell each other something, or hear of the machine:
# a futex on its page, what of it lies in memory, the numbers that new pipes get, the load. A jail does without.
_DOORS_ONLY = "futex futex_waitv madvise mincore preadv2 fadvise64 pipe pipe2 sysinfo"

# What a door needs beside: to write its own files, and to confine what it starts.
_DOOR_FILES = (
    "fsync fdatasync ftruncate fallocate flock rename renameat renameat2 unlink unlinkat "
    "mkdir mkdirat rmdir chdir fchdir sendfile copy_file_range memfd_create wait4 waitid"
)
_PROCESSES = (
    "fork vfork execve setsid setpgid landlock_create_ruleset landlock_add_rule "
    "landlock_restrict_self capset capget arch_prctl"
)
_SOCKETS = "connect getsockopt setsockopt getsockname getpeername recvfrom recvmsg recvmmsg shutdown"
# Landlock looks at `connect` of TCP: not at a fast open (tcp(7)), which connects as it sends, and not at MPTCP.
_MSG_FASTOPEN, _SENDING = 0x20000000, (("sendto", 3), ("sendmsg", 2), ("sendmmsg", 3))
_PROTOCOLS = (0, 6, 17)  # the family's own, TCP, UDP

# Their flags are behind a pointer, where no filter can look; libraries fall back to the older call.
_ABSENT = ("clone3", "openat2")

# Access mode, O_CREAT, O_TRUNC, O_APPEND, __O_TMPFILE, and O_PATH, by which Landlock lets everything be opened.
_O_BUT_READING = 0x3 | 0x40 | 0x200 | 0x400 | 0x400000 | 0x200000
# Emptying a file by opening it for reading is what Landlock before ABI 3 does not see.
_O_TRUNCATING, _O_HONEST = 0x3 | 0x200, (0, 1, 2, 0x201, 0x202)
_CLONE_THREAD = 0x00010000
# CLONE_NEW{TIME,NS,CGROUP,UTS,IPC,USER,PID,NET}
_CLONE_NAMESPACES = 0x80 | 0x20000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
# TCGETS (isatty), FIOCLEX, FIONCLEX, FIONBIO, FIONREAD
_IOCTLS = (0x5401, 0x5451, 0x5450, 0x5421, 0x541B)
# PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE, PR_GET_NO_NEW_PRIVS, PR_SET_VMA (names of memory areas)
_PRCTLS = (15, 16, 3, 39, 0x53564D41)
# F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC, F_GET_SEALS
_FCNTLS = (0, 1, 2, 3, 4, 1030, 1034)
# F_GETLK, F_SETLK, F_SETLKW, F_OFD_{GETLK,SETLK,SETLKW}, F_ADD_SEALS
_DOOR_FCNTLS = (*_FCNTLS, 5, 6, 7, 36, 37, 38, 1033)
# PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_{READ,DROP}, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT
_DOOR_PRCTLS = (*_PRCTLS, 1, 4, 23, 24, 38, 47)
_FUTEX_PRIVATE = 128
# MADV_{NORMAL,RANDOM,SEQUENTIAL,WILLNEED,DONTNEED,FREE,HUGEPAGE,NOHUGEPAGE,DONTDUMP,DODUMP}: nothing that merges pages
# with those of others, or takes them out of memory.
_ADVICE = (0, 1, 2, 3, 4, 8, 14, 15, 16, 17)
_AF_UNIX, _AF_INET, _AF_INET6 = 1, 2, 10
_STREAM, _DATAGRAM, _KIND = 1, 2, 0xF

_SIGABRT, _SIGKILL, _SIGTERM = 6, 9, 15

# Of a process id: a group, or everybody (-1).
_NEGATIVE = 0x80000000

_SET_MODE_FILTER = 1
_ALL_THREADS = 1
# One more filter can only take something away.
_ADD_FILTER = Rule("seccomp", (Condition(0, (_SET_MODE_FILTER,)), Condition(1, (_ALL_THREADS,))))
# A frozen build's bootloader ends when it is refused this; it hears of every file that there is no such attribute.
_NO_ATTRIBUTE = Rule("getxattr", (Condition(0, ()),), errno.ENODATA)

# They tell of every process of the machine, or (sched_setaffinity, for doors) change it.
_OF_ONE_PROCESS = "getpgid getsid sched_getaffinity sched_getparam sched_getscheduler"

# What a loop over a pipe needs when everything that it will ever import is in memory.
_QUIET = (
    f"{_MEMORY} {_SIGNALS} read readv write writev close poll ppoll select pselect6 nanosleep "
    "clock_nanosleep sched_yield restart_syscall getpid gettid set_tid_address set_robust_list rseq clock_gettime "
    "clock_getres gettimeofday time getrandom exit exit_group"
)


def jail_rules(*, will_tighten: bool = False) -> list[Rule]:
    """What a jailed process may call. Built in the process that it is for: its own pid is part of it.

    With `will_tighten` it may add one more filter, which can only take something away.
    """
    return [
        *((_ADD_FILTER,) if will_tighten else ()),
        *_plain(_EVERYBODY),
        *_of_own_memory(),
        Rule("open", (Condition(1, (0,), _O_BUT_READING),), errno.EACCES),
        Rule("openat", (Condition(2, (0,), _O_BUT_READING),), errno.EACCES),
        Rule("clone", (Condition(0, (_CLONE_THREAD,), _CLONE_THREAD | _CLONE_NAMESPACES),)),
        Rule("ioctl", (Condition(1, _IOCTLS),)),
        Rule("fcntl", (Condition(1, _FCNTLS),)),
        Rule("prctl", (Condition(0, _PRCTLS),)),
        *_about_process(0, os.getpid()),
        *_only_ourselves(()),
    ]


def quiet_rules() -> list[Rule]:
    """What is left of `jail_rules` when nothing is imported any more: no call takes a path or tells of the host."""
    return [*_plain(_QUIET), *_of_own_memory(), *_only_ourselves(())]


def door_rules(*, processes: bool, inet: bool, unix: bool, children: tuple[int, ...]) -> list[Rule]:
    """What a door may call. It may signal itself and `children`, or end what it can reach if it starts processes."""
    rules = [
        *_plain(_EVERYBODY),
        *_plain(_DOORS_ONLY),
        *_plain(_DOOR_FILES),
        Rule("open", (Condition(1, _O_HONEST, _O_TRUNCATING),), errno.EACCES),
        Rule("openat", (Condition(2, _O_HONEST, _O_TRUNCATING),), errno.EACCES),
        Rule("ioctl", (Condition(1, _IOCTLS),)),
        Rule("fcntl", (Condition(1, _DOOR_FCNTLS),)),
    ]
    families = (*((_AF_INET, _AF_INET6) if inet else ()), *((_AF_UNIX,) if unix else ()))
    if families:
        rules += [
            Rule(
                "socket",
                (Condition(0, families), Condition(1, (_STREAM, _DATAGRAM), _KIND), Condition(2, _PROTOCOLS)),
            ),
            *_plain(_SOCKETS),
            *(Rule(call, (Condition(flags, (0,), _MSG_FASTOPEN),)) for call, flags in _SENDING),
        ]
    if not processes:
        thread = Condition(0, (_CLONE_THREAD,), _CLONE_THREAD | _CLONE_NAMESPACES)
        return [
            *rules,
            *_about_process(0, os.getpid()),
            Rule("sched_setaffinity", (Condition(0, (0, os.getpid())),)),
            Rule("clone", (thread,)),
            Rule("prctl", (Condition(0, _PRCTLS),)),
            *_only_ourselves(children),
        ]
    # What is started later has a process id that is not known yet, so the signals are limited instead.
    return [
        *rules,
        *_plain(_PROCESSES),
        *_about_process(0),
        Rule("sched_setaffinity", (Condition(0, (0,)),)),
        Rule("clone", (Condition(0, (0,), _CLONE_NAMESPACES),)),
        Rule("prctl", (Condition(0, _DOOR_PRCTLS),)),
        Rule("kill", (Condition(0, (0,), _NEGATIVE), Condition(1, (0, _SIGKILL, _SIGTERM)))),
        Rule("tgkill", (Condition(2, (_SIGABRT,)),)),
        Rule("prlimit64", (Condition(0, (0,)),)),
        _ADD_FILTER,
        *((_NO_ATTRIBUTE,) if getattr(sys, "frozen", False) else ()),
    ]


def install(rules: list[Rule]) -> str:
    """Put the filter on every thread of this process, for ever."""
    code, arch = compiled(tuple(rules)), machine()  # the name of the processor can't be asked for behind every filter
    program = ctypes.create_string_buffer(code)
    pointer = struct.pack("=HxxxxxxQ", len(code) // INSTRUCTION.size, ctypes.addressof(program))
    if syscall("seccomp", _SET_MODE_FILTER, _ALL_THREADS, pointer) != 0:
        raise OSError(errno.EAGAIN, "a thread could not be brought under the filter")
    return f"on: {len(rules)} calls of {arch}"


@functools.cache  # a door rehearses its own while nobody waits
def compiled(rules: tuple[Rule, ...]) -> bytes:
    """The filter as the kernel reads it; `OSError` where there is no list of system calls for the processor."""
    arch = machine()
    if arch not in NUMBERS:
        raise OSError(errno.ENOSYS, f"there is no list of system calls for {arch}")
    return to_bytes(assemble(arch, rules, _ABSENT))


def _plain(calls: str) -> list[Rule]:
    return [Rule(call) for call in calls.split()]


def _of_own_memory() -> list[Rule]:
    """Waiting and advice that concern this process alone.

    `pthread_join` waits on a shared futex: told to try again, it asks the processor until its thread has ended.
    """
    return [
        Rule("futex", (Condition(1, (_FUTEX_PRIVATE,), _FUTEX_PRIVATE),), errno.EAGAIN),
        Rule("madvise", (Condition(2, _ADVICE),), errno.EINVAL),
    ]


def _about_process(*who: int) -> list[Rule]:
    """Questions about a process, for these numbers (0: the caller) and no others."""
    by_number = [Rule(call, (Condition(0, who),)) for call in _OF_ONE_PROCESS.split()]
    return [*by_number, Rule("getpriority", (Condition(0, (0,)), Condition(1, who)))]


def _only_ourselves(children: tuple[int, ...]) -> list[Rule]:
    """`abort` and the threads library signal the own process; limits may be read, never another's."""
    own = os.getpid()
    return [
        Rule("kill", (Condition(0, (own, *children)),)),
        Rule("tgkill", (Condition(0, (own,)),)),
        Rule("prlimit64", (Condition(0, (0, own)),)),
    ]
