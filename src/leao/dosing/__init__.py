"""Regimen: from a prescription to the doses a person really takes."""
