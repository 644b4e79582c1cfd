"""What hash sets say of the contents of packages, and the tasks that follow from it."""
