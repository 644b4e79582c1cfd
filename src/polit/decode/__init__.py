"""What bytes are, and pixels out of them: imported by the sandbox's workers alone."""
