"""The Windows jail: an AppContainer of its own for each process, a Job Object, a desktop of its own; pure ctypes.

    started = backend.start(order, launcher, inherit)     # parent: created suspended, put in its job, resumed
    layers = backend.confine(order)                       # child: asks the kernel what holds

Written from Microsoft's documentation and checked against the mingw-w64 headers; `VERIFIED` is False until the
self-test has passed on the very machine. `api` declares every function, `structures` and `constants` what they
take; `container`, `desktop`, `job`, `process` and `section` are one thing each that a jail is made of; `token` is
how the child looks at itself. A `door` is a jailed process to which the files that it is for were opened (`grants`),
started by the process that fetched its secrets: none can enter a container itself.

Why nothing of the user's is within reach, although Windows gives every process so much:

- *Files, registry keys, processes.* Access needs two yeses: one for the user and one for the container's SID.
  What is the user's names no container. The SID belongs to one process and is never used again, so two jails
  can't reach each other, and what one leaves in its profile folder is deleted with its profile.
- *Named objects.* Events, sections and mutexes are looked up under AppContainerNamedObjects\\SID, not beside
  those of the session; a pipe can be opened only under LOCAL\\ of the same container.
- *Tickets and logins.* LSA, the credential store and DPAPI answer a container only with the capability
  `enterpriseAuthentication`; there is none, and no token to impersonate is inherited (the handle list holds
  pipes and sections only).
- *Network.* The firewall's base filter drops what has no `internetClient` or `privateNetworkClientServer`,
  loopback too.
- *Windows, clipboard, keyboard.* The job forbids handles of USER objects from outside and both ways of the
  clipboard; the process's windows would be on a desktop that is never shown.
- *Processes.* The job holds one process, and the child-process policy says the same to the kernel.

What is readable to every AppContainer of the machine (Windows itself, and what an administrator has opened to
"ALL APPLICATION PACKAGES") is readable here: Python and the libraries are opened in this way.
"""
