"""Many designs of one trial side by side."""
