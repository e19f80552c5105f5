"""The errors a user may meet: each message is one line naming place, found, wanted and remedy."""


class LeaoError(Exception):
    """Something a user can mend; the command line prints it in one line and exits with 2."""


class ScenarioError(LeaoError):
    """A scenario, an option or a value on the command line that cannot be used."""


class LedgerError(LeaoError):
    """A number without a unit, source or tier, of the wrong dimension, or with a misspelt key."""


class SolverError(LeaoError):
    """A computation that failed at a named time, node or subject."""


class RunError(LeaoError):
    """A run folder that is missing, broken or cannot be written."""
