"""Commands of the installed library: ``guardrails init``, ``audit``, ``controls`` and ``explain``."""
