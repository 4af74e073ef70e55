"""What follows by itself for wages: records, due dates, reminders, what nobody contested."""
