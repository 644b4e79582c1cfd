"""Count the figures of `polit stats` again from its CSV files; nothing of polit is needed.

    polit stats --from 2025-04-01 --to 2026-03-31 --csv rows
    python3 samples/recount.py rows

The files hold all rows of all times. Their folder says for which days and units they were taken;
`--from`, `--to`, `--area` and `--team` (identifiers) ask for others. It prints one JSON object.
Only Python's standard library, 3.11 or later, and a time zone database (on Windows: tzdata).
"""

import argparse
import csv
import json
import sys
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

VERSION = 1
"""Of the columns, as about.json says it."""
DEVICES = {"computer", "phone", "storage"}


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="Count polit's figures again.")
    parser.add_argument("folder", type=Path, help="what polit stats --csv wrote")
    parser.add_argument("--from", dest="first", help="the first day, as 2025-04-01")
    parser.add_argument("--to", dest="last", help="the last day")
    parser.add_argument("--area", help="the identifier of an area")
    parser.add_argument("--team", help="the identifier of a team")
    asked = parser.parse_args()
    about = json.loads((asked.folder / "about.json").read_text(encoding="utf-8"))
    if about["schema_version"] != VERSION:
        sys.exit(f"these files are of version {about['schema_version']}; this counts {VERSION}")
    count = Count(
        asked.folder,
        about["visits"],
        date.fromisoformat(asked.first or about["from"]),
        date.fromisoformat(asked.last or about["to"]),
        ZoneInfo(about["zone"]),
        {
            "area_id": about["area_id"] if asked.area is None else asked.area,
            "team_id": about["team_id"] if asked.team is None else asked.team,
        },
    )
    sys.stdout.write(json.dumps(count.figures(), indent=2) + "\n")
    return 0


class Count:
    """The rows of one export, and what is asked of them."""

    def __init__(
        self,
        folder: Path,
        visits: dict[str, Any],
        first: date,
        last: date,
        zone: ZoneInfo,
        units: dict[str, str],
    ) -> None:
        """Take the folder, how often visits are, the days (both counted), the units or none."""
        self.folder, self.visits, self.last, self.units = folder, visits, last, units
        self.zone = zone
        self.begin = datetime.combine(first, time(), zone)
        self.end = datetime.combine(last + timedelta(days=1), time(), zone)

    def figures(self) -> dict[str, int]:
        """Return every figure by its key."""
        return {
            **self.warrants(),
            "arrests": sum(
                row["kind"] == "arrest" and self.is_asked(row, "occurred_at")
                for row in self.standing("arrests")
            ),
            **self.children(),
            **self.devices(),
            "referrals": sum(self.is_asked(row, "received_at") for row in self.rows("referrals")),
            **self.orders(),
        }

    def warrants(self) -> dict[str, int]:
        """Count warrants by their first execution, and executions."""
        held = [row for row in self.standing("executions") if row["counts"] == "true"]
        return {
            "warrants_executed": sum(
                self.is_asked(row, "occurred_at")
                for row in firsts(held, "warrant_id", "occurred_at")
            ),
            "warrant_executions": sum(self.is_asked(row, "occurred_at") for row in held),
        }

    def children(self) -> dict[str, int]:
        """Count children by the first of their actions, whatever the case."""
        held = [row for row in self.standing("protective_actions") if row["counts"] == "true"]
        victims = {
            row["root_person_id"]
            for row in self.rows("children")
            if row["standing"] == "identified_victim"
        }
        first = [
            row["root_person_id"] in victims
            for row in firsts(held, "root_person_id", "occurred_at")
            if self.is_asked(row, "occurred_at")
        ]
        return {
            "children_safeguarded": len(first),
            "children_identified_victims": sum(first),
            "children_at_risk": len(first) - sum(first),
            "protective_actions": sum(self.is_asked(row, "occurred_at") for row in held),
        }

    def devices(self) -> dict[str, int]:
        """Count devices seized without their parts, and devices by their first examination."""
        kinds = {row["id"]: row["device_kind"] for row in self.rows("exhibits")}
        done = [
            row
            for row in self.rows("examinations")
            if row["state"] == "imported" and kinds[row["exhibit_id"]] in DEVICES
        ]
        return {
            "devices_seized": sum(
                row["device_kind"] in DEVICES
                and not row["parent_id"]
                and self.is_asked(row, "seized_at")
                for row in self.rows("exhibits")
            ),
            "devices_examined": sum(
                self.is_asked(row, "completed_at")
                for row in firsts(done, "exhibit_id", "completed_at")
            ),
        }

    def orders(self) -> dict[str, int]:
        """Count orders in force on the last day, and people whose visit was overdue on it."""
        day = self.last.isoformat()  # days as text compare as days do
        held = [
            row
            for row in self.rows("orders")
            if self.is_of_units(row)
            and row["begins_on"] <= day
            and (not row["ends_on"] or row["ends_on"] >= day)
            and (not row["ended_on"] or row["ended_on"] > day)
        ]
        seen = [row for row in self.standing("visits") if row["was_seen"] == "true"]
        seen_at = {row["place_id"]: row["occurred_at"] for row in self.by_then(seen)}
        levels = self.by_then(self.standing("assessments"))
        level = {row["place_id"]: row["level"] for row in levels}
        late = set()
        for row in held:
            policy, place = self.visits[row["policy"]], row["place_id"]
            if place in seen_at:
                seen_on = instant(seen_at[place]).astimezone(self.zone).date()
                due = months_after(seen_on, policy["months"][level.get(place, "")])
            else:
                due = date.fromisoformat(row["begins_on"]) + timedelta(days=policy["first_days"])
            if due < self.last:
                late.add(place)
        return {"orders_supervised": len(held), "visits_overdue": len(late)}

    def by_then(self, rows: list[dict[str, str]]) -> list[dict[str, str]]:
        """Return what happened by the end of the period, the last last."""
        past = [row for row in rows if instant(row["occurred_at"]) < self.end]
        return sorted(past, key=lambda row: (instant(row["occurred_at"]), row["recorded_at"]))

    def standing(self, name: str) -> list[dict[str, str]]:
        """Return what holds: nothing corrects it, and it withdraws nothing."""
        return [
            row
            for row in self.rows(name)
            if not row["corrected_by"] and row["is_withdrawal"] == "false"
        ]

    def rows(self, name: str) -> list[dict[str, str]]:
        """Return the rows of a file."""
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    def is_asked(self, row: dict[str, str], column: str) -> bool:
        """Tell whether a row is of the period and of the units."""
        return self.begin <= instant(row[column]) < self.end and self.is_of_units(row)

    def is_of_units(self, row: dict[str, str]) -> bool:
        """Tell whether a row is of the area and the team."""
        return all(row[name] == unit for name, unit in self.units.items() if unit)


def firsts(
    rows: list[dict[str, str]], key: str, column: str = "occurred_at"
) -> list[dict[str, str]]:
    """Return the first row of each key, by its instant."""
    found: dict[str, dict[str, str]] = {}
    for row in sorted(rows, key=lambda row: (instant(row[column]), row["id"])):
        found.setdefault(row[key], row)
    return list(found.values())


def months_after(day: date, months: int) -> date:
    """Return the same day so many months on, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def instant(text: str) -> datetime:
    """Return an instant of a file, which is in UTC."""
    return datetime.fromisoformat(text)


if __name__ == "__main__":
    sys.exit(main())
