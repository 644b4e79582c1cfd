"""What is known already: hash sets, exact and near search, stacks. No web framework, no pixels."""
