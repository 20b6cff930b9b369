"""What every part of the library shares."""
