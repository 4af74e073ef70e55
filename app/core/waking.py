"""What a stream without end waits on: woken when there may be something to tell, ended when it must end."""

import asyncio


class Stream:
    """One open stream, until it is ended."""

    def __init__(self) -> None:
        self.ended = False
        self._woken = asyncio.Event()

    def wake(self) -> None:
        self._woken.set()

    def end(self) -> None:
        self.ended = True
        self._woken.set()

    async def woken(self, within_s: float) -> bool:
        """Wait until there may be something to look for; False if nothing was said within the time."""
        try:
            await asyncio.wait_for(self._woken.wait(), within_s)
        except TimeoutError:
            return False
        self._woken.clear()
        return True
