"""Result files."""

import json


def kept_result(path):
    """(entry, digest, checks) of a result file; (None, "", "") without one that is whole."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        entry = kept["entry"]
        cases = [case for question in entry["questions"].values() for case in question["cases"]]
        numbers = [entry["score"], entry["max_score"], entry["seconds"]]
        for question in entry["questions"].values():
            numbers += [question["score"], question["max_score"]]
        texts = [entry["student"], entry["status"], kept["digest"], *entry["notes"]]
        texts += [text for case in cases for text in (case["name"], case["message"])]
        whole = all(isinstance(n, (int, float)) for n in numbers)
        whole = whole and all(isinstance(text, str) for text in texts)
        whole = whole and all(isinstance(case["passed"], bool) for case in cases)
        whole = whole and all("misconception" in case for case in cases) and "recorded" in entry
        return (entry, kept["digest"], str(kept.get("checks"))) if whole else (None, "", "")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None, "", ""
