"""Cortex: spreading depression as ionic electrodiffusion, and what block of NMDA receptors does to it."""
