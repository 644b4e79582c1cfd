"""The audit: one row for every act, never changed, and a Merkle log over them."""
