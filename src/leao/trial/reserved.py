"""Words after ``leao trial`` that are commands: no scenario may bear them."""

RESERVED = (
    "adjust",
    "analyse",
    "boundaries",
    "export",
    "grid",
    "mcp-mod",
    "n-of-1",
    "protocol",
    "reestimate",
    "simulate",
)
