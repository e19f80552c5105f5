"""One patient's regimen, as entered: limits, cautions, forecast. It checks a regimen and never proposes one."""
