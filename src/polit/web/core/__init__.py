"""What every register stands on: who may, who acts, how records are kept."""
