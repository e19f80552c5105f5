"""Exposure: from doses taken to plasma and free brain concentration."""
