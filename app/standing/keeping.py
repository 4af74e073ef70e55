"""What follows by itself for ratings and appeals: showing, and deadlines."""
