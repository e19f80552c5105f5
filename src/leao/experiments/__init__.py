"""Experiments on a line of cortex: a preset, its receptors and a drug put together, disturbed and measured."""
