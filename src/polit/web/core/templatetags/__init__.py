"""Tags for templates. They are built in: no template needs to load them."""
