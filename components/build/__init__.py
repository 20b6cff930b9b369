"""Container images: built from source, outside whoever asks for it."""
