"""The province's machines: sign-in, rights, quotas, what of it is in the ledger."""
