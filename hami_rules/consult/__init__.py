"""Legal questions: which paragraph governs a situation, why, and what else must be known to decide."""
