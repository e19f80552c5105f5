"""Numba kernels: plain arrays in, plain arrays out; no unit, no ledger, no file."""
