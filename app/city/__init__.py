"""What the city sets for everybody: trades and minimum wages; and work that got stuck."""
