"""Ctrl-C ends a command wherever it comes.

LLVM calls Python back while it compiles, and an exception in such a call goes no further: Python reports it
and drops it. The command would go on, or fail at what the call has left undone.
"""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import suppress
from queue import SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from sys import UnraisableHookArgs


class EndedByCtrlC:
    """A block that Ctrl-C ends with KeyboardInterrupt, even where Python drops that or another error follows.

    It leaves alone what somebody else has arranged for Ctrl-C, and threads other than the first.
    """

    def __init__(self) -> None:
        self._pressed = False
        self._dropped: SimpleQueue[bool] = SimpleQueue()
        self._watch = threading.Thread(target=self._press_again, daemon=True)
        self._ours = False

    def __enter__(self) -> None:
        first = threading.current_thread() is threading.main_thread()
        self._ours = first and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if self._ours:
            self._hook = sys.unraisablehook
            sys.unraisablehook = self._note
            self._watch.start()
            signal.signal(signal.SIGINT, self._press)

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if not self._ours:
            return
        self._dropped.put(False)
        with suppress(KeyboardInterrupt):  # which may come once more
            self._watch.join()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.unraisablehook = self._hook
        if self._pressed and (error is None or isinstance(error, Exception)):
            raise KeyboardInterrupt from error

    def _press(self, *_: object) -> NoReturn:
        self._pressed = True
        raise KeyboardInterrupt

    def _note(self, unraisable: UnraisableHookArgs) -> None:
        """Note what Python drops. Other errors after Ctrl-C are of what it cut short: not worth a word."""
        if not self._pressed:
            self._hook(unraisable)
        elif issubclass(unraisable.exc_type, KeyboardInterrupt):
            self._dropped.put(True)  # raised here, it would be dropped again

    def _press_again(self) -> None:
        """In a thread of its own, which gets its turn once the call that dropped it has ended."""
        while self._dropped.get():
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
