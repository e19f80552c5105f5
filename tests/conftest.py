"""Tests keep compiled kernels out of the user's cache, and import what they share."""

import os
import tempfile

os.environ.setdefault("NUMBA_CACHE_DIR", os.path.join(tempfile.gettempdir(), "leao-tests-numba"))
