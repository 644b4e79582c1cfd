"""What runs inside the zygotes and their locked-down children; nothing else imports it."""
