"""The plain rows that a brief shows: one file for each question, no logic."""
