"""What stations announce."""
