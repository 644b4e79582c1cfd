"""Keys and encrypted blobs, at rest. No evidence, no decoding."""
