"""Media: the rows of sealed packages, kept so that pages and later steps can ask them."""
