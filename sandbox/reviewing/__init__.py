"""The reviewing session: the reviewer's own work, in a process of its own, so that the window never waits.

    with Session.reviewing(root) as session:                    # sandbox.sessions; the process is `session.main`
        session.send(Numbered(id=1, order=ListQuestions()))
        ...

It reads signed records, gathers evidence, signs with a passphrase that it is handed for one signature, opens
results and hands them over page by page. What can be asked of it is the closed list in `orders`; the window imports
that list and nothing else of the engine, so it holds no database driver, no key and no result.
"""
