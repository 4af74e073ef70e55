"""The replay of the demo city's fairs: one tiny film as long as a fair, with the number of the job on show.

Encoded while the city is made, where ffmpeg is there, and put away as recordings of real streams are.
"""

import asyncio
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from PIL import Image, ImageDraw, ImageFont

from app.core.ports import ports
from app.streams import recordings
from scripts.demo.fairs_plan import EACH, LASTS, MOST_JOBS, OPENING

KEY = "replays/00000000-0000-4000-8000-00000000d30d"
_SIZE = (320, 180)
_COLOURS = ("#1f4e79", "#2e6b3a", "#9c2b23", "#6b4a1f", "#5a2a6b", "#1f6b6b", "#7a5c00", "#3a3a6b", "#6b1f45")
_PATIENCE_S = 20


class Filming:
    """The film in the making; without ffmpeg there is none, and fairs have no replay."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="demo-film-")
        self._encoding: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        folder = Path(self._folder.name)
        if shutil.which("ffmpeg") and shutil.which("ffprobe"):
            self._encoding = subprocess.Popen(
                [
                    "ffmpeg", "-nostdin", "-v", "error", "-f", "concat", "-i", _frames(folder),
                    "-vf", "fps=1/5,format=yuv420p", "-t", str(int(LASTS.total_seconds())),
                    "-c:v", "libx264", "-preset", "ultrafast", "-crf", "35", "-g", "24", "film.flv",
                ],
                cwd=folder,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        if self._encoding and self._encoding.poll() is None:
            self._encoding.kill()
            self._encoding.wait()
        self._folder.cleanup()

    async def kept(self) -> int | None:
        """Keep the film, and return its length in ms; None where it could not be made."""
        if self._encoding is None:
            return None
        film, replay = Path(self._folder.name, "film.flv"), Path(self._folder.name, "replay.mp4")
        try:
            if await asyncio.to_thread(self._encoding.wait, _PATIENCE_S) != 0:
                return None
            await recordings.remux(film, replay)
            duration_ms = await recordings.length_ms(replay)
        except (subprocess.TimeoutExpired, recordings.RecordingNotKept):
            return None
        await ports().files.put_file(KEY, replay, "video/mp4")
        return duration_ms


def _frames(folder: Path) -> Path:
    """Draw a frame for the host's words and one for each job, and list for how long each is seen."""
    font, listed = ImageFont.load_default(110), ["ffconcat version 1.0"]
    left = LASTS.total_seconds()
    for number in range(MOST_JOBS + 1):
        frame = Image.new("RGB", _SIZE, _COLOURS[number % len(_COLOURS)])
        text = str(number) if number else "GO"
        ImageDraw.Draw(frame).text((160, 90), text, font=font, fill="white", anchor="mm")
        frame.save(folder / f"{number}.png", compress_level=1)
        seconds = min(left, (EACH if number else OPENING).total_seconds())
        left -= seconds
        if number == MOST_JOBS:
            seconds += left
        listed += [f"file {number}.png", f"duration {seconds:.0f}"]
    (folder / "frames.txt").write_text("\n".join([*listed, f"file {MOST_JOBS}.png", ""]))
    return Path("frames.txt")
