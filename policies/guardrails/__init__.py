"""The library under the packs: controls, verdicts, unknown values, exemptions and IAM analysis."""
