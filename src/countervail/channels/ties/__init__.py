"""Ties: agreements, treaties, alliances and affinities between countries."""
