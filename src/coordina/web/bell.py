"""The bell of the top bar, asked only by pages that draw it."""

from functools import cached_property
from typing import Any

from coordina.activity.bell import State, state_of
from coordina.activity.views.notices import said


class Bell:
    """What the top bar shows of a person's notifications."""

    def __init__(self, user: Any) -> None:
        self.user = user

    @cached_property
    def state(self) -> State:
        """The number and its mark."""
        return state_of(self.user)

    @property
    def said(self) -> str:
        """What the bell is called, read aloud."""
        return said(self.state.count)
