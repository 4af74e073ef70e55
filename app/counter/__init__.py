"""Help at the counter: staff do for a person what the app can do, with consent."""
