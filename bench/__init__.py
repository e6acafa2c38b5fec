"""Timings, as ratios against a plain reference in the same run: ``make bench``."""
