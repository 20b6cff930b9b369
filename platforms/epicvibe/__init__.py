"""EpicVibe Organizer: its settings, their rules, and how its components are wired."""
