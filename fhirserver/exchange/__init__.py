"""The group's work: the rules of the exchange, and what follows from what they let pass."""
