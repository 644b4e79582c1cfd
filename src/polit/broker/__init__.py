"""The only door from the web to evidence, vault and pictures; others import ``client`` alone."""
