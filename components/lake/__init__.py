"""The data lake: events in S3, their catalogue in Glue, queries in Athena."""
