"""Diary: from the hazard of attacks to the days a patient writes down."""
