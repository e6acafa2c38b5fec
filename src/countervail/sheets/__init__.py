"""What was solved, as the plain rows that a brief, a table or a page shows."""
