# SPDX-License-Identifier: Apache-2.0
"""librehab from Python.

    python3 decide.py hamstring.block       (rehab.py: REHAB_HOME, else where it is installed; librehab.so.0 as the loader finds it)
"""
import os
import sys

sys.path.insert(0, os.environ.get("REHAB_HOME", "/usr/local/share/rehab"))
import rehab  # noqa: E402

with open(sys.argv[1], "rb") as file:
    protocol = rehab.Library().open(file.read())

UNMEDICATED = {"analgesic_24h": False}
decision = protocol.decide(
    {
        "side": "left",
        "strata": {"grade": "2"},
        "onset": "2026-03-01",
        "started_at": "2026-03-01T12:00+01:00",
        "assessments": [
            {
                "occurred_at": "2026-03-01T18:00+01:00", "assessor": "pt-1", "qualifiers": UNMEDICATED,
                "observations": [
                    {"measure": "pain_worst_24h", "side": "left", "value": 6},
                    {"measure": "pain_rest", "side": "left", "value": 3},
                    {"measure": "pain_walk", "side": "left", "value": 4},
                ],
            },
            {
                "occurred_at": "2026-03-03T18:00+01:00", "assessor": "pt-1", "qualifiers": UNMEDICATED,
                "observations": [
                    {"measure": "pain_worst_24h", "side": "left", "value": 3},
                    {"measure": "pain_rest", "side": "left", "value": 1},
                    {"measure": "pain_walk", "side": "left", "value": 1},
                    {"measure": "gait", "value": "normal"},
                    {"measure": "red_flag_screen", "value": True},
                    {"measure": "swelling", "side": "left", "value": "mild"},
                ],
            },
        ],
    },
    "2026-03-03T19:00+01:00",
    language="en",
)

went = decision["recommendation"]
print(f"{went['move']} to {went['to']}" if "to" in went else went["move"])
for gate in decision["gates"]:
    for finding in gate["findings"]:
        print(f"  {finding['sentence']}")
