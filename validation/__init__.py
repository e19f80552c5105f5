"""What builds docs/validation and the numbers that rest on long computations: pages, fits, calibrations."""
