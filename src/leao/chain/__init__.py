"""What needs the whole chain: scenario, pipeline, run, power, provocation, the verdict."""
