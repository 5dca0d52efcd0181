"""How good the comparison is, on public data with known answers; the figures stand in docs/duplicates.md.

`python -m tests.records.duplicates.evaluate restaurants FOLDER` or `… febrl FOLDER`, `… dressed FOLDER`. The folder
holds the restaurant lists of the OAEI (`rest1.csv`, `rest2.csv`, `gt.csv`) or the first data set of Febrl
(`febrl1.csv`, `true_links.csv`). Of the restaurants only rows with a name and a telephone count: the others are towns
and kinds of food. Their list of answers is not complete (two dozen pairs of the same name and telephone are not in it),
so the figures are given twice: as listed, and over pairs of which the list knows at least one record.

True links are dealt into two halves by a digest of their ids, every record with its link. Weights are looked after on
the first half; the second, shown with `--test`, is for the figures that are quoted.
"""

import csv
import random
import sys
from collections import defaultdict
from hashlib import sha256
from itertools import combinations
from pathlib import Path

from coordina.records.duplicates import words
from coordina.records.duplicates.keys import keys_of
from coordina.records.duplicates.scoring import POSSIBLE, SURE, Facts, Trait, compare

type Pair = tuple[str, str]
LARGEST = 20
"""Records of one key that are compared, as in the product."""


def made(**values: str) -> Facts:
    """Plain values of one record."""
    read = {
        Trait.COMPANY_NAME: words.company_name, Trait.PERSON_NAME: words.person_name, Trait.PHONE: words.telephone,
        Trait.STREET: words.street, Trait.PLACE: words.place, Trait.POSTAL_CODE: words.postal_code,
        Trait.BIRTH: words.birth, Trait.TAX_ID: words.tax_id,
    }  # fmt: skip
    found = {Trait(name): (read[Trait(name)](text),) for name, text in values.items() if text}
    return {trait: value for trait, value in found.items() if value[0]}


def restaurants(folder: Path) -> tuple[dict[str, Facts], set[Pair], bool]:
    """Two lists and the pairs between them."""
    records: dict[str, Facts] = {}
    for side in "12":
        with (folder / f"rest{side}.csv").open(encoding="utf-8") as file:
            for row in csv.reader(file, delimiter="|"):
                if row[0].isdigit() and row[1] and row[2]:
                    records[side + row[0]] = made(company_name=row[1], phone=row[2], street=row[3])
    with (folder / "gt.csv").open(encoding="utf-8") as file:
        truth = {("1" + a, "2" + b) for a, b in csv.reader(file, delimiter="|") if a.isdigit()}
    return records, truth, True


def febrl(folder: Path) -> tuple[dict[str, Facts], set[Pair], bool]:
    """One list of people, half of them spoilt copies."""
    with (folder / "febrl1.csv").open(encoding="utf-8") as file:
        records = {
            r["rec_id"]: made(
                person_name=f"{r['given_name']} {r['surname']}".strip(),
                street=f"{r['street_number']} {r['address_1']} {r['address_2']}".strip(),
                place=r["suburb"], postal_code=r["postcode"], birth=r["date_of_birth"], tax_id=r["soc_sec_id"],
            )
            for r in csv.DictReader(file)
        }  # fmt: skip
    with (folder / "true_links.csv").open(encoding="utf-8") as file:
        truth = {tuple(sorted(row)) for row in csv.reader(file) if row[0].startswith("rec-")}
    return records, truth, False  # type: ignore[return-value]  # rows of two


FORMS = ("{}, S.L.", "{} SLU", "{} S.A.", "{}, Sdad. Ltda.", "{} S. L.", "{} GmbH", "{} Ltd.", "{} S.Coop.", "{}")
SHIFTS = ("Restaurante {}", "{}", "{}", "El {}")


