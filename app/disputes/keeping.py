"""What follows by itself for disputes: cases that open themselves, deadlines that move them up."""
