"""Long runs: python -m tests.fuzz --inputs 1000000 --seed 1 [--target corpora] [--out FOLDER].

Goes on where an earlier run with the same seed, targets and folder ended.  For each kind of fault the folder gets the
smallest input that shows it and the traceback.  With --bounds compiled code checks every index (slower).
"""

import argparse
import logging
import os
import sys
import tempfile
from pathlib import Path


def main() -> int:
    """Run, print a line now and then, and return 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=10_000, metavar="N", help="inputs in all (default: 10000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", action="append", default=[], metavar="NAME")
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "gopolicy-fuzz", metavar="FOLDER")
    parser.add_argument("--bounds", action="store_true", help="compile with checks of every index")
    args = parser.parse_args()
    if args.bounds and not os.environ.get("NUMBA_BOUNDSCHECK"):
        place = Path(tempfile.gettempdir()) / "gopolicy-fuzz-bounds"
        os.environ |= {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(place)}
        os.execv(sys.executable, [sys.executable, "-m", "tests.fuzz", *sys.argv[1:]])

    logging.getLogger("gopolicy").setLevel(logging.CRITICAL)
    sys.path.insert(0, str(Path(__file__).parents[1]))  # for the tests' fakes
    from . import all_targets
    from .running import Finding, fuzz, next_number, save_findings

    targets = all_targets.TARGETS
    if unknown := set(args.target) - targets.keys():
        parser.error(f"no target {', '.join(sorted(unknown))}; there are {', '.join(targets)}")
    chosen = {name: target for name, target in targets.items() if not args.target or name in args.target}
    begin = next_number(args.out, args.seed)

    def report(number: int, findings: list[Finding]) -> None:
        save_findings(args.out, args.seed, number, findings)
        if number % 1000 == 0:
            print(f"{number} of {args.inputs} inputs, {len(findings)} kinds of faults", flush=True)

    findings = fuzz(chosen, range(begin, args.inputs), args.seed, on_progress=report)
    save_findings(args.out, args.seed, max(begin, args.inputs), findings)
    for found in findings:
        print(f"{found.target} {found.number}: {found.error.splitlines()[-1][:200]}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
