"""Group-sequential designs: spending of error, exact boundaries, sample size, simulated looks, re-estimation."""
