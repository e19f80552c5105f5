"""An ensemble under a factor on the hazard of attacks that is given, for tests of the trial engine."""

from typing import NamedTuple

import numpy as np

from leao.trial.simulation import Setting


class Factor(NamedTuple):
    """The same factor on every day with a dose."""

    value: float

    def ratio(self, enrolled, dose):
        """Return it, 1 without a dose."""
        return dose._replace(days=np.where(dose.days > 0.0, self.value, 1.0))


def setting(design, calibration, value, streams, **more):
    """Return the ensemble of a design of two arms, the second on 10 mg."""
    planned = np.zeros((2, design.days))
    planned[1] = 10.0
    return Setting(design, calibration, Factor(value), planned, streams, **more)
