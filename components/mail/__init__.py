"""Mail: who may send it in the name of a domain, and what becomes of it."""
