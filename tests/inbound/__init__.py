"""What comes down from the province."""
