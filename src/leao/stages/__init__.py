"""The six stages of the chain; none imports another, they meet through the names in ``variables``."""
