"""The structure of a difference, in words a student can use: what wrong answers have in common,
where they are wrong, and in which cases.
"""

from collections import Counter
from dataclasses import replace

import numpy as np

from ..answers.evidence import Comparison
from ..answers.verdict import Diagnosis
from . import locations, shapes, values
from .conditions import cases_told_apart
from .subject import Remark, Subject

LARGEST = 500_000  # entries; nothing is said of more


def explain(cases, tape, sources, own):
    """{id of a case: Diagnosis} of wrong cases that no known mistake explains.

    Args:
        cases: all cases of a question that have evidence.
        sources: {id of a case: places on the tape}.
        own: the assignment's `remarks.Remarks`.
    """
    described, groups = {}, {}
    cases = [case for case in cases if isinstance(case.evidence, Comparison)]
    for case in cases:
        if not case.passed and not case.evidence.right:
            groups.setdefault(case.evidence.what, []).append(case)
    which = _which_values(cases)
    for what, group in groups.items():
        said = [
            _exchanged(case, cases, sources) + remarks_on(subject_of(case, tape, sources), own)
            for case in group
        ]
        often = Counter(remark.text for remarks in said for remark in set(remarks))
        enough = len(group) if len(group) < 3 else max(2, 0.5 * len(group))
        others = [c for c in cases if c.evidence.what == what and c.evidence.right]
        when = cases_told_apart(group, others, tape, sources)
        for case, remarks in zip(group, said):
            shared = [remark for remark in remarks if often[remark.text] >= enough]
            shared.sort(key=lambda remark: -often[remark.text])  # what holds most often, first
            shared = shared or [r for r in remarks if r.place and not r.weak]
            strong = [remark for remark in shared if not remark.weak]
            described[id(case)] = diagnosis_of(
                _name(case, sources), shared, when or ("" if strong else which)
            )
    return {key: diagnosis for key, diagnosis in described.items() if diagnosis}


def _which_values(cases):
    """Of several returned values: a sentence on those that are always right, and on the others."""
    names = dict.fromkeys(case.evidence.what for case in cases)
    wrong = {case.evidence.what for case in cases if not case.passed and not case.evidence.right}
    right = [name for name in names if name not in wrong]
    if len(names) < 3 or not wrong or "" in names:
        return ""
    if "loss" in wrong:
        return "The loss is wrong already: begin with the forward pass."
    if not right:
        return ""
    listed = [
        " and ".join(name for name in names if (name in wrong) == bad) for bad in (False, True)
    ]
    return f"Always right: {listed[0]}; wrong: {listed[1]}. Look at what lies between."


def _exchanged(case, cases, sources):
    """Is it what another value of the same call should be?"""
    evidence, [(number, name), *_] = case.evidence, sources.get(id(case)) or [(None, None)]
    for other in cases:
        theirs = sources.get(id(other))
        if other is case or not theirs or theirs[0][0] != number:
            continue
        if not evidence.agrees(evidence.want, other.evidence.want):
            if evidence.agrees(evidence.got, other.evidence.want):
                should = other.evidence.what or theirs[0][1]
                text = f"{evidence.what or name} is what {should} should be"
                return [Remark(text, "In which order are the values returned?")]
    return []


def _name(case, sources):
    """What an answer is called: by its question, or else by the contract."""
    source = sources.get(id(case))
    name = source[0][1] if source else None
    return case.evidence.what or name or "the result"


def subject_of(case, tape, sources):
    """The Subject of a case's evidence."""
    evidence, source = case.evidence, sources.get(id(case))
    call = tape.calls[source[0][0]] if source else None
    want = evidence.want if isinstance(evidence.want, list) else np.asarray(evidence.want)
    before = []
    for value in [*call.args, *call.kwargs.values()] if call else ():
        born = tape.given(value)
        if born:
            before.append(tape.calls[born[0]])
    name = _name(case, sources)
    return Subject(name, evidence.got, want, evidence.dtype, call, tuple(before))


def diagnosis_of(what, remarks, when):
    """One remark on the values, one on the places, and when it is so."""
    told = [r for r in remarks if not r.place and not r.weak]
    told = told or [r for r in remarks if r.weak and not r.place]
    chosen = told[:1] + sorted((r for r in remarks if r.place), key=lambda r: r.weak)[:1]
    if not chosen and not when:
        return None
    sentences = [_sentence(remark.text) for remark in chosen]
    if when:
        sentences.append(when if chosen else f"{what} is wrong. {when}")
    hint = next((remark.hint for remark in chosen if remark.hint), "")
    return Diagnosis(" ".join(sentences), hint)


