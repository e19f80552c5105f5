"""``leao trial n-of-1``: a blinded trial of one patient, from its calendar to its closing page."""
