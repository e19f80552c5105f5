"""Several hypotheses of one trial: doses, endpoints."""
