"""The page of what was proved of evidence: the tables of two proofs, as they were written."""

import json
from pathlib import Path
from typing import Any

_PROOFS = Path("docs/proof")


def evidence_page() -> str:
    """Return the reference page of containers, file systems and numbered assertions."""
    lead = (
        "# What was proved of evidence\n\nThe figures of `./dev prove evidence assertions "
        "hostile`, from the files of these names in `docs/proof`. In the table images are opened "
        "by the readers that the walker uses, outside the sandbox; archives, carving and what is "
        "hostile go through `polit examine` itself.\n"
    )
    return lead + _left_out() + _rows() + _verdicts() + _carving() + _hostile()


def _left_out() -> str:
    figures = _figures("evidence")
    if not figures:
        return ""
    lines = [f"- {name}: {why}." for name, why in figures["not_in_table"].items()]
    return (
        "\nThe fixtures with deleted files are crossed with 17 containers of bytes. Not in the "
        "table:\n\n" + "\n".join(lines) + "\n"
    )


def _rows() -> str:
    figures = _figures("evidence")
    if not figures:
        return "\n## Containers and file systems\n\nNot proved yet.\n"
    lines = [
        f"| {row['row']} | {row['entries']:,} | {_of(row['live'])} | {_of(row['deleted'])} |"
        f" {row['invented']} | {_yes(row['bytes_equal'])} | {row['truth']} |"
        for row in figures["rows"]
    ]
    return (
        f"\n## Containers and file systems\n\n{figures['rows_judged']} rows, "
        f"{figures['entries']:,} entries, {figures['live_equal']:,} live and "
        f"{figures['deleted_equal']:,} deleted contents equal to the truth, "
        f"{figures['invented']} entries that nothing accounts for. *Equal of planted* counts "
        "contents by their SHA-256; deleted ones are those whose clusters are free. *Bytes* says "
        "that the container gave the raw image's bytes.\n\n"
        "| file system and container | entries | live, equal of planted | deleted, equal of "
        "planted | invented | bytes | by which truth |\n"
        "| --- | --- | --- | --- | --- | --- | --- |\n" + "\n".join(lines) + "\n"
    )


def _verdicts() -> str:
    figures = _figures("assertions")
    if not figures:
        return "\n## Public assertions by number\n\nNot proved yet.\n"
    lines = [
        f"| {one['assertion']} | {one['says']} | {one['case']} | {one['verdict']} |"
        f" {one['detail']} |"
        for one in figures["verdicts"]
    ]
    return (
        "\n## Public assertions by number\n\n`DFR` are requirements of NIST's CFTT, "
        "*Active File Identification & Deleted File Recovery Tool Specification*, draft 1 of "
        "version 1.1 (2009), in our words; the numbers were checked against public quotations, "
        "all but that of DFR-CR-03. `DFTT` are Brian Carrier's test images, judged by the "
        "answers on their own pages. `polit` is a rule of our own.\n\n"
        "What fails, fails on purpose: bytes in reused clusters are read and the entry says that "
        "it is overwritten, so that an examiner sees what stands there; a file in pieces on FAT "
        "is a guess for every tool once its chain is cleared.\n\n"
        "`carving` goes by the kinds of NIST's CFTT, *Forensic File Carving Tool Test Assertions "
        "and Test Plan*, draft 1.0 (2014), in our words; its numbers could not be checked. "
        "**What fails there is a weakness**: a JPEG in pieces may come out joined with other "
        "blocks. An entry that was joined says so in its name (`4096 joined of 2.jpg`) and in the "
        "account: look at such a picture with that in mind. How many of each kind are found stands "
        "below.\n\n"
        "| assertion | says | on | verdict | detail |\n| --- | --- | --- | --- | --- |\n"
        + "\n".join(lines)
        + "\n"
    )


