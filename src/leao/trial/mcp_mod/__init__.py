"""MCP-Mod: is there a dose response, which shape, which dose."""
