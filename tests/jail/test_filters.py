"""The seccomp filters, call by call, for both processors, run by a machine in Python."""

from __future__ import annotations

import errno
import os
import struct

import pytest
from bpf_machine import run_filter

from sandbox.jail.linux.bpf import ALLOW, ERRNO, KILL_PROCESS, Condition, Rule, assemble, to_bytes
from sandbox.jail.linux.seccomp import _ABSENT, door_rules, jail_rules, quiet_rules
from sandbox.jail.linux.syscalls import AUDIT_ARCH, NEWEST, NUMBERS

ARCHES = tuple(NUMBERS)
OWN = os.getpid()

# Whoever adds one of these to a list must change this test, and say why.
NEVER_IN_A_JAIL = """
socket socketpair connect bind listen accept accept4 sendto sendmsg sendmmsg recvfrom recvmsg execve execveat
fork vfork clone3 unshare setns ptrace process_vm_readv process_vm_writev pidfd_open pidfd_getfd
pidfd_send_signal tkill rt_sigqueueinfo rt_tgsigqueueinfo keyctl add_key request_key bpf perf_event_open
io_uring_setup io_uring_enter io_uring_register io_setup io_submit userfaultfd memfd_create memfd_secret shmget
shmat msgget semget mq_open mount umount2 pivot_root chroot open_tree move_mount fsopen open_by_handle_at
name_to_handle_at chmod fchmod fchmodat chown fchown fchownat setxattr fsetxattr utimensat truncate ftruncate
fallocate link linkat symlink symlinkat unlink unlinkat rename renameat renameat2 mkdir mkdirat mknod mknodat
creat openat2 init_module kexec_load reboot personality syslog setuid setgid setresuid setrlimit splice tee
vmsplice sendfile copy_file_range fanotify_init inotify_init1 inotify_add_watch landlock_restrict_self seccomp
capset kcmp process_madvise process_mrelease sched_setaffinity setpriority sched_setscheduler sched_setattr ioprio_set
ioprio_get chdir fchdir get_robust_list timer_create setitimer timerfd_create signalfd4 settimeofday clock_settime
adjtimex sethostname iopl ioperm modify_ldt arch_prctl set_mempolicy move_pages migrate_pages mlock flock getxattr
listxattr fspick fsmount mount_setattr quotactl swapon delete_module finit_module kexec_file_load
futex_waitv mincore preadv2 fadvise64 pipe pipe2 sysinfo
"""


def verdict(rules: list[Rule], arch: str, call: str | int, *arguments: int) -> int:
    number = NUMBERS[arch][call] if isinstance(call, str) else call
    return run_filter(assemble(arch, rules, _ABSENT), AUDIT_ARCH[arch], number, arguments)


@pytest.mark.parametrize("arch", ARCHES)
def test_a_jail_allows_exactly_the_listed_calls(arch: str) -> None:
    rules = jail_rules()
    code = assemble(arch, rules, _ABSENT)
    listed = {NUMBERS[arch][rule.call] for rule in rules if rule.call in NUMBERS[arch] and not rule.conditions}
    for number in range(NEWEST + 1):
        shared = 0xFFFFFF7F  # every bit, but for the one that makes a futex the process's own
        allowed = run_filter(code, AUDIT_ARCH[arch], number, (shared,) * 6) == ALLOW
        assert allowed == (number in listed), number


@pytest.mark.parametrize("arch", ARCHES)
def test_what_must_never_be_in_a_jail_is_refused_whatever_its_arguments(arch: str) -> None:
    code = assemble(arch, jail_rules(), _ABSENT)
    for call in NEVER_IN_A_JAIL.split():
        if call in NUMBERS[arch]:
            for argument in (0, 1, OWN, 0x10000, 0xFFFFFFFFFFFFFFFF):
                assert run_filter(code, AUDIT_ARCH[arch], NUMBERS[arch][call], (argument,) * 6) != ALLOW, call


@pytest.mark.parametrize("arch", ARCHES)
def test_a_jail_waits_for_and_advises_on_its_own_memory_only(arch: str) -> None:
    for rules in (jail_rules(), quiet_rules()):
        for operation in range(14):  # FUTEX_WAIT to FUTEX_LOCK_PI2
            assert verdict(rules, arch, "futex", 0, operation | 128) == ALLOW
            assert verdict(rules, arch, "futex", 0, operation) == ERRNO | errno.EAGAIN
        assert verdict(rules, arch, "madvise", 0, 0, 4) == ALLOW  # DONTNEED
        for advice in (9, 12, 20, 21):  # REMOVE, MERGEABLE, COLD, PAGEOUT
            assert verdict(rules, arch, "madvise", 0, 0, advice) == ERRNO | errno.EINVAL


