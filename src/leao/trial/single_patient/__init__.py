"""An N-of-1 trial of one real patient: its calendar, and what its cycles say at each look."""
