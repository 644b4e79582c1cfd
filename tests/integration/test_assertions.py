"""The numbered assertions of ``./dev prove assertions``, on two file systems."""

from evidence import assertions, catalogue


def test_requirements_hold_but_for_what_is_known() -> None:
    verdicts = assertions.judged_requirements(("fat16", "ntfs"))
    failed = {one.assertion for one in verdicts if one.verdict == assertions.FAIL}
    # Reused blocks are read and called overwritten; a requirement of ours says that they are.
    assert failed == {"DFR-CR-04"}
    assert len(verdicts) == 2 * len(assertions.REQUIREMENTS)


def test_requirement_fails_where_a_deleted_name_is_not_listed() -> None:
    (first, *_) = assertions.judged_requirements(("fat12",))
    assert first.verdict == assertions.PASS
    image, truth = catalogue.built("fat12")
    case = assertions.Case("fat12", assertions.walked(image)[:1], truth.planted)
    says, judge = assertions.REQUIREMENTS["DFR-CR-01"]
    assert says
    assert judge(case)[0] == assertions.FAIL