def _sentence(text):
    """Capitalised, unless it begins with the name of something."""
    plain = text.split()[0] in ("each", "every", "only", "the", "inside")
    return (text[:1].upper() + text[1:] if plain else text) + "."


@np.errstate(all="ignore")
def remarks_on(subject, own):
    """All remarks that hold of one wrong answer."""
    got, want = subject.got, subject.want
    if isinstance(want, list):
        return _list_remarks(subject, own)
    kinds = list(shapes.kind_remarks(subject))
    if kinds or not isinstance(got, (np.ndarray, np.generic, int, float)):
        return kinds
    got = np.asarray(got)
    if got.dtype.kind not in "biuf" or got.size > LARGEST or not got.size:
        return []
    if got.shape != want.shape:
        return list(shapes.remarks(subject)) if want.dtype.kind in "iuf" else []
    if want.dtype.kind == "b":
        return list(shapes.flag_remarks(subject)) if got.dtype.kind == "b" else []
    if not subject.is_finite:
        return _not_finite(subject, got, own)
    remarks = list(values.remarks(subject, own))
    wrong = ~np.isclose(got, want, rtol=1e-6, atol=1e-7 * np.abs(want).max(initial=0.0))
    if want.ndim and wrong.any() and not wrong.all():
        remarks += locations.remarks(subject, wrong, own)
    return remarks


def _list_remarks(subject, own):
    """Remarks that hold of every wrong array of a list."""
    got, want = subject.got, subject.want
    if not isinstance(got, (list, tuple)) or len(got) != len(want):
        return []
    if not all(isinstance(a, np.ndarray) for a in got):
        return []
    pairs = list(zip(got, want))
    if any(a.shape != b.shape or a.dtype.kind != "f" for a, b in pairs):
        return []
    wrong = [(a, b) for a, b in pairs if not subject.close(a, b)]
    each = [
        remarks_on(Subject("each array", a, b, subject.dtype, subject.call), own) for a, b in wrong
    ]
    shared = (
        [r for r in each[0] if all(r.text in {o.text for o in rs} for rs in each)] if each else []
    )
    ratios = [values.ratio(subject, a, b) for a, b in pairs]
    if None in ratios:
        text = f"the arrays of {subject.what} do not keep their direction"
        shared.append(
            Remark(text, "May entries be changed one by one, if the direction is to stay?")
        )
    elif np.ptp(ratios) > 1e-4 * max(np.abs(ratios)):
        text = f"each array of {subject.what} is scaled by a factor of its own"
        shared.append(Remark(text, "One step for all weights together: what has to be one factor?"))
    elif ratios:
        text = f"all arrays of {subject.what} are scaled by one factor, but by a wrong one"
        shared.append(Remark(text, "What is compared with what, before anything is scaled?"))
    return shared


def _not_finite(subject, got, own):
    """Where nan or inf come from."""
    bad = ~np.isfinite(got)
    kind = "nan" if np.isnan(got).any() else "infinite"
    what = subject.what
    remarks = []
    if bad.all():
        remarks.append(Remark(f"{what} is {kind} everywhere"))
    else:
        inner = locations.remarks(replace(subject, fault=kind), bad, own) if got.ndim else ()
        remarks = [Remark(r.text, r.hint) for r in inner]
        remarks.append(Remark(f"{what} is {kind} in places"))
    largest = max((np.abs(v).max(initial=0.0) for v in subject.arrays.values()), default=0.0)
    zeros = [name for name, value in subject.arrays.items() if value.size and not value.any()]
    if kind == "infinite" and not got.ndim:
        hint = (
            "inf is -log(0), or exp of more than 709: a probability of e^-10000 is 0 in floating "
            "point. Can the logarithm be had without it?"
        )
    elif largest > 700:
        hint = (
            "exp overflows beyond about 709: what may be subtracted before it, without changing "
            "the result?"
        )
    elif zeros:
        hint = f"{zeros[0]} is all zeros here: what is divided by?"
    else:
        hint = "nan comes from 0 / 0, inf - inf, or the root or logarithm of a negative number."
    if not any(remark.hint for remark in remarks):
        remarks[0] = Remark(remarks[0].text, hint)
    return remarks
