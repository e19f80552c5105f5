"""The seven answers of a run, put together from the rooms of the house."""
