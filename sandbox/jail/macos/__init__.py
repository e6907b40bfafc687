"""The macOS jail: Seatbelt (`sandbox-exec`) with a profile that denies by default, resource limits, and a watch.

    started = backend.start(order, launcher, inherit)

Seatbelt confines the process before its first line runs; `profile` is all that it may do. The launcher then checks
that this is so (`confined`). Memory and processor time are watched by the parent (`watch`), since the kernel's own
limits can be outrun here. Written from Apple's headers and the profiles that Apple ships, not yet run by us: every
machine has to pass the self-test first. Nothing stands in when `sandbox-exec` is missing.
"""
