"""Places where the system tells about itself: /proc, /sys, /dev, /etc, and folders that everybody shares."""

from __future__ import annotations

import errno
import os

from sandbox.jail.attacks.aim import Probe, Targets, lists, opens


def _of_process(name: str) -> Probe:
    def probe(targets: Targets) -> None:
        path = f"/proc/{targets.pid}/{name}"
        if name in ("fd", "root", "cwd"):
            os.listdir(path)
        else:
            os.close(os.open(path, os.O_RDONLY))

    return probe


def _shared_memory_file(targets: Targets) -> None:
    path = f"/dev/shm/preceptor-probe-{os.getpid()}"
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    os.unlink(path)


NEED_ROOT = frozenset({"kernel_log_device", "physical_memory", "emergency_keys", "kernel_image"})

PROBES: dict[str, Probe] = {
    # Other processes.
    "list_processes": lists("/proc"),
    "read_environment": _of_process("environ"),
    "read_command_line": _of_process("cmdline"),
    "read_map_of_process": _of_process("maps"),
    "read_memory_of_process": _of_process("mem"),
    "read_state_of_process": _of_process("stat"),
    "files_of_process": _of_process("fd"),
    "root_of_process": _of_process("root"),
    "folder_of_process": _of_process("cwd"),
    # Ourselves, by way of the system.
    "own_map": opens("/proc/self/maps"),
    "own_environment": opens("/proc/self/environ"),
    "own_memory": opens("/proc/self/mem", os.O_RDWR),
    "own_files": lists("/proc/self/fd"),
    "own_root": lists("/proc/self/root"),
    "own_folder": lists("/proc/self/cwd"),
    "own_program": opens("/proc/self/exe"),
    "own_threads": lists("/proc/self/task"),
    "own_state": opens("/proc/self/status"),
    "own_mounts": opens("/proc/self/mountinfo"),
    "own_group": opens("/proc/self/cgroup"),
    "own_namespaces": lists("/proc/self/ns"),
    "own_kill_order": opens("/proc/self/oom_score_adj", os.O_WRONLY),
    # The machine.
    "memory_in_use": opens("/proc/meminfo"),
    "processor_times": opens("/proc/stat"),
    "processor_kind": opens("/proc/cpuinfo"),
    "load": opens("/proc/loadavg"),
    "time_since_start": opens("/proc/uptime"),
    "virtual_memory": opens("/proc/vmstat"),
    "interrupts": opens("/proc/interrupts"),
    "connections": opens("/proc/self/net/unix"),
    "kernel_version": opens("/proc/version"),
    "kernel_symbols": opens("/proc/kallsyms"),
    "kernel_image": opens("/proc/kcore"),
    "kernel_settings": lists("/proc/sys/kernel"),
    "start_of_machine": opens("/proc/sys/kernel/random/boot_id"),
    "emergency_keys": opens("/proc/sysrq-trigger", os.O_WRONLY),
    "network_cards": lists("/sys/class/net"),
    "processors": lists("/sys/devices/system/cpu"),
    "kernel_objects": lists("/sys/kernel"),
    "control_groups": lists("/sys/fs/cgroup"),
    # Devices.
    "devices": lists("/dev"),
    "terminal": opens("/dev/tty", os.O_RDWR, but=(errno.ENXIO,)),  # let in, but there is none
    "new_terminal": opens("/dev/ptmx", os.O_RDWR | getattr(os, "O_NOCTTY", 0)),
    "write_to_device": opens("/dev/null", os.O_WRONLY),
    "shared_memory_file": _shared_memory_file,
    "kernel_log_device": opens("/dev/kmsg"),
    "physical_memory": opens("/dev/mem"),
    # What people and services share.
    "list_everything": lists("/"),
    "list_settings": lists("/etc"),
    "list_running_services": lists("/run"),
    "list_logs": lists("/var/log"),
    "list_shared_folder": lists("/tmp"),
    "read_host_names": opens("/etc/hosts"),
}
