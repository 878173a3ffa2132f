"""What is wrong with numbers that were drawn: one-sided, clipped, of another variance, and which
rule would give that variance.
"""

import math
from collections import Counter

import numpy as np

from ...answers.verdict import Diagnosis
from ...diagnosis.subject import Remark
from .distributions import STANDARD_ERRORS, Uniform
from .samples import Behaviour, Drawn, as_sample

SCALE = "Compare the limit or standard deviation you compute with the formula, term by term."
SPATIAL = "A convolution's fans count the spatial positions too."
FROM_RNG = (
    "All randomness must come from rng, the generator that is handed in: its methods draw, and "
    "its state goes on with every draw."
)


def explain(cases):
    """{id of a case: Diagnosis} of wrong cases that are about draws."""
    drawn = [
        c for c in cases if isinstance(c.evidence, Drawn) and not c.passed and not c.evidence.right
    ]
    said = [_remarks(case.evidence) for case in drawn]
    often = Counter(remark.text for remarks in said for remark in remarks)
    enough = len(drawn)  # sizes agree by chance: a rule must hold for all shapes
    found = {}
    for case, remarks in zip(drawn, said):
        shared = [remark for remark in remarks if often[remark.text] >= enough][:2]
        if shared:
            hint = next((remark.hint for remark in shared if remark.hint), "")
            found[id(case)] = Diagnosis(" ".join(remark.text + "." for remark in shared), hint)
    for case in cases:
        if isinstance(case.evidence, Behaviour) and not case.passed and case.evidence.comparable:
            complaint = case.evidence.complaint or ""
            if any(word in complaint for word in ("seed", "generator", "global state")):
                found[id(case)] = Diagnosis(complaint + ".", FROM_RNG)
    return found


@np.errstate(all="ignore")
def _remarks(drawn):
    """All remarks that hold of one sample."""
    sample = as_sample(drawn.kernels)
    if sample is None or sample.dtype.kind != "f" or not sample.size:
        return []
    if not np.isfinite(sample).all():
        return []
    if sample.shape[1:] != drawn.shape:
        turned = sample.shape[:0:-1] == drawn.shape
        return [Remark("The kernel's axes are in reversed order")] if turned else []
    values = np.sort(sample.astype(np.float64), axis=None)
    if values[0] == values[-1]:
        return [Remark("All values are equal", "Units that start equal stay equal.")]
    found = []
    if values[0] >= 0 or values[-1] <= 0:
        found.append(Remark("The draws are one-sided", "Where is the middle of the distribution?"))
    repeated = 1 - len(np.unique(values)) / values.size
    if repeated > 0.5:
        found.append(Remark("Most values are copies of others", "Every weight needs its own draw."))
    ends = max(np.sum(values == values[0]), np.sum(values == values[-1]))
    if ends > 6 and repeated <= 0.5:
        hint = "Values beyond the bound are drawn anew; moved to the bound they would pile up."
        found.append(Remark("Values are clipped: many lie exactly at the bound", hint))
    found += _rules(values.var(), values.size, drawn)
    found += _family(values, drawn)
    return found


def _rules(variance, n, drawn):
    """Which rule gives this variance?"""
    error = (STANDARD_ERRORS + 1) * math.sqrt(2 / n)
    wanted = drawn.distribution.stddev**2
    if abs(variance / wanted - 1) < error:
        return []
    fan_in, fan_out = drawn.fans
    both = fan_in + fan_out
    rules = {
        "2 / fan_in, He's": 2 / fan_in,
        "1 / fan_in": 1 / fan_in,
        "1 / (3 fan_in): U(-a, a) has variance a² / 3": 1 / fan_in / 3,
        "1 / fan_out": 1 / fan_out,
        "2 / fan_out": 2 / fan_out,
        "1 / (fan_in + fan_out)": 1 / both,
        "4 / (fan_in + fan_out)": 4 / both,
        "6 / (fan_in + fan_out): the limit's square": 6 / both,
        "(2 / (fan_in + fan_out))²: the variance was taken for the standard deviation": (2 / both)
        ** 2,
        "2 / (3 (fan_in + fan_out)): the standard deviation was taken for the limit": 2 / both / 3,
        "2 / (fan_in + fan_out)²: the root was taken of the 6 only": 2 / both**2,
        "12 / (fan_in + fan_out)²: the root is missing": 12 / both**2,
        "0.7737 of what it should be: truncation costs variance, which is to be made up for": 0.7737
        * wanted,
        "1 / 3 of what it should be: U(-a, a) has variance a² / 3": wanted / 3,
        "3 times what it should be: U(-a, a) has variance a² / 3": wanted * 3,
    }
    if len(drawn.shape) > 2:
        sides = drawn.shape[0] + drawn.shape[1]
        channels = drawn.shape[-2] + drawn.shape[-1]
        rules["2 / (shape[0] + shape[1]): the first two sides are no fans of a convolution"] = (
            2 / sides
        )
        rules["2 / (channels in + channels out)"] = 2 / channels
    found = [
        Remark(
            f"The variance is {name}", SPATIAL if "shape" in name or "channels" in name else SCALE
        )
        for name, value in rules.items()
        if abs(variance / value - 1) < error
    ]
    size = "large" if variance > wanted else "small"
    return found or [Remark(f"The variance is too {size}", SCALE)]


def _family(values, drawn):
    """Does it look like another distribution?"""
    centred = values - values.mean()
    kurtosis = np.mean(centred**4) / np.mean(centred**2) ** 2
    error = (STANDARD_ERRORS + 1) * math.sqrt(24 / values.size)
    uniform = isinstance(drawn.distribution, Uniform)
    if abs(kurtosis - 3) < error and len(values) > 2000:
        asked = "uniform draws are" if uniform else "draws truncated at two standard deviations are"
        return [Remark(f"The draws look normal, and have tails; {asked} asked for")]
    if abs(kurtosis - 1.8) < error / 3 and not uniform:
        return [Remark("The draws look uniform, and not normal")]
    return []
