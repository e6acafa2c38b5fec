"""Searching over policy: levers, goals, each lever's own curve, and walks uphill."""
