"""Facts about AWS, each with where AWS says so: data that imports nothing else of the guardrails."""
