"""What the verbs of ``./dev`` do: development tools, no part of the product."""
