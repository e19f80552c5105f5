"""The local pages of ``leao app``: every screen asks the public calls, in worker processes, on this machine alone."""
