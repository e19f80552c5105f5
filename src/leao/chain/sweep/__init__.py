"""One scenario over values of some of its keys."""
