"""What hangs in the hall: the screen of open gigs, and the poster that opens them."""
