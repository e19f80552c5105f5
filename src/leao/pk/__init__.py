"""Doses and levels of real people: tables in, simulated tables and forecasts out."""
