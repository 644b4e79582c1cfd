"""The examination itself: plan, stages, pipeline, account."""
