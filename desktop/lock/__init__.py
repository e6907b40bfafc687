"""The locked desk: an idle desk hides its results and asks for the PIN or the passphrase again.

page = LockPage()
presenter = LockPresenter(page, desk, unlocked=window.show_desk)
presenter.lock()
"""
