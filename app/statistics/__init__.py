"""The market's own figures, kept by day, and what the city does with them."""
