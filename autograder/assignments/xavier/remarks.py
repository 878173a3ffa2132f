"""What only this assignment can say about a wrong answer: about numbers that were drawn (one-sided,
clipped, of another variance, and which rule would give that variance), and about fans.
"""

import math
from collections import Counter
from itertools import combinations
from math import prod

import numpy as np

from ...answers.verdict import Detail, Diagnosis
from ...diagnosis import pictures, remarks
from ...diagnosis.detail import FAR, LARGEST
from ...diagnosis.subject import Remark
from .distributions import STANDARD_ERRORS, Uniform
from .samples import Behaviour, Drawn, as_sample

SCALE = "Compare the limit or standard deviation you compute with the formula, term by term."
SPATIAL = "A convolution's fans count the spatial positions too."
FROM_RNG = (
    "All randomness must come from rng, the generator that is handed in: its methods draw, and "
    "its state goes on with every draw."
)


class Remarks(remarks.Remarks):
    def first(self, subject, got, want):
        if not want.ndim and np.asarray(subject.want).dtype.kind in "iu":
            yield from _product_of_sides(subject, int(got))

    def explain(self, cases):
        described = _by_distribution(cases)
        for case in cases:
            if isinstance(case.evidence, Behaviour) and not case.passed:
                fault = case.evidence.fault
                if case.evidence.comparable and fault and fault.of_generator:
                    described[id(case)] = Diagnosis(f"{fault.text}.", FROM_RNG)
        return described

    def look(self, case):
        if not isinstance(case.evidence, Drawn):
            return None
        sample, distribution = as_sample(case.evidence.kernels), case.evidence.distribution
        if sample is None or sample.dtype.kind != "f" or not 0 < sample.size <= LARGEST:
            return None
        if not np.abs(sample).max() < FAR * distribution.bound:
            return None
        return Detail(case.name, (), picture=pictures.histogram(sample, distribution))


def _by_distribution(cases):
    """{id of a case: Diagnosis} of wrong cases that are about draws."""
    drawn = [
        c for c in cases if isinstance(c.evidence, Drawn) and not c.passed and not c.evidence.right
    ]
    said = [_remarks(case.evidence) for case in drawn]
    often = Counter(remark.text for texts in said for remark in texts)
    enough = len(drawn)  # sizes agree by chance: a rule must hold for all shapes
    described = {}
    for case, texts in zip(drawn, said):
        shared = [remark for remark in texts if often[remark.text] >= enough][:2]
        if shared:
            hint = next((remark.hint for remark in shared if remark.hint), "")
            described[id(case)] = Diagnosis(" ".join(remark.text + "." for remark in shared), hint)
    return described


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
    said = []
    if values[0] >= 0 or values[-1] <= 0:
        said.append(Remark("The draws are one-sided", "Where is the middle of the distribution?"))
    repeated = 1 - len(np.unique(values)) / values.size
    if repeated > 0.5:
        said.append(Remark("Most values are copies of others", "Every weight needs its own draw."))
    ends = max(np.sum(values == values[0]), np.sum(values == values[-1]))
    if ends > 6 and repeated <= 0.5:
        hint = "Values beyond the bound are drawn anew; moved to the bound they would pile up."
        said.append(Remark("Values are clipped: many lie exactly at the bound", hint))
    said += _rules(values.var(), values.size, drawn)
    said += _family(values, drawn)
    return said


def _rules(variance, n, drawn):
    """Which rule gives this variance?"""
    error = (STANDARD_ERRORS + 1) * math.sqrt(2 / n)
    wanted = drawn.distribution.stddev**2
    if abs(variance / wanted - 1) < error:
        return []
    fan_in, fan_out = drawn.fans
    both = fan_in + fan_out
    rules = [
        ("2 / fan_in, He's", 2 / fan_in),
        ("1 / fan_in", 1 / fan_in),
        ("1 / (3 fan_in): U(-a, a) has variance a² / 3", 1 / fan_in / 3),
        ("1 / fan_out", 1 / fan_out),
        ("2 / fan_out", 2 / fan_out),
        ("1 / (fan_in + fan_out)", 1 / both),
        ("4 / (fan_in + fan_out)", 4 / both),
        ("6 / (fan_in + fan_out): the limit's square", 6 / both),
        (
            "(2 / (fan_in + fan_out))²: the variance was taken for the standard deviation",
            (2 / both) ** 2,
        ),
        (
            "2 / (3 (fan_in + fan_out)): the standard deviation was taken for the limit",
            2 / both / 3,
        ),
        ("2 / (fan_in + fan_out)²: the root was taken of the 6 only", 2 / both**2),
        ("12 / (fan_in + fan_out)²: the root is missing", 12 / both**2),
        (
            "0.7737 of what it should be: truncation costs variance, which is to be made up for",
            0.7737 * wanted,
        ),
        ("1 / 3 of what it should be: U(-a, a) has variance a² / 3", wanted / 3),
        ("3 times what it should be: U(-a, a) has variance a² / 3", wanted * 3),
    ]
    of_convolutions = []
    if len(drawn.shape) > 2:
        sides = drawn.shape[0] + drawn.shape[1]
        channels = drawn.shape[-2] + drawn.shape[-1]
        of_convolutions = [
            (
                "2 / (shape[0] + shape[1]): the first two sides are no fans of a convolution",
                2 / sides,
            ),
            ("2 / (channels in + channels out)", 2 / channels),
        ]
    known = [
        Remark(f"The variance is {name}", hint)
        for group, hint in ((rules, SCALE), (of_convolutions, SPATIAL))
        for name, value in group
        if abs(variance / value - 1) < error
    ]
    size = "large" if variance > wanted else "small"
    return known or [Remark(f"The variance is too {size}", SCALE)]


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


def _product_of_sides(subject, got):
    """Is an integer the product of other sides of a shape than it should be?"""
    shape = subject.arguments.get("shape")
    if not isinstance(shape, tuple) or len(shape) < 2:
        return
    sides = {"shape[-2]": shape[-2], "shape[-1]": shape[-1]}
    if len(shape) > 2:
        sides["the spatial sides"] = prod(shape[:-2])
        sides |= {"shape[0]": shape[0], "shape[1]": shape[1]}
    for count in (1, 2, 3):
        for names in combinations(sides, count):
            if prod(sides[name] for name in names) == got:
                text = f"{subject.what} is " + " times ".join(names)
                hint = "What feeds one unit, and what does one input feed? Count connections."
                yield Remark(text if count > 1 else text + " alone", hint)
