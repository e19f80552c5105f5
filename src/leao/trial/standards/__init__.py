"""A simulated trial's ADaM tables in the trade's files: SAS transport, Dataset-JSON, define.xml."""