@pytest.mark.parametrize("arch", ARCHES)
def test_a_door_connects_by_connect_alone(arch: str) -> None:
    rules = door_rules(processes=True, inet=True, unix=False, children=())
    for call, flags in (("sendto", 3), ("sendmsg", 2), ("sendmmsg", 3)):
        arguments = [0] * 6
        assert verdict(rules, arch, call, *arguments) == ALLOW
        arguments[flags] = 0x20000000  # MSG_FASTOPEN
        assert verdict(rules, arch, call, *arguments) == ERRNO | errno.EPERM
    for protocol, held in ((0, ALLOW), (6, ALLOW), (17, ALLOW), (262, ERRNO | errno.EPERM), (132, ERRNO | errno.EPERM)):
        assert verdict(rules, arch, "socket", 2, 1, protocol) == held


@pytest.mark.parametrize("arch", ARCHES)
def test_another_processor_mode_kills(arch: str) -> None:
    code = assemble(arch, jail_rules(), _ABSENT)
    for foreign in (0x40000003, 0x40000028, *(AUDIT_ARCH[other] for other in ARCHES if other != arch)):
        assert run_filter(code, foreign, NUMBERS[arch]["getpid"]) == KILL_PROCESS
    assert run_filter(code, AUDIT_ARCH[arch], 0x40000000 | 39) == KILL_PROCESS
    assert run_filter(code, AUDIT_ARCH[arch], 0xFFFFFFFF) == KILL_PROCESS


@pytest.mark.parametrize("arch", ARCHES)
def test_calls_newer_than_our_tables_do_not_exist(arch: str) -> None:
    for number in (NEWEST + 1, 462, 10_000):
        assert verdict(jail_rules(), arch, number) == ERRNO | errno.ENOSYS
    assert verdict(jail_rules(), arch, "clone3") == ERRNO | errno.ENOSYS


@pytest.mark.parametrize("arch", ARCHES)
@pytest.mark.parametrize(
    ("call", "arguments", "allowed"),
    [
        ("openat", (-100, 0, os.O_RDONLY | os.O_CLOEXEC), True),
        ("openat", (-100, 0, os.O_WRONLY), False),
        ("openat", (-100, 0, os.O_RDWR), False),
        ("openat", (-100, 0, os.O_RDONLY | os.O_TRUNC), False),
        ("openat", (-100, 0, os.O_RDONLY | os.O_CREAT), False),
        ("openat", (-100, 0, 0x400000 | os.O_RDWR), False),
        ("openat", (-100, 0, os.O_PATH), False),  # Landlock lets it pass
        ("getpriority", (0, 0), True),
        ("getpriority", (0, OWN), True),
        ("getpriority", (0, 1), False),
        ("getpriority", (2, 0), False),  # of a user
        ("sched_getaffinity", (0,), True),
        ("sched_getaffinity", (1,), False),
        ("getpgid", (1,), False),
        ("getsid", (1,), False),
        ("clone", (0x3D0F00,), True),  # what pthread_create asks for
        ("clone", (17,), False),  # SIGCHLD alone: fork
        ("clone", (0x4111,), False),  # CLONE_VM | CLONE_VFORK | SIGCHLD: vfork
        ("clone", (0x10000 | 0x10000000,), False),  # a thread in a new user namespace
        ("kill", (OWN, 9), True),
        ("kill", (1, 9), False),
        ("kill", (-1, 9), False),
        ("kill", (0, 9), False),
        ("tgkill", (OWN, 1, 6), True),
        ("tgkill", (1, 1, 6), False),
        ("prlimit64", (0, 7), True),
        ("prlimit64", (1, 7), False),
        ("ioctl", (0, 0x5401), True),
        ("ioctl", (0, 0x5412), False),  # TIOCSTI: typing into somebody's terminal
        ("ioctl", (0, 0xFFFFFFFF00005412), False),
        ("fcntl", (0, 1030), True),
        ("fcntl", (0, 8, 1), False),  # F_SETOWN: signals by another way
        ("fcntl", (0, 1033), False),  # F_ADD_SEALS
        ("prctl", (15,), True),
        ("prctl", (1, 0), False),  # PR_SET_PDEATHSIG: outliving the parent
        ("prctl", (4, 1), False),  # PR_SET_DUMPABLE
        ("prctl", (22,), False),  # PR_SET_SECCOMP
    ],
)
def test_arguments_are_judged_in_a_jail(arch: str, call: str, arguments: tuple[int, ...], allowed: bool) -> None:
    assert (verdict(jail_rules(), arch, call, *arguments) == ALLOW) is allowed


