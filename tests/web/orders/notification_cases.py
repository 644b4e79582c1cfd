"""Dated cases of the notification clock, worked out by hand; the docs show the same rows.

Instants are local, as ``2026-03-02 10:00``; a day alone means that its whole is in time.
"""

DUE: tuple[tuple[str, str, str, str], ...] = (
    # rule, event, last day or instant in time, why
    ("initial", "2026-03-02 10:00", "2026-03-04", "the first day counts"),
    ("initial", "2026-03-06 16:00", "2026-03-08", "Friday to Sunday: a weekend extends nothing"),
    ("initial", "2026-12-24 12:00", "2026-12-26", "Christmas and Boxing Day extend nothing"),
    ("initial", "2026-04-03 09:00", "2026-04-05", "Good Friday to Easter Sunday"),
    ("initial", "2024-02-28 09:00", "2024-03-01", "over 29 February"),
    ("initial", "2026-02-28 09:00", "2026-03-02", "no 29 February"),
    ("initial", "2026-12-30 09:00", "2027-01-01", "over the end of the year"),
    ("initial", "2026-03-02 00:00", "2026-03-04", "midnight begins the day (GMT)"),
    ("initial", "2026-03-02 23:59", "2026-03-04", "the last minute is the same day"),
    ("initial", "2026-07-01 00:00", "2026-07-03", "BST: 23:00 UTC of the day before"),
    ("initial", "2026-07-01 00:30", "2026-07-03", "BST: the local day decides, not UTC's"),
    ("change", "2026-03-28 10:00", "2026-03-30", "over the night in which BST begins"),
    ("change", "2026-10-24 10:00", "2026-10-26", "over the night in which BST ends"),
    ("change", "2026-06-12 10:00", "2026-06-14", "ends on a Sunday"),
    ("change", "2024-02-27 10:00", "2024-02-29", "ends on 29 February"),
    ("bank_card", "2026-06-01 10:00", "2026-06-03", "SI 2012/1876: the same three days"),
    ("identity_document", "2026-05-23 10:00", "2026-05-25", "ends on a bank holiday"),
    ("child_household", "2026-08-29 10:00", "2026-08-31", "ends on a bank holiday"),
    ("travel", "2026-06-20 09:00", "2026-06-12", "seven clear days before departure"),
    ("travel", "2026-03-04 09:00", "2026-02-24", "over the end of February"),
    ("travel", "2024-03-04 09:00", "2024-02-25", "over 29 February"),
    ("travel", "2026-01-05 00:10", "2025-12-28", "over the end of the year"),
    ("travel", "2026-07-01 00:30", "2026-06-23", "BST: the local day of departure decides"),
    ("travel_excused", "2026-06-20 09:00", "2026-06-19 09:00", "24 hours, reasonable excuse"),
    ("travel_unknown", "2026-06-20 09:00", "2026-06-19 21:00", "12 hours before departure"),
    ("travel_unknown", "2026-03-29 08:00", "2026-03-28 19:00", "an hour is missing that night"),
    ("travel_unknown", "2026-10-25 08:00", "2026-10-24 21:00", "an hour comes twice that night"),
    ("travel_return", "2026-06-20 23:30", "2026-06-22", "the day of the return counts"),
    ("travel_return", "2026-12-24 06:00", "2026-12-26", "bank holidays extend nothing"),
)
"""Periods that are counted from one event."""

