"""The library under the policy packs."""
