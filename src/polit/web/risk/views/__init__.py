"""The pages of risk: the queue, assessments of cases and referrals, prompts about suicide."""
