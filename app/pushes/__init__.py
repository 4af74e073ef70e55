"""Changes pushed to the province as Standard Webhooks."""
