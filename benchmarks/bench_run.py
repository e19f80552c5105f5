"""Wall time of `leao run noruzzadeh2016`: from nothing (compiling), with another seed, and answered from disk."""

import os
import platform
import subprocess
import sys
import tempfile
import time


def timed(arguments: list[str], folder: str) -> float:
    """Return seconds of wall time of one command."""
    caches = os.environ | {"NUMBA_CACHE_DIR": f"{folder}/numba"}
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "leao.cli", *arguments], env=caches, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Print the four figures."""
    with tempfile.TemporaryDirectory() as folder:
        run = ["run", "noruzzadeh2016", "--out", f"{folder}/runs"]
        print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores")
        print(f"help                     {timed(['--help'], folder):6.2f} s")
        print(f"first run, compiling     {timed(run, folder):6.2f} s")
        print(f"another seed             {timed([*run, '--seed', '2'], folder):6.2f} s")
        print(f"answered from disk       {timed(run, folder):6.2f} s")


if __name__ == "__main__":
    main()
