"""What every science stands on: numbers, units, files, random streams, runs, the cache."""
