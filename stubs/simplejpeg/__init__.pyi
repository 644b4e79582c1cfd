from typing import Any, Literal

import numpy as np
from typing_extensions import Buffer

__version__: str

def decode_jpeg_header(data: Buffer, *, strict: bool = True) -> tuple[int, int, str, str]: ...
def decode_jpeg(
    data: Buffer, colorspace: Literal["GRAY", "RGBX"], *, strict: bool = True
) -> np.ndarray[Any, np.dtype[np.uint8]]: ...