def _carving() -> str:
    figures = _figures("carving")
    if not figures:
        return "\n## Carving beside PhotoRec\n\nNot proved yet.\n"
    run = figures["runs"][0]
    tools = list(next(iter(run["cases"].values())))
    lines = [
        f"| {case.replace('_', ' ')} | {tool} | {_shares(score, 'exact')} |"
        f" {_shares(score, 'visible')} | {_precision(score)} | {score['seconds']:.1f} |"
        for case, scores in run["cases"].items()
        for tool, score in scores.items()
    ]
    speeds = ", ".join(f"{tool} {run['read_mb_s'][tool]:,}" for tool in tools)
    behind = "; ".join(run["behind_photorec"]) or "nowhere"
    return (
        "\n## Carving beside PhotoRec\n\nThe figures of `./dev prove carving`: the same images in "
        "the same run, on one core, rules in `benchmarks/carving.py`. *polit* are the candidates "
        "that the walker gives, before a decoder judged them, which drops what does not decode; "
        "*verified* are those whose own bytes prove them. *Exact* is the planted content, "
        "*visible* shows at least 95 % of what is left of it, each of what was planted; "
        "*precision* is the share of what came out that shows something planted. Seconds are of "
        f"the processor. MB/s over bytes without pictures: {speeds}. PhotoRec with its own options "
        f"did better: {behind}. The thresholds of joining were chosen on the same photographs.\n\n"
        "| case | tool | exact | visible | precision | seconds |\n"
        "| --- | --- | --- | --- | --- | --- |\n" + "\n".join(lines) + "\n"
    )


def _shares(score: dict[str, Any], kind: str) -> str:
    found = (f"{form} {score[kind][form]}/{count}" for form, count in score["planted"].items())
    return ", ".join(found) or "none planted"


def _precision(score: dict[str, Any]) -> str:
    counted = score["outputs"] - score["inner"]
    return f"{score['true'] / counted:.3f}" if counted else "nothing came out"


def _hostile() -> str:
    figures = _figures("hostile")
    if not figures:
        return "\n## Hostile archives and images\n\nNot proved yet.\n"
    whole = figures["archives"]
    archives = [
        f"| {one['case']} | {one['kind']} | {one['bytes']:,} | {one['members']:,} |"
        f" {one['read_bytes']:,} | {_counts(one['outcomes'])} | {_counts(one['reasons'])} |"
        for one in whole["cases"]
    ]
    images = [
        f"| {one['case']} | {one['kind']} | {one['code']} | {one['entries']:,} |"
        f" {_ended(one)} | {one['seconds']} |"
        f" {one['peak_mib']} |"
        for one in figures["images"]
    ]
    appeared = sum(len(one["appeared"]) for one in [whole, *figures["images"]])
    return (
        "\n## Hostile archives and images\n\n`polit examine` in its full sandbox, with folders of "
        "its own for work, temporary files and home. Beside the package and the data folder "
        f"{appeared} files appeared: these folders and that of the evidence were listed before "
        "and after, and the names that lead out of an archive were looked for in `/`, `/tmp` and "
        "the home folder. *Peak* is the resident memory of the largest process that the command "
        "started.\n\nTwo weaknesses: a member of `size.tar` that is cut states the size that its "
        "header claims, and that its end is missing stands under *not examined* alone; a few "
        "kilobytes of AFF4 may state a device of 64 TiB of zeros, and its digests are measured "
        "to the end, as those of a real one would be.\n\n"
        f"One ext4 image holds all {len(archives)} archives: {whole['entries']:,} entries, exit "
        f"code {whole['code']}, {whole['seconds']} s, peak {whole['peak_mib']} MiB. The tally "
        "accounts for each entry, and each archive has one of its own.\n\n"
        "| archive | kind | bytes | members told | bytes that the done state | members by "
        "outcome | reasons, its own with them |\n| --- | --- | --- | --- | --- | --- | --- |\n"
        + "\n".join(archives)
        + "\n\nEach image by itself:\n\n"
        "| image | kind | exit code | entries | problems, or the refusal | seconds | peak MiB |\n"
        "| --- | --- | --- | --- | --- | --- | --- |\n" + "\n".join(images) + "\n"
    )


def _ended(one: dict[str, Any]) -> str:
    return ", ".join(one["problems"]) or one["words"].replace("|", "/") or "none"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in counts.items()) or "none"


def _figures(name: str) -> dict[str, Any]:
    path = _PROOFS / f"{name}.json"
    if not path.exists():
        return {}
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return kept["figures"] if kept["passed"] else {}


def _of(pair: list[int]) -> str:
    return f"{pair[1]} of {pair[0]}" if pair[0] else "none"


def _yes(value: bool | None) -> str:
    return {True: "yes", False: "no", None: "not asked"}[value]
