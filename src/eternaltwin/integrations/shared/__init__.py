"""What the integrations of several web frameworks have in common. It needs none of them."""
