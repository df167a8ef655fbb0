"""The gate: what a check found beside what was known, and what may pass."""
