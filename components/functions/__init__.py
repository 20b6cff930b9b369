"""Lambda functions and their schedules."""
