"""What one more fingerprint a second of a video costs, against decoding that second.

    python -m benchmarks.video_frames [--json]

The peer is FFmpeg in one thread, decoding the same frames and doing nothing with them. Processor
time of one core.
"""

import argparse
import io
import json
import sys
import time
from pathlib import Path

import av
from av.video.reformatter import VideoReformatter

from polit.decode.pdq import hash_frame
from polit.decode.video import rgb_pixels
from tools.machine import machine_facts

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from family_videos import RATE, Footage, encoded, resized

_SECONDS = 6
_SIZES = {"360p": (640, 360), "720p": (1280, 720), "1080p": (1920, 1080)}


def measured(width_px: int, height_px: int) -> dict[str, float]:
    """Return milliseconds for decoding a second, and for converting and hashing one frame."""
    video = Footage(3, 1)
    count = _SECONDS * RATE
    pictures = (resized(video.at(n / RATE), width_px, height_px) for n in range(count))
    with av.open(io.BytesIO(encoded(pictures)), "r") as container:
        stream = container.streams.video[0]
        stream.thread_count = 1
        started = time.process_time()
        frames = list(container.decode(stream))
        decoded_s = time.process_time() - started
    converter = VideoReformatter()
    hash_frame(rgb_pixels(frames[0], converter), frame=0, frame_ms=0)  # compiles
    started = time.process_time()
    for number, frame in enumerate(frames[::5]):
        hash_frame(rgb_pixels(frame, converter), frame=number, frame_ms=0)
    hashed_s = (time.process_time() - started) / len(frames[::5])
    second_s = decoded_s / _SECONDS
    return {
        "decode_a_second_ms": round(1000 * second_s, 1),
        "fingerprint_ms": round(1000 * hashed_s, 1),
        "fingerprint_to_second": round(hashed_s / second_s, 2),
    }


def main() -> None:
    """Measure each size and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    figures = {name: measured(*size) for name, size in _SIZES.items()}
    if asked.json:
        print(json.dumps({"machine": machine_facts(), "figures": figures}))
        return
    print(machine_facts())
    for name, row in figures.items():
        print(name, row)


if __name__ == "__main__":
    main()
