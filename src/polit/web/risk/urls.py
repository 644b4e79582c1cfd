"""The addresses of risk."""

from django.urls import path

from polit.web.risk.views import assessments, prompts, queue, responses

app_name = "risk"
_CASE = "cases/<uuid:case_id>/risk/"
_PROMPTS = "cases/<uuid:case_id>/suicide-risk/"
_REFERRAL = "referrals/<uuid:referral_id>/risk/"
_OF_REFERRAL = f"{_REFERRAL}<uuid:referral_assessment_id>/"

urlpatterns = [
    path("risk/", queue.queue_page, name="queue"),
    path(_CASE, assessments.case_page, name="case"),
    path(f"{_CASE}assess/", assessments.assess_page, name="assess"),
    path(f"{_CASE}<uuid:assessment_id>/correct/", assessments.correct_page, name="correct"),
    path(f"{_CASE}<uuid:assessment_id>/withdraw/", assessments.withdraw_page, name="withdraw"),
    path(_REFERRAL, assessments.referral_page, name="referral"),
    path(f"{_REFERRAL}assess/", assessments.referral_assess_page, name="referral_assess"),
    path(f"{_OF_REFERRAL}correct/", assessments.referral_correct_page, name="referral_correct"),
    path(
        f"{_OF_REFERRAL}withdraw/", assessments.referral_withdraw_page, name="referral_withdraw"
    ),
    path(f"{_REFERRAL}cover/", responses.cover_page, name="cover"),
    path(f"{_REFERRAL}uncover/", responses.uncover_page, name="uncover"),
    path(_PROMPTS, prompts.prompts_page, name="prompts"),
    path(f"{_PROMPTS}ask/", prompts.ask_page, name="ask"),
    path(f"{_PROMPTS}<uuid:prompt_id>/correct/", prompts.prompt_correct_page,
         name="prompt_correct"),
    path(f"{_PROMPTS}<uuid:prompt_id>/withdraw/", prompts.prompt_withdraw_page,
         name="prompt_withdraw"),
]  # fmt: skip
