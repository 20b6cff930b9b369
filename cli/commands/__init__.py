"""The commands: the options of each, what for, with examples; what they do is in the module of ``cli`` of that name."""
