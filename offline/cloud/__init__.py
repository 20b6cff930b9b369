"""The mock cloud: what exists, how it hangs together, and what AWS refuses."""
