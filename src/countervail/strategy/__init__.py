"""Strategy: what each deal is worth, which bundle to take, in which order, which claims hold."""
