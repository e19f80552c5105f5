"""Published evidence as data: trials, their synthesis, the anchors of the trigger slope, the claims table."""
