"""The running side: a door that holds one login and no network, and brings signed programs and real rows together.

    with Session.running(workspace) as session:               # sandbox.sessions; the process is `session.main`
        session.send(Run(approval="a-20260102-1a2b3c"))
        ...
    results = open_results(workspace, keystore, run)           # decrypted, for the reviewer's screen

`broker.run_approval` states the order of a run. Everything a program says is read by the `untrusted_*` modules
and `collected` first.
"""

from .results import Results, open_results

__all__ = ["Results", "open_results"]
