"""Helpers of the course GANs desde cero / GANs from scratch: everything being taught is in the notebooks, not here."""
