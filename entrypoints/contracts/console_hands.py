"""A technician at a real machine: told what to do, and asked what is to be seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import define

from application.ports.hardware import Signal

CHOOSE = "[y/n] "


@define
class ConsoleHands:
    """Implements Hands by a terminal. `ask` prints a question and returns the line that is typed."""

    looks: Mapping[Signal, str]
    """How this machine's light looks that says something."""
    ask: Callable[[str], str] = input

    def put_item(self) -> None:
        """Have an item put in."""
        self._told("Put a bottle or can into the opening and leave it there.")

    def take_item(self) -> None:
        """Have it taken."""
        self._told("Take the item back.")

    def reach_in(self) -> None:
        """Have a hand held in the opening."""
        self._told("Hold your hand in the opening, without touching anything, and leave it there.")

    def draw_back(self) -> None:
        """Have it drawn back."""
        self._told("Draw your hand back.")

    def pull_door(self) -> bool:
        """Have the door pulled."""
        return self._yes("Pull at the door to the bins. Did it open?")

    def push_door(self) -> None:
        """Have the door shut."""
        self._told("Push the door to the bins shut.")

    def sees(self, signal: Signal) -> bool:
        """Have the light looked at."""
        return self._yes(f"Look at the light. Is it {self.looks[signal]}?")

    def leads_to(self, bin_name: str) -> bool:
        """Have the diverter looked at."""
        return self._yes(f"Look at the diverter. Does it lead to the bin {bin_name}?")

    def _told(self, what: str) -> None:
        self.ask(f"  {what} Then press Enter. ")

    def _yes(self, question: str) -> bool:
        while True:
            answer = self.ask(f"  {question} {CHOOSE}").strip().lower()
            if answer in ("y", "yes", "n", "no"):
                return answer.startswith("y")
