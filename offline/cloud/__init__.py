"""The cloud that the stand-in keeps: what exists, how it hangs together, and what AWS refuses."""
