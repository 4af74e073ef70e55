"""What came of fairs: from who looked to who was paid, and what the next one should show first."""
