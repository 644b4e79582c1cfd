"""Values that carry the data between rooms: frozen, slotted, without input or output."""
