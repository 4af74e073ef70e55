"""Who the province is: its machine clients, their sign-in, scopes, quotas and addresses."""
