"""Live streams: who may send one, whether it is on, and what was recorded; whose they are is said above."""
