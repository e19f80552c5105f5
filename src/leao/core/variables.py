"""One table of every output: its name, the stage that writes it, its dimensions, unit and meaning.

Results, report and documentation read their labels here; a name that is not in the table cannot be saved.
"""

from typing import NamedTuple


class Variable(NamedTuple):
    """One output of the chain."""

    name: str
    stage: str
    dims: str
    unit: str
    meaning: str


VARIABLES = tuple(
    Variable(*row)
    for row in (
        # what passes from stage to stage
        ("dose_taken", "regimen", "trial subject day", "mg", "memantine hydrochloride taken on the day"),
        ("intakes_taken", "regimen", "trial subject day intake", "mg", "memantine hydrochloride taken at each intake"),
        ("plasma_concentration", "exposure", "trial subject day", "ng/mL", "plasma memantine, mean over the day"),
        ("free_brain", "exposure", "trial subject day", "uM", "free memantine around neurons, mean over the day"),
        (
            "block_odds",
            "receptor",
            "trial subject day",
            "1",
            "B/(1-B) of the cortical mixture at the map's key voltage",
        ),
        ("threshold_relative", "cortex", "trial subject day", "1", "ignition threshold over that without drug"),
        ("attack_rate_ratio", "headache", "trial subject day", "1", "multiplies the rate at which attacks start"),
        # exposure
        ("plasma_band", "exposure", "quantile day", "ng/mL", "plasma memantine, mean over the day, in the drug arm"),
        ("free_brain_band", "exposure", "quantile day", "uM", "free memantine around neurons, mean over the day"),
        ("steady_plasma", "exposure", "person", "ng/mL", "plasma memantine, mean over the last 28 days"),
        ("steady_free_brain", "exposure", "person", "uM", "free memantine, mean over the last 28 days"),
        ("plasma_hourly", "exposure", "example hour", "ng/mL", "plasma memantine of single persons, first two weeks"),
        # receptor
        ("block", "receptor", "quantile subtype voltage", "percent", "blocked share of the current at steady state"),
        ("block_curve", "receptor", "subtype level concentration", "percent", "blocked share of the current"),
        ("hypothesis_block", "receptor", "quantile hypothesis", "percent", "blocked share at the map's key voltage"),
        ("hypothesis_threshold", "receptor", "quantile hypothesis", "1", "ignition threshold over that without drug"),
        ("hypothesis_rate_ratio", "receptor", "quantile hypothesis", "1", "rate ratio of attacks, mechanism"),
        # cortex
        ("threshold_curve", "cortex", "member stimulus odds", "1", "ignition threshold over that without drug"),
        ("threshold_weight", "cortex", "member", "1", "weight of a member of the ensemble"),
        ("voltage", "cortex", "case time x", "mV", "neuronal membrane potential"),
        ("potassium", "cortex", "case time x", "mM", "extracellular K+"),
        ("trace_voltage", "cortex", "case time", "mV", "neuronal membrane potential at one point"),
        ("trace_potassium", "cortex", "case time", "mM", "extracellular K+ at one point"),
        ("trace_glutamate", "cortex", "case time", "uM", "extracellular glutamate at one point"),
        ("trace_dc", "cortex", "case time", "mV", "extracellular potential at one point"),
        ("trace_ecs", "cortex", "case time", "1", "extracellular share of the tissue's volume at one point"),
        # cortex, one line of it
        ("voltage_glia", "cortex", "time x", "mV", "glial membrane potential"),
        ("dc", "cortex", "time x", "mV", "extracellular potential against the far end"),
        ("sodium_neuron", "cortex", "time x", "mM", "Na+ in neurones"),
        ("sodium_glia", "cortex", "time x", "mM", "Na+ in glia"),
        ("sodium_outside", "cortex", "time x", "mM", "extracellular Na+"),
        ("potassium_neuron", "cortex", "time x", "mM", "K+ in neurones"),
        ("potassium_glia", "cortex", "time x", "mM", "K+ in glia"),
        ("potassium_outside", "cortex", "time x", "mM", "extracellular K+"),
        ("chloride_neuron", "cortex", "time x", "mM", "Cl- in neurones"),
        ("chloride_glia", "cortex", "time x", "mM", "Cl- in glia"),
        ("chloride_outside", "cortex", "time x", "mM", "extracellular Cl-"),
        ("glutamate_neuron", "cortex", "time x", "mM", "glutamate in neurones"),
        ("glutamate_glia", "cortex", "time x", "uM", "glutamate in glia"),
        ("glutamate_outside", "cortex", "time x", "uM", "extracellular glutamate"),
        ("volume_neuron", "cortex", "time x", "1", "share of the tissue's volume that is neurones"),
        ("volume_glia", "cortex", "time x", "1", "share of the tissue's volume that is glia"),
        ("volume_outside", "cortex", "time x", "1", "share of the tissue's volume that is extracellular"),
        ("nap_available", "cortex", "time x", "1", "persistent Na+ channels not inactivated"),
        ("vesicles", "cortex", "time x", "1", "glutamate vesicles ready for release, share of a full pool"),
        ("reserve", "cortex", "time x", "1", "energy of the pumps, share of that at rest"),
        ("receptor", "cortex", "subtype layer state time x", "1", "share of a subtype's NMDA receptors in a state"),
        ("receptor_block", "cortex", "time x", "percent", "NMDA current that drug keeps from activated receptors"),
        ("excitability", "cortex", "x", "1", "factor on glutamate release"),
        # cortex, a sheet of it
        ("arrival", "cortex", "y x", "s", "first depolarisation; missing where there was none"),
        ("ended", "cortex", "y x", "s", "end of the first depolarisation; missing where it had not ended"),
        ("threshold", "cortex", "concentration", "", "weakest stimulus that starts a wave; none ignites where missing"),
        ("wave_time", "cortex", "strength wave", "s", "arrival of a wave where waves are counted"),
        ("wave_amplitude", "cortex", "strength wave", "mV", "largest negative DC shift of a wave"),
        ("wave_duration", "cortex", "strength wave", "s", "time a wave holds neurones depolarised"),
        ("wave_speed", "cortex", "strength wave", "mm/min", "speed of a wave; missing where it came from elsewhere"),
        ("train_dc", "cortex", "strength time", "mV", "extracellular potential where waves are counted"),
        ("field_across", "cortex", "y x", "deg", "place in the visual field, to the right of fixation"),
        ("field_up", "cortex", "y x", "deg", "place in the visual field, above fixation"),
        # headache
        ("attack_ratio", "headache", "quantile rise", "1", "rate of attacks over that at an unchanged threshold"),
        # diary
        ("attacks", "diary", "arm phase person", "1/(28 d)", "attacks that start in 28 days"),
        ("monthly_attacks", "diary", "arm month quantile", "1/(28 d)", "attacks that start in 28 days"),
        # trial
        ("difference", "trial", "trial", "1/(28 d)", "change with drug minus change with placebo"),
        ("rate_ratio", "trial", "trial", "1", "attack rate with drug over placebo, negative binomial"),
        ("change", "trial", "arm trial", "1/(28 d)", "change in attacks from baseline to the last 28 days"),
        # verdict
        ("mechanistic_log_rr", "verdict", "draw", "1", "log rate ratio of attacks by way of spreading depression"),
        ("empirical_log_rr", "verdict", "prior draw", "1", "log rate ratio of attacks from the published trials"),
        ("kappa", "verdict", "draw", "1", "log fall of attacks per log fall of waves"),
        ("trigger_slope", "verdict", "draw", "1", "-d log attack rate / d log threshold"),
        ("end_threshold", "verdict", "draw person", "1", "threshold over that without drug, last 28 days"),
        ("share", "verdict", "draw", "1", "mechanistic over empirical log rate ratio"),
        # coordinates
        ("quantile", "coordinate", "", "1", "quantile over persons and trials"),
        ("day", "coordinate", "", "d", "day since the start of treatment"),
        ("hour", "coordinate", "", "h", "time since the first dose"),
        ("concentration", "coordinate", "", "uM", "free drug concentration"),
        ("odds", "coordinate", "", "1", "block odds at the key voltage"),
        ("time", "coordinate", "", "s", "time since the stimulus"),
        ("x", "coordinate", "", "mm", "distance along the cortex"),
        ("y", "coordinate", "", "mm", "distance across the cortex"),
        ("ring", "coordinate", "", "mm", "distance from the middle of the stimulus"),
        ("strength", "coordinate", "", "1", "factor on the rate of exchange with the bath"),
        ("rise", "coordinate", "", "percent", "rise of the ignition threshold"),
        ("month", "coordinate", "", "28 d", "28-day month; 0 is the baseline"),
    )
)

BY_NAME = {variable.name: variable for variable in VARIABLES}


def attributes(name: str) -> dict[str, str]:
    """Return the attributes ``units`` and ``long_name`` of an output; empty for plain labels such as ``arm``."""
    if name not in BY_NAME:
        return {}
    return {"units": BY_NAME[name].unit, "long_name": BY_NAME[name].meaning}
