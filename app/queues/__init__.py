"""What waits for staff, in one list a kind: with its age, its deadline and who has it."""
