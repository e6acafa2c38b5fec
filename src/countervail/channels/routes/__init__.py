"""Energy routes: who can stop how much of a country's oil and gas on its way to market."""
