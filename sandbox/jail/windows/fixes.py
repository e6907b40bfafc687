"""What must hold in a Windows jail, and what to do where it does not."""

from __future__ import annotations

FIXES = {
    "appcontainer": (
        "Use Windows 10 or newer and a Python that your account may open to application packages: one installed "
        "for you alone (python.org), or let an administrator give ALL APPLICATION PACKAGES read and execute."
    ),
    "capabilities": "Reinstall Preceptor; its containers are made without any capability.",
    "job": "Start Preceptor outside of other programs that put it into a job of their own (a service, a CI agent).",
    "screen": "Start Preceptor outside of other programs that put it into a job of their own (a service, a CI agent).",
    "desktop": "Start Preceptor in a session with a screen, not as a service.",
    "mitigations": "Use Windows 10 version 1709 or newer.",
}

# Not a layer that a child reports: making its pipes and the process itself.
STARTING = "process"
START_FIX = "Close other programs if memory is short, and let a virus scanner know Preceptor's folder."
