"""What every science stands on: numbers, files, tables, random streams, errors."""
