"""``leao trial export``: one simulated trial in the files of the trade."""
