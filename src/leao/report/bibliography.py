"""References for pages: those of ``leao.core.bibliography``."""

from leao.core.bibliography import Reference, reference, references

__all__ = ["Reference", "reference", "references"]
