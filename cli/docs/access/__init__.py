"""Who may do what on what, from the policies in a stack's state."""
