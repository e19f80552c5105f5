"""Headache: from a wave, or without one, to attacks, their pain, and what medicine does to it.

``link``: threshold of the wave -> hazard of attacks. ``pain``: one attack from wave to pain and its end.
``provoke``: headache and migraine after nitroglycerin. ``pathways``: which outcome the drug reaches by which route.
"""

from leao.headache.link import Params, hazard_ratio, observed_ratio, run, trigger_slope
from leao.headache.routes import NO_EFFECT, PATHWAYS

__all__ = ["NO_EFFECT", "PATHWAYS", "Params", "hazard_ratio", "observed_ratio", "run", "trigger_slope"]
