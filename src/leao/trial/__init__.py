"""Trial: many patients, arms, analysis and the verdict."""
