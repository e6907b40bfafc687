"""The Linux jail: Landlock, a seccomp allow-list, resource limits and no way back, in pure ctypes.

    layers = apply(confine.jail_steps(readable, Limits(memory_mb=4096)))

`landlock`, `seccomp`, `namespaces`, `limits` and `process` are one layer each and say what the kernel promises
for it; `bpf` and `syscalls` serve seccomp. Neither of the two big layers is enough: Landlock does not see metadata
calls (chmod, setxattr), seccomp does not see paths.
"""
