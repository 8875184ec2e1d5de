"""What the integrations of all web frameworks share. Nothing in it needs a framework."""
