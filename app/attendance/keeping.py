"""What follows by itself during a shift: the clock asks, proposes, and rounds positions."""
