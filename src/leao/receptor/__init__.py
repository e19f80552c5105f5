"""Receptor: from free drug, Mg2+ and voltage to the block of NMDA receptors."""
