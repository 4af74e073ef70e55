"""What is pushed to the province."""
