"""Capital: who has invested what where, what money adds, and which projects wait for it."""
