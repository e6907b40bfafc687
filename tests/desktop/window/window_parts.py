"""A window and the hand that drives it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from process_tree import command, descendants

from desktop.navigation import SCREENS
from desktop.tour.eyes import reads, texts
from desktop.tour.hand import Hand
from desktop.window import Window
from sandbox.errors import Fault

PASSPHRASE = "correct horse battery staple"
# On the real hospital some seconds; made-up patients have no such charge, so that its trials are quick.
COUNTING = '''"""Counts for a while."""


def main(data, report):
    stays = data.sql("SELECT charge FROM ehr.encounters")
    rounds = int((stays.charge == 29.5).sum())
    total = 0
    for number in range(rounds * 20_000_000):
        total += number
    report.value("total", total)
'''


class Place:
    """One window, opened or not."""

    def __init__(self, root: Path) -> None:
        self._before = set(descendants(os.getpid()))  # servers of other tests
        self.window = Window(root)
        self.window.resize(1100, 740)
        self.window.show()
        self.hand = Hand(self.window)

    def unlock(self, secret: str = PASSPHRASE) -> None:
        self.see("Locked")
        self.hand.go_to("Passphrase")
        self.hand.write(secret)
        self.hand.press("Return")
        self.hand.wait(lambda: self.window.is_at_work, "the screens")
        self.settle()

    def see(self, text: str) -> None:
        try:
            self.hand.wait(lambda: reads(text), repr(text), 30.0)
        except Fault as late:
            raise AssertionError(f"{late} Instead: {list(texts())}") from None

    def settle(self) -> None:
        """Until every order has its answer."""
        self.hand.wait(lambda: self.window.asks.waiting_longest() == ("", 0.0), "an answer to every order", 60.0)

    def screen(self, name: str) -> None:
        self.hand.press(f"Ctrl+{SCREENS.index(name) + 1}")
        self.hand.wait(lambda: self.window.shell.shown == name, f"the screen {name}")
        self.settle()

    def start_counting(self) -> None:
        """To the program that counts, and until it runs."""
        self.screen("runs")
        self.hand.go_to("Ready to run")
        self.hand.press("Home")
        self.see("Counts for a while")
        self.hand.push("Run this program")
        self.see("The program runs on your data")

    def session(self, door: str) -> int:
        """The process of this window's session of that kind."""
        wanted = {f"_{door}", str(self.window.root)}

        def found() -> list[int]:
            return [pid for pid in descendants(os.getpid()) if wanted <= set(command(pid))]

        until = time.monotonic() + 10
        while not found() and time.monotonic() < until:  # the window stays as it is meanwhile
            time.sleep(0.01)
        (pid,) = found()
        return pid

    def processes(self) -> set[int]:
        """Every process that began since this window was made."""
        return set(descendants(os.getpid())) - self._before

    def kill(self, door: str) -> int:
        pid = self.session(door)
        os.kill(pid, signal.SIGKILL)
        return pid
