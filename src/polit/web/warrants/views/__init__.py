"""The pages of warrants: lists and records, their answers, their executions."""
