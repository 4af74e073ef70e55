"""Who of the staff works on which case, so that no two do."""
