"""A log as the validator gets it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from skipgate.checker.validate.events import Clock, Event, EventReader
from skipgate.checker.validate.values import Json
from skipgate.errors import InputError
from skipgate.spec.events.syntax import LogPath


@dataclass(frozen=True)
class Log:
    """A log: its name, and its objects in order, each with the number of its line."""

    name: str
    objects: Iterable[tuple[int, Json]]

    def place(self, line: int) -> str:
        """How a line is called in messages."""
        return f"{self.name}:{line}"

    def events(self, reader: EventReader, clock: LogPath | None) -> Iterator[Event]:
        """The events of the log that are not ignored.

        Raises:
            InputError: what stands in the log is not one of the events that are described, or its time goes back.
        """
        times = Clock(clock)
        for line, data in self.objects:
            place = self.place(line)
            if not isinstance(data, dict):
                raise InputError(f"{place}: this is no JSON object")
            time = times.look(data, place)
            event = reader.read(data, place, line, time)
            if event is not None:
                yield event
