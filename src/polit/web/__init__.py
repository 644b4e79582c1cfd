"""The web application: the record of a team, in Django. The engine knows nothing of it."""
