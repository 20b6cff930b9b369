"""Serves packs over Pulumi's analyzer protocol."""
