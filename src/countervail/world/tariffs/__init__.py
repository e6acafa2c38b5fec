"""Tariffs that come and go: rates that may ship, dated schedules, what was collected."""
