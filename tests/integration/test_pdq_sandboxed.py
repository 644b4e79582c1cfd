"""PDQ inside the decoder's lockdown: the same hashes, and nothing compiled or opened late."""

import json
import subprocess
import sys
from pathlib import Path

from pdq_pictures import drawn

from polit.decode.pdq import hash_picture

TESTS = Path(__file__).resolve().parents[1]
COUNT = 90
LOCKED_DOWN = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
import numpy as np
from PIL import Image
from pdq_pictures import drawn
from polit.decode import pdq
from polit.sandbox.limits import MIB, PROFILE_LIMITS, Profile
from polit.sandbox.lockdown import LockdownRequest, lock_down

drawn_before = [drawn(index) for index in range(int(sys.argv[2]))]
pdq.warm()
parent = os.getpid()
if os.fork() == 0:
    limits = PROFILE_LIMITS[Profile.DECODER]
    facts = lock_down(LockdownRequest(Profile.DECODER, limits.memory_bytes, -1, parent))
    assert facts.seccomp, facts
    hashes = [[one.value.hex() for one in pdq.hash_picture(one)] for one in drawn_before]
    # 25 MP of little contrast, which the slower way hashes, beside the memory of its decoder.
    decoded = np.full((5000, 5000, 4), 90, dtype=np.uint8)
    decoded[:2500, 100:] = 91
    large = Image.frombuffer("RGBX", (5000, 5000), decoded, "raw", "RGBX", 0, 1)
    quality = pdq.hash_picture(large)[0].quality
    pdq.hash_frame(decoded[:1080, :1920, :3], frame=1, frame_ms=40)
    os.write(1, json.dumps({"hashes": hashes, "quality": quality}).encode())
    os._exit(0)
sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
"""


def test_a_locked_down_process_gives_the_same_hashes() -> None:
    command = [sys.executable, "-c", LOCKED_DOWN, str(TESTS), str(COUNT)]
    ended = subprocess.run(command, capture_output=True, check=False, timeout=120)
    assert ended.returncode == 0, ended.stderr.decode()
    said = json.loads(ended.stdout)
    expected = [[one.value.hex() for one in hash_picture(drawn(n))] for n in range(COUNT)]
    assert said == {"hashes": expected, "quality": 0}
