"""Missing visits under an estimand: reference-based imputation, delta adjustment, multiple imputation."""
