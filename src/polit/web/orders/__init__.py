"""Orders and the monitoring of offenders."""
