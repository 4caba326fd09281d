"""Memory that is free goes back to the system."""

from __future__ import annotations

import ctypes
import time

import psutil
import pytest

from sim.page.memory import Keeper

#: Bytes of a block, too few for the C library to give it back by itself once it is freed, and blocks.
BLOCK, BLOCKS = 60_000, 4_000


def _resident() -> int:
    return int(psutil.Process().memory_info().rss)


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="only glibc can be asked for it")
def test_free_memory_goes_back_while_the_page_is_served() -> None:
    blocks = [bytearray(b"1" * BLOCK) for _ in range(BLOCKS)]
    del blocks[::2]  # what is left lies between what is free
    held, wanted = _resident(), len(blocks) * BLOCK / 2
    keeper = Keeper(every=0.02)
    keeper.start()
    try:
        end = time.monotonic() + 20
        while held - _resident() < wanted and time.monotonic() < end:
            time.sleep(0.02)
    finally:
        keeper.close()
    assert held - _resident() >= wanted
