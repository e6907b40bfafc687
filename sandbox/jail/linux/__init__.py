"""The Linux jail: Landlock, a seccomp allow-list, resource limits and no way back, in pure ctypes.

    layers = confine_jail(readable, limits, expect={"landlock": ...})

Each module is one layer and says what the kernel promises for it. Neither of the two big layers is enough:
Landlock does not see metadata calls (chmod, setxattr), seccomp does not see paths.
"""