def dressed(folder: Path) -> tuple[dict[str, Facts], set[Pair], bool]:
    """The restaurants under Spanish forms of companies, in capitals or not, some with words turned round."""
    chance = random.Random(20)
    plain, truth, linked = restaurants(folder)
    found: dict[str, Facts] = {}
    for key, facts in plain.items():
        name = facts.get(Trait.COMPANY_NAME, ("",))[0]
        if chance.random() < 0.2 and " " in name:
            first, _space, rest = name.partition(" ")
            name = f"{rest} {first}"
        name = chance.choice(FORMS).format(
            chance.choice(SHIFTS).format(name.title() if chance.random() < 0.5 else name)
        )
        found[key] = {**facts, **made(company_name=name.upper() if chance.random() < 0.3 else name)}
    return found, truth, linked


def candidates(records: dict[str, Facts], linked: bool) -> set[Pair]:
    """Pairs with a key in common."""
    blocks: dict[int, list[str]] = defaultdict(list)
    for key, facts in records.items():
        for mark in keys_of("x", facts):
            blocks[mark].append(key)
    found: set[Pair] = set()
    for block in blocks.values():
        if linked:
            ones, twos = [k for k in block if k[0] == "1"][:LARGEST], [k for k in block if k[0] == "2"][:LARGEST]
            found |= {(a, b) for a in ones for b in twos}
        else:
            found |= {(min(a, b), max(a, b)) for a, b in combinations(block[:LARGEST], 2)}
    return found


def half_of(key: str) -> int:
    """The half a record belongs to."""
    return sha256(key.encode()).digest()[0] % 2


def figures(scores: dict[Pair, float], truth: set[Pair], threshold: float) -> tuple[float, float, float]:
    """Precision, recall, F1."""
    said = {pair for pair, score in scores.items() if score >= threshold}
    right = len(said & truth)
    precision, recall = right / len(said) if said else 1.0, right / len(truth)
    return precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0


def main(which: str, folder: Path) -> None:
    """Say what was found."""
    records, truth, linked = {"restaurants": restaurants, "febrl": febrl, "dressed": dressed}[which](folder)
    pairs = candidates(records, linked)
    scores = {(a, b): compare(records[a], records[b]).score for a, b in pairs}
    # a record goes to the half of its true partner, so that no link is cut
    belongs = {key: half_of(a) for a, b in truth for key in (a, b)}
    side = {key: belongs.get(key, half_of(key)) for key in records}
    met = len(pairs & truth) / len(truth)
    say(f"{len(records)} records, {len(truth)} true pairs, {len(pairs)} candidates, {met:.3f} of the true among them")
    for half, name in ((0, "training"), (1, "test")):
        here = {p: s for p, s in scores.items() if side[p[0]] == side[p[1]] == half}
        true = {p for p in truth if side[p[0]] == half}
        if half == 0:
            grid = [n / 100 for n in range(5, 100)]
            best = max(grid, key=lambda t: (figures(here, true, t)[2], -abs(t - POSSIBLE)))
        if half == 1 and "--test" not in sys.argv:
            break
        known = {key for pair in truth for key in pair}
        for word, threshold in (("possible", POSSIBLE), ("sure", SURE), ("best of training", best)):
            for judged in (False, True) if linked else (False,):
                pairs = {p: s for p, s in here.items() if not judged or known & set(p)}
                precision, recall, f1 = figures(pairs, true, threshold)
                said = f"P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}{'  (judged pairs)' if judged else ''}"
                say(f"{name:9} {word:17} {threshold:.2f}  {said}")
        if "-v" in sys.argv and half == 0:
            show(here, true, records)


def say(*words: object) -> None:
    """A line for whoever asked."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")


def show(scores: dict[Pair, float], truth: set[Pair], records: dict[str, Facts]) -> None:
    """The mistakes of the training half."""
    for pair in sorted(truth):
        if scores.get(pair, 0) < POSSIBLE:
            say("missed", scores.get(pair), *(dict(records[k]) for k in pair))
    known = {key for pair in truth for key in pair}
    for pair, score in scores.items():
        if score >= POSSIBLE and pair not in truth and known & set(pair):
            say("wrong", score, *(dict(records[k]) for k in pair))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
