"""Tests keep compiled kernels out of the user's cache, and import what they share."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(tempfile.gettempdir()) / "leao-tests-numba"))
