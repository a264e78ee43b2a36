"""The deployment gates: what they share."""
