"""The site: settings, addresses, and the gate that every request passes."""
