"""What a Seatbelt profile would let a process do, by rules of our own that know nothing of how it was made.

    objections(read(text))      # sentences; empty for a profile that lets code be read and nothing else

The vocabulary is that of Apple's own profiles: an operation that is not in it, or that is in it and not among
`ALLOWABLE`, is objected to wherever it stands. What may be opened is judged by what System Integrity Protection keeps
as Apple's own (https://support.apple.com/102149, and /Library/Apple), and by places that hold something of a person, a
secret or a computer.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from fnmatch import fnmatchcase

Form = list["Form | str"]

_FAMILIES = """
default appleevent-send authorization-right-obtain boot-arg-set darwin-notification-post
device-camera device-microphone distributed-notification-post dynamic-code-generation
file-chroot file-clone file-ioctl file-issue-extension file-link file-map-executable file-mknod file-mount
file-mount-update file-read-data file-read-metadata file-read-xattr file-revoke file-search file-test-existence
file-unmount file-write-acl file-write-create file-write-data file-write-flags file-write-mode file-write-mount
file-write-owner file-write-setugid file-write-times file-write-unlink file-write-unmount file-write-xattr
forbidden-exec-sugid fs-quota-get fs-quota-off fs-quota-on fs-quota-set fs-quota-sync fs-rename fs-snapshot-create
fs-snapshot-delete fs-snapshot-mount generic-issue-extension hid-control
iokit-get-properties iokit-issue-extension iokit-open iokit-set-properties
ipc-posix-issue-extension ipc-posix-sem-create ipc-posix-sem-open ipc-posix-sem-post ipc-posix-sem-unlink
ipc-posix-sem-wait ipc-posix-shm-read-data ipc-posix-shm-read-metadata ipc-posix-shm-write-create
ipc-posix-shm-write-data ipc-posix-shm-write-unlink ipc-sysv-msg ipc-sysv-sem ipc-sysv-shm
job-creation load-unsigned-code lsopen mach-bootstrap mach-cross-domain-lookup mach-host-exception-port-set
mach-issue-extension mach-lookup mach-per-user-lookup mach-priv-host-port mach-priv-task-port mach-register
mach-task-exception-port-set mach-task-name network-bind network-inbound network-outbound
nvram-delete nvram-get nvram-set process-codesigning-status-get process-exec process-exec-interpreter
process-exec-update-label process-fork process-info-codesignature process-info-dirtycontrol process-info-listpids
process-info-pidfdinfo process-info-pidfileportinfo process-info-pidinfo process-info-rusage process-info-setcontrol
pseudo-tty qtn-download qtn-sandbox qtn-user signal socket-ioctl socket-option-get socket-option-set
sysctl-read sysctl-write syscall-mach syscall-unix system-acct system-audit system-automount system-chud system-debug
system-fcntl system-fsctl system-info system-kas-info system-kext-load system-kext-query system-kext-unload
system-lcid system-mac-label system-memorystatus-control system-nfssvc system-package-check system-pathconf
system-privilege system-reboot system-sched system-set-time system-socket system-suspend-resume system-swap
user-preference-read user-preference-write
"""
OPERATIONS = frozenset(_FAMILIES.split())

# Reading and mapping code, becoming the interpreter, knowing and ending oneself, asking what processor this is.
READING = {"file-read-data", "file-read-metadata", "file-read-xattr", "file-map-executable"}
ONESELF = {"signal"} | {one for one in OPERATIONS if one.startswith("process-info-")}
ALLOWABLE = READING | ONESELF | {"process-exec", "sysctl-read"}

_APPLES_OWN = ("/System", "/usr", "/bin", "/sbin", "/private/var", "/Library/Apple")
# Of a person, a secret, what this computer did, or writable for others than Apple.
_PRIVATE = """
/Users /home /Volumes /Network /Applications /opt /usr/local /cores /tmp /etc /private/etc /private/tmp
/private/var/root /private/var/folders /private/var/tmp /private/var/vm /private/var/log /private/var/run
/private/var/at /private/var/mail /private/var/spool /private/var/db/dslocal /private/var/db/locationd
/private/var/db/diagnostics /private/var/db/sudo /Library/Keychains /Library/Preferences /Library/Logs
/Library/Application_Support /Library/Caches /System/Volumes/Data /System/Volumes/VM /System/Volumes/Update
/System/Library/Keychains
"""
PRIVATE = tuple(one.replace("_", " ") for one in _PRIVATE.split())
# What would tell of this computer, its memory, its processes or its user, or of no processor at all.
_TELLING = """
kern.hostname kern.nisdomainname kern.uuid kern.hostuuid kern.bootsessionuuid kern.boottime kern.bootargs kern.corefile
kern.proc kern.proc.pid kern.proc.all kern.procargs kern.procargs2 kern.proc_info kern.msgbuf kern.willshutdown
kern.version kern.hostid kern.wakereason kern.sleeptime kern.waketime hw.memsize hw.memsize_usable hw.usermem
hw.physmem hw.model hw.target hw.product hw.serialnumber hw.uuid machdep.memmap.Conventional
machdep.user_idle_level net.inet.tcp.pcblist net.link.generic.system.ifcount vm.swapusage vm.loadavg user.cs_path
security.mac.sandbox.sentinel debug.lowpri
"""
TELLING = tuple(_TELLING.split())


def read(text: str) -> list[Form]:
    """The forms of a profile: lists of words; a string keeps its opening quote, so that no word is taken for one."""
    words = re.findall(r'"(?:[^"\\]|\\.)*"|[()]|[^\s()"]+', text)
    assert "".join(words) == re.sub(r'("(?:[^"\\]|\\.)*")|\s', r"\1", text), (
        "something is neither word, string nor form"
    )
    top: list[Form] = []
    open_forms: list[Form] = [top]  # type: ignore[list-item]
    for word in words:
        if word == "(":
            form: Form = []
            open_forms[-1].append(form)
            open_forms.append(form)
        elif word == ")":
            open_forms.pop()
            assert open_forms, "a form is closed that was never opened"
        else:
            open_forms[-1].append('"' + re.sub(r"\\(.)", r"\1", word[1:-1]) if word.startswith('"') else word)
    assert len(open_forms) == 1, "a form is not closed"
    return top


def operations(rule: Form) -> set[str]:
    """Every operation that the rule speaks of; a word that Apple does not know stays as it is."""
    words = [word for word in rule[1:] if isinstance(word, str)]
    return {one for word in words for one in [n for n in OPERATIONS if fnmatchcase(n, word)] or [word]}


def filters(rule: Form) -> list[tuple[str, str]]:
    """Kind and value of each filter; a parameter as `$NAME`."""
    found = []
    for kind, *values in (part for part in rule if isinstance(part, list)):
        value = values[0] if len(values) == 1 else str(values)
        if isinstance(value, list):
            assert len(value) == 2 and value[0] == "param", value
            value = f"${str(value[1])[1:]}"
        found.append((str(kind), value.removeprefix('"')))
    return found


def allowed(rules: list[Form], operation: str) -> set[tuple[str, str]]:
    """The filters of all rules that allow the operation."""
    return {one for rule in rules[2:] if operation in operations(rule) for one in filters(rule)}


def objections(rules: list[Form]) -> list[str]:
    """What of the profile is more than reading code. What its parameters stand for is not judged here."""
    return list(_objections(rules))


def _objections(rules: list[Form]) -> Iterator[str]:
    if rules[:2] != [["version", "1"], ["deny", "default"]]:
        yield "not everything is denied by default"
    for rule in rules[2:]:
        does, given = operations(rule), filters(rule)
        if rule[0] != "allow":
            yield f"{rule[0]} is no word of a profile that only allows"
        if more := does - ALLOWABLE:
            yield f"{sorted(more)} allowed"
        if not given:
            yield f"nothing limits {sorted(does)}"
        for kind, value in given:
            yield from _objections_to_filter(does, kind, value)


def _objections_to_filter(does: set[str], kind: str, value: str) -> Iterator[str]:
    if does & ONESELF and (kind, value) != ("target", "self"):
        yield f"{kind} {value} is somebody else"
    if "sysctl-read" in does:
        told = [one for one in TELLING if one == value or (kind == "sysctl-name-prefix" and one.startswith(value))]
        if told or kind not in ("sysctl-name", "sysctl-name-prefix") or "." not in value:
            yield f"{kind} {value} tells {told or 'whatever there is'}"
    if does & (READING | {"process-exec"}):
        if kind not in ("literal", "subpath") or ("process-exec" in does and kind != "literal"):
            yield f"{kind} {value} is more than a place"
        elif not value.startswith("$"):
            yield from _objections_to_place(does, kind, value)


def _objections_to_place(does: set[str], kind: str, place: str) -> Iterator[str]:
    if not os.path.isabs(place) or os.path.normpath(place) != place:
        yield f"{place} is no whole path"
    if any(_holds(one, place) for one in PRIVATE):
        yield f"{place} is private"
    if kind == "subpath" and any(_holds(place, one) for one in PRIVATE):
        yield f"{place} holds what is private"
    if kind == "subpath" and not any(_holds(one, place) for one in _APPLES_OWN):
        yield f"{place} is not Apple's own"
    looked_at = kind == "literal" and does == {"file-read-metadata"}
    root = (kind, place, does) == ("literal", "/", {"file-read-data"})  # the loader opens it; its names are no secret
    if kind == "literal" and not (looked_at or root or _tells_nothing(place)):
        yield f"{place} is opened"


def _holds(folder: str, place: str) -> bool:
    """Whether `place` is that folder or lies in it; names are the same in either case."""
    return f"{place.casefold().rstrip('/')}/".startswith(f"{folder.casefold().rstrip('/')}/")


def _tells_nothing(device: str) -> bool:
    """Whether a device gives nothing, zeros, or never the same twice; those that do are the same on every system."""
    try:
        opened = os.open(device, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        if not stat.S_ISCHR(os.fstat(opened).st_mode):
            return False
        once, twice = os.read(opened, 32), os.read(opened, 32)
    except OSError:
        return False
    finally:
        os.close(opened)
    return once != twice or not any(once)
