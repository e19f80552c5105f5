"""The statistical section of a protocol, from a scenario and its simulated trials."""