@pytest.mark.parametrize("arch", ARCHES)
@pytest.mark.parametrize(
    ("options", "call", "arguments", "allowed"),
    [
        ({}, "socket", (2, 1), False),
        ({}, "connect", (3,), False),
        ({"inet": True}, "socket", (2, 1), True),
        ({"inet": True}, "socket", (10, 2 | os.O_CLOEXEC), True),
        ({"inet": True}, "socket", (2, 3), False),  # raw
        ({"inet": True}, "socket", (1, 1), False),  # unix
        ({"inet": True}, "socket", (16, 3), False),  # netlink
        ({"inet": True}, "bind", (3,), False),
        ({"inet": True}, "listen", (3,), False),
        ({"unix": True}, "socket", (1, 1), True),
        ({"unix": True}, "socket", (2, 1), False),
        ({}, "execve", (), False),
        ({}, "clone", (17,), False),
        ({"processes": True}, "execve", (), True),
        ({"processes": True}, "clone", (17,), True),
        ({"processes": True}, "clone", (17 | 0x10000000,), False),
        ({"processes": True}, "unshare", (0,), False),
        ({"processes": True}, "ptrace", (0,), False),
        ({"processes": True}, "kill", (77, 9), True),
        ({"processes": True}, "kill", (77, 10), False),
        ({"processes": True}, "kill", (-1, 9), False),
        ({"processes": True}, "kill", (-77, 9), False),
        ({"processes": True}, "seccomp", (1, 1), True),
        ({"processes": True}, "seccomp", (1, 8), False),  # a listener, who answers for others
        ({"processes": True}, "sched_setaffinity", (77,), False),
        ({}, "sched_setaffinity", (OWN,), True),
        ({}, "sched_setaffinity", (77,), False),
        ({"children": (77,)}, "kill", (77, 9), True),
        ({"children": (77,)}, "kill", (78, 9), False),
        ({}, "openat", (-100, 0, os.O_RDWR | os.O_CREAT), True),
        ({}, "openat", (-100, 0, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), True),
        ({}, "openat", (-100, 0, os.O_RDONLY | os.O_TRUNC), False),
        ({}, "fchmod", (), False),
        ({}, "memfd_create", (), True),
        ({"processes": True}, "prlimit64", (77, 7), False),
    ],
)
def test_a_door_keeps_what_it_is_for(arch, options, call, arguments, allowed) -> None:
    rules = door_rules(**{"processes": False, "inet": False, "unix": False, "children": (), **options})
    assert (verdict(rules, arch, call, *arguments) == ALLOW) is allowed


def test_every_rule_names_a_call_that_exists() -> None:
    known = set().union(*NUMBERS.values())
    rules = jail_rules() + door_rules(processes=True, inet=True, unix=True, children=())
    assert {rule.call for rule in rules} <= known


def test_no_call_has_two_rules() -> None:
    for rules in (jail_rules(), *(door_rules(processes=p, inet=True, unix=True, children=()) for p in (True, False))):
        calls = [rule.call for rule in rules]
        assert len(calls) == len(set(calls))


def test_conditions_are_all_needed() -> None:
    rule = Rule("ioctl", (Condition(0, (1, 2)), Condition(1, (8,), 0xC)), errno.EACCES)
    assert verdict([rule], "x86_64", "ioctl", 2, 0xFFFFFFF9 & ~4) == ALLOW
    assert verdict([rule], "x86_64", "ioctl", 3, 8) == ERRNO | errno.EACCES
    assert verdict([rule], "x86_64", "ioctl", 1, 4) == ERRNO | errno.EACCES


def test_the_filter_fits_the_kernel() -> None:
    code = assemble("x86_64", door_rules(processes=True, inet=True, unix=True, children=()), _ABSENT)
    assert len(code) < 4096
    assert len(to_bytes(code)) == 8 * len(code)
    assert struct.unpack_from("=HBBI", to_bytes(code)) == code[0]
    assert all(0 <= left < 256 and 0 <= right < 256 for _, left, right, _ in code)
