"""What the gallery writes: unveilings, with their audit rows."""
