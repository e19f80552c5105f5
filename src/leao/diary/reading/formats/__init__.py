"""What kind of file a diary is, told by its first bytes and its words, and how each kind becomes a ``Sheet``."""