PERIODIC: tuple[tuple[str, tuple[tuple[str, str, bool], ...], str, str, str], ...] = (
    # name, notifications (rule, given, no residence), rule, last day in time, why
    (
        "first",
        (("initial", "2019-03-03 10:00", False),),
        "periodic",
        "2020-03-03",
        "one year after the initial notification",
    ),
    (
        "moved by s.84",
        (("initial", "2019-03-03 10:00", False), ("change", "2019-09-10 10:00", False)),
        "periodic",
        "2020-09-10",
        "a notification under s.84(1) is an event of s.85(2)",
    ),
    (
        "not by a bank card",
        (("initial", "2019-03-03 10:00", False), ("bank_card", "2019-09-10 10:00", False)),
        "periodic",
        "2020-03-03",
        "a matter of SI 2012/1876 moves nothing",
    ),
    (
        "not by a passport",
        (("initial", "2019-03-03 10:00", False), ("identity_document", "2019-09-10 10:00", False)),
        "periodic",
        "2020-03-03",
        "a matter of SI 2012/1876 moves nothing",
    ),
    (
        "not by a child's home",
        (("initial", "2019-03-03 10:00", False), ("child_household", "2019-09-10 10:00", False)),
        "periodic",
        "2020-03-03",
        "a matter of SI 2012/1876 moves nothing",
    ),
    (
        "not by travel",
        (
            ("initial", "2019-03-03 10:00", False),
            ("travel", "2019-09-10 10:00", False),
            ("travel_return", "2019-10-10 10:00", False),
        ),
        "periodic",
        "2020-03-03",
        "travel is under s.86",
    ),
    (
        "by the periodic one",
        (("initial", "2019-03-03 10:00", False), ("periodic", "2020-02-20 10:00", False)),
        "periodic",
        "2021-02-20",
        "an early one counts from when it was given",
    ),
    (
        "by a late one",
        (("initial", "2019-03-03 10:00", False), ("periodic", "2020-03-10 10:00", False)),
        "periodic",
        "2021-03-10",
        "a late one counts from when it was given",
    ),
    (
        "s.84 before the first year ends",
        (("periodic", "2021-05-01 10:00", False), ("change", "2022-04-30 10:00", False)),
        "periodic",
        "2023-04-30",
        "on the last day but one it still moves",
    ),
    (
        "given out of order",
        (("change", "2019-09-10 10:00", False), ("initial", "2019-03-03 10:00", False)),
        "periodic",
        "2020-09-10",
        "the latest counts, in whatever order they were recorded",
    ),
    (
        "from 29 February",
        (("initial", "2020-02-29 10:00", False),),
        "periodic",
        "2021-02-28",
        "the month has no 29th: its last day",
    ),
    (
        "from 28 February",
        (("initial", "2023-02-28 10:00", False),),
        "periodic",
        "2024-02-28",
        "the 28th, not the 29th",
    ),
    (
        "back in a leap year",
        (("periodic", "2027-02-28 10:00", False),),
        "periodic",
        "2028-02-28",
        "a day that was cut short does not come back",
    ),
    (
        "ends on a Sunday",
        (("initial", "2025-03-01 10:00", False),),
        "periodic",
        "2026-03-01",
        "a weekend extends nothing",
    ),
    (
        "ends on Christmas Day",
        (("initial", "2025-12-25 10:00", False),),
        "periodic",
        "2026-12-25",
        "a bank holiday extends nothing",
    ),
    (
        "given after UTC's midnight",
        (("initial", "2026-07-01 00:30", False),),
        "periodic",
        "2027-07-01",
        "BST: the local day decides",
    ),
    (
        "given before local midnight",
        (("initial", "2026-06-30 23:59", False),),
        "periodic",
        "2027-06-30",
        "BST: the local day decides",
    ),
    (
        "no residence",
        (("initial", "2026-06-01 10:00", True),),
        "periodic_no_residence",
        "2026-06-08",
        "seven days after, the day of the notification not counted",
    ),
    (
        "weekly again",
        (("initial", "2026-06-01 10:00", True), ("periodic", "2026-06-07 10:00", True)),
        "periodic_no_residence",
        "2026-06-14",
        "each weekly one starts seven days",
    ),
    (
        "a home again",
        (("initial", "2026-06-01 10:00", True), ("change", "2026-06-05 10:00", False)),
        "periodic",
        "2027-06-05",
        "the change of home address brings the year back",
    ),
    (
        "a home lost",
        (("initial", "2026-06-01 10:00", False), ("change", "2026-09-05 10:00", True)),
        "periodic_no_residence",
        "2026-09-12",
        "the last home address notified decides",
    ),
    (
        "weekly over the end of BST",
        (("periodic", "2026-10-21 10:00", True),),
        "periodic_no_residence",
        "2026-10-28",
        "days, not hours",
    ),
)
"""The periodic notification of s.85, from all that was given."""

LENGTHS: tuple[tuple[str, str, bool, str, str], ...] = (
    # sentence, relevant date, under 18, last day, why
    ("life_or_30_months", "2020-01-01", False, "", "indefinite"),
    ("restriction_order", "2020-01-01", True, "", "indefinite, under 18 too"),
    (
        "over_6_under_30_months",
        "2019-03-03",
        False,
        "2029-03-02",
        "ten years beginning with that day",
    ),
    (
        "over_6_under_30_months",
        "2020-02-29",
        False,
        "2030-02-28",
        "no 29 February: the month's last day",
    ),
    (
        "over_6_under_30_months",
        "2018-03-01",
        False,
        "2028-02-29",
        "the day before 1 March of a leap year",
    ),
    ("over_6_under_30_months", "2019-03-03", True, "2024-03-02", "under 18: five years"),
    ("up_to_6_months", "2019-03-03", False, "2026-03-02", "seven years"),
    ("up_to_6_months", "2020-08-31", True, "2024-02-29", "three years and a half, no 31 February"),
    ("hospital", "2021-07-01", False, "2028-06-30", "seven years"),
    ("other", "2021-01-31", False, "2026-01-30", "five years"),
    ("other", "2021-01-01", True, "2023-06-30", "under 18: two years and a half"),
    ("caution", "2024-02-29", False, "2026-02-28", "two years"),
    ("caution", "2024-05-10", True, "2025-05-09", "under 18: one year"),
)
"""The notification period of s.82."""

LATE: tuple[tuple[str, str, str, bool, str], ...] = (
    # rule, event, given, late, why
    ("initial", "2026-03-02 10:00", "2026-03-04 23:59", False, "the last minute of the third day"),
    ("initial", "2026-03-02 10:00", "2026-03-05 00:00", True, "midnight after it"),
    ("change", "2026-06-30 10:00", "2026-07-02 23:30", False, "BST: 22:30 UTC"),
    ("change", "2026-06-30 10:00", "2026-07-03 00:30", True, "BST: 23:30 UTC of the day before"),
    ("change", "2026-10-23 10:00", "2026-10-25 23:59", False, "the day of 25 hours to its end"),
    ("travel", "2026-06-20 09:00", "2026-06-12 23:59", False, "the last minute of the last day"),
    ("travel", "2026-06-20 09:00", "2026-06-13 08:00", True, "seven days, but not clear ones"),
    ("travel_unknown", "2026-06-20 09:00", "2026-06-19 21:00", False, "exactly twelve hours"),
    ("travel_unknown", "2026-06-20 09:00", "2026-06-19 21:01", True, "less than twelve hours"),
)
"""Whether a notification came late."""
