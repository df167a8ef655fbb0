"""One contender, once, in a process of its own: `python -m bench.one NAME WARM-UP FILE FINDINGS`.

Prints the seconds (of the processor, and by the clock) from file to findings as JSON, and writes what was found.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from .contenders import CONTENDERS

__all__ = ["main"]


def main() -> None:
    name, warm, file, findings = sys.argv[1:]
    run = CONTENDERS[name].run()
    run(Path(warm))
    cpu, clock = time.process_time(), time.perf_counter()
    found = run(Path(file))
    took = {"cpu": time.process_time() - cpu, "clock": time.perf_counter() - clock}
    Path(findings).write_text(json.dumps({"violated": found.violated, "open": found.open}), "utf-8")
    print(json.dumps(took | {"records": found.records}), flush=True)
    os._exit(0)  # durable_rules leaves threads that poll for ever


if __name__ == "__main__":
    main()
