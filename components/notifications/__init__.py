"""What a program tells people by itself: mail and text messages."""
