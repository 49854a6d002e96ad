"""How much memory a program took at most, for tests that start one of their own."""

from __future__ import annotations

# For the beginning of a program: `peak()` in MB. On Linux what getrusage tells of a program holds what the process had
# before it became this program, too: 600 MB where a large test run starts it.
PEAK = """
import resource, sys
def peak():
    if sys.platform != "linux":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 2**20
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) // 1024
"""
