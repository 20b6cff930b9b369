"""What a run of the engine did and found, told to people and to other tools."""
