"""Help at the counter."""
