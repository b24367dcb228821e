# SPDX-License-Identifier: Apache-2.0
"""What is published of a decision: a summary for people, and the digest of all of it. See vectors/README.md."""
import hashlib
import json


def known(value, members):
    """Without the members that there were not when the vectors were made."""
    if isinstance(value, list):
        return [known(v, members) for v in value]
    return {k: known(v, members) for k, v in value.items() if k in members} if isinstance(value, dict) else value


def digest(decision, members):
    """SHA-256 of the decision as JSON with sorted keys and no spaces."""
    return hashlib.sha256(json.dumps(known(decision, members), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def said(finding):
    return " ".join(filter(None, (finding["verdict"], finding.get("reason"))))


def listed(decision, name):
    return decision.get(name, [])


def summary(decision, members):
    out = {
        "recommendation": decision["recommendation"],
        "review": decision.get("review", False),
        "gates": {g["gate"]: g["verdict"] for g in listed(decision, "gates")},
        "criteria": {f["criterion"]: said(f) for g in listed(decision, "gates") for f in g.get("findings", [])
                     if f.get("reason") != "missing"},
        "raised": [r["flag"] for r in listed(decision, "red_flags") if r.get("raised")],
        "needs": [" ".join(filter(None, (n["measure"], n.get("side")))) for n in listed(decision, "needs")],
        "earliest": decision.get("earliest", {}),
    }
    return {**{name: value for name, value in out.items() if value}, "sha256": digest(decision, members)}
