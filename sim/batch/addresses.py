"""Addresses of Dask schedulers: what is one, whether anybody listens there, and who could listen in."""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Self

from sim.errors import InputError

#: Seconds within which a machine has to take a connection.
CONNECT = 5.0
#: Seconds within which a scheduler that has taken it has to answer.
ANSWER = 10.0

_HOST = r"\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)"
_ADDRESS = re.compile(rf"(tcp|tls)://(?:{_HOST}):([0-9]{{1,5}})")


@dataclass(frozen=True)
class Address:
    """Where a scheduler listens.

    Attributes:
        text: as it was given.
        encrypted: whether it is reached by TLS.
        host: name or IP address.
        port: 1 to 65535.
    """

    text: str
    encrypted: bool
    host: str
    port: int

    @classmethod
    def parsed(cls, text: str) -> Self:
        """The address that a text is.

        Raises:
            InputError: it is none.
        """
        found = _ADDRESS.fullmatch(text)
        if found is None or not 1 <= int(found[4]) <= 65_535:
            raise InputError(
                f"--scheduler: {text!r} is no place for runs; give processes, threads or the address of a "
                "Dask scheduler such as tcp://localhost:8786 or tls://localhost:8786"
            )
        return cls(text, found[1] == "tls", found[2] or found[3], int(found[4]))

    def reached(self) -> bool:
        """Take up a connection and leave it again: whether it stays on this machine.

        Raises:
            InputError: nobody listens there, or there is no such machine.
        """
        try:
            found = within(CONNECT, lambda: socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM))
            socket.create_connection((self.host, self.port), CONNECT).close()
        except (OSError, UnicodeError) as error:
            raise self.unanswered(error) from None
        return all(ipaddress.ip_address(str(one[4][0]).partition("%")[0]).is_loopback for one in found)

    def unanswered(self, error: BaseException) -> InputError:
        """What is said where no scheduler answers."""
        reason = "something else does"
        if isinstance(error, TimeoutError):
            reason = "it keeps silent"
        elif isinstance(error, OSError | UnicodeError):
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return InputError(
            f"--scheduler: no Dask scheduler answers at {self.text} ({reason}); start it, or check the "
            "address"
        )


def within[T](seconds: float, call: Callable[[], T]) -> T:
    """What a call gives, if it does so in time; a call that does not is left to itself.

    Raises:
        TimeoutError: it takes longer.
    """
    given: Future[T] = Future()

    def carry_out() -> None:
        try:
            given.set_result(call())
        except BaseException as error:  # noqa: BLE001 - whoever waits gets it
            given.set_exception(error)

    threading.Thread(target=carry_out, daemon=True).start()
    return given.result(seconds)
