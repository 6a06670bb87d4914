"""Memory that was freed goes back to the system while nobody sings.

The C library keeps what the models' threads have freed, some 100 MB after a busy minute, and asks for more when it lies in the
wrong place: a server that runs for weeks looks as if it leaked.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
from collections.abc import Callable

LOOK_EVERY_S = 2.0


async def give_back_when_idle(finished: Callable[[], int]) -> None:
    """Give memory back each time that work has been done and then none for a while; never returns.

    Args:
        finished: how many pieces of work have been done so far.
    """
    seen = given_back_at = finished()
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        now = finished()
        if now == seen != given_back_at:
            await asyncio.to_thread(give_back)
            given_back_at = now
        seen = now


def give_back() -> None:
    """Free what only garbage refers to and hand freed memory to the system; the latter where the C library is glibc."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
