#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The examples of the contract, sent to the running service: every request is taken, every answer is what its schema says,
and the answers that the examples show are those that come."""

import json
import pathlib
import sys
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "helpers"))
import contract  # noqa: E402
from service import Service, fresh_key  # noqa: E402
from tap import Tap  # noqa: E402
from _mutations import mutations  # noqa: E402


class Story:
    """The one patient that all examples speak of."""

    def __init__(self, service, tap):
        self.service, self.tap, self.document = service, tap, contract.load()
        self.operations = {o.id: o for o in contract.operations(self.document)}
        self.names, self.tag, self.seen = {}, None, set()

    def example(self, operation, name):
        content = self.operations[operation].body["requestBody"]["content"]["application/json"]
        return contract.follow(self.document, content["examples"][name])["value"]

    def call(self, operation, who, body=None, wanted=200, query="", title=None):
        o = self.operations[operation]
        self.seen.add(operation)
        path = o.path
        for parameter in o.parameters:
            if parameter["in"] == "path":
                value = str(self.names.get(parameter["name"], parameter["example"]))
                path = path.replace("{" + parameter["name"] + "}", value)
        headers = {"Authorization": "Bearer " + self.service.keys[who]} if o.scopes else {}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": fresh_key()}
        if o.parameter("header", "If-Match"):
            headers["If-Match"] = self.tag
        status, sent, media_type, text = self.send(o.method, path + query, headers, body)
        answer = json.loads(text) if media_type.endswith("json") else text
        faults = [] if status == wanted else [f"{status}, wanted {wanted}: {text[:600]}"]
        faults += contract.answer_faults(self.document, o.method, path, status, sent, media_type, answer)
        self.tap.test(f"{operation}: {title or status}", faults)
        return answer

    def refuse(self, operation, name):
        """Everything that the schema of a request forbids is refused, with the pointer and the code of what is wrong."""
        o = self.operations[operation]
        schema = o.body["requestBody"]["content"]["application/json"]["schema"]
        path, faults, count = o.path, [], 0
        for parameter in o.parameters:
            if parameter["in"] == "path":
                path = path.replace("{" + parameter["name"] + "}", str(self.names[parameter["name"]]))
        headers = {"Authorization": "Bearer " + self.service.keys["clinician"], "Content-Type": "application/json",
                   "If-Match": self.tag}
        for pointer, code, body in mutations(self.document, schema, self.example(operation, name)):
            count += 1
            headers["Idempotency-Key"] = fresh_key()
            status, _, _, text = self.send(o.method, path, headers, body)
            answer = json.loads(text)
            told = {(e.get("pointer", ""), e["code"]) for e in answer.get("errors", [])}
            if status not in (400, 422) or (pointer, code) not in told:
                faults.append(f"{pointer or '/'} should be {code}: {status} {answer.get('code')} {sorted(told)}")
        self.tap.test(f"{operation} refuses what its schema forbids of {name} ({count} ways)", faults if count else ["none was tried"])

    def send(self, method, target, headers, body):
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.service.base + target, data=data, headers=headers, method=method)
        try:
            answer = urllib.request.urlopen(request, timeout=10)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            sent = {name.lower(): value for name, value in answer.headers.items()}
            self.tag = sent.get("etag", self.tag) if "/v1/episodes" in target else self.tag
            return answer.status, sent, sent.get("content-type", "").partition(";")[0], answer.read().decode()


def baseline():
    """The day before the first example: what it compares with."""
    told = {"analgesic_24h": True}
    return {"occurred_at": "2026-03-03T08:10:00Z", "assessor": "pt-1", "observations": [
        {"measure": "pain_worst_24h", "side": "left", "value": 6, "qualifiers": told},
        {"measure": "pain_rest", "side": "left", "value": 3, "qualifiers": told}]}


def without_ids(criterion):
    plain = {k: v for k, v in criterion.items() if k != "assessment_id"}
    if "compared" in plain:
        plain["compared"] = without_ids(plain["compared"])
    return plain


def compare_evaluation(story, title, shown, answer):
    """What an example of the contract shows is what the service says, but for ids and tags."""
    faults = []
    for member in ("recommendation", "blockers", "measure_next", "red_flags", "phases"):
        if answer[member] != shown[member]:
            faults.append(f"{member} is {answer[member]}, the example says {shown[member]}")
    wanted = shown["gates"][0]
    gate = next((g for g in answer["gates"] if g["id"] == wanted["id"]), {"criteria": []})
    for ours, theirs in zip(wanted["criteria"], gate["criteria"]):
        if without_ids(ours) != without_ids(theirs):
            faults.append(f"a criterion is {without_ids(theirs)}, the example says {without_ids(ours)}")
    if len(wanted["criteria"]) != len(gate["criteria"]):
        faults.append(f"{len(gate['criteria'])} criteria, the example has {len(wanted['criteria'])}")
    story.tap.test(title, faults)


def tell(story):
    patient = story.call("createPatient", "clinician", story.example("createPatient", "patient"), 201)
    story.names["patient"] = patient["id"]
    enrolment = dict(story.example("createEpisode", "episode"), patient_id=patient["id"])
    story.names["episode"] = story.call("createEpisode", "clinician", enrolment, 201)["id"]
    story.call("recordAssessment", "clinician", baseline(), 201, title="the day before")
    recorded = story.call("recordAssessment", "clinician", story.example("recordAssessment", "pain"), 201)
    examples = story.document["components"]["examples"]
    evaluation = story.call("getEvaluation", "viewer", query="?as_of=2026-03-05T12:00:00Z")
    compare_evaluation(story, "the evaluation is that of the example", examples["Evaluation"]["value"], evaluation)
    story.tag = '"v1"'
    story.call("recordTransition", "clinician", story.example("recordTransition", "advance"), 201)
    too_early = {"kind": "advance", "to": "strengthen", "occurred_at": "2026-03-06T09:00:00Z"}
    refused = story.call("recordTransition", "clinician", too_early, 409, title="a refusal")
    shown = examples["GateNotSatisfied"]["value"]
    compare_evaluation(story, "the refusal is that of the example", shown["evaluation"], refused["evaluation"])
    story.tap.test("and its words", [] if refused["detail"] == shown["detail"] else refused["detail"])
    story.call("getPlan", "viewer", query="?as_of=2026-03-05T12:00:00Z")
    for phase in ("strengthen", "return_to_running"):
        body = dict(story.example("recordTransition", "override"), to=phase)
        if phase == "return_to_running":
            strength = story.example("recordAssessment", "strength")
            story.call("recordAssessment", "clinician", strength, 201, title="strength")
        story.call("getEpisode", "viewer")
        story.call("recordTransition", "physician", body, 201, title=f"an override to {phase}")
    sudden = {"observations": [{"measure": "new_sudden_pain", "value": True}]}
    story.call("recordAssessment", "clinician", sudden, 201, title="a red flag")
    story.call("getEpisode", "viewer", title="stopped")
    story.call("recordTransition", "clinician", story.example("recordTransition", "clear_red_flag"), 201, title="its clearance")
    story.names["assessment"] = recorded["id"]
    story.call("voidAssessment", "clinician", story.example("voidAssessment", "wrong_patient"), 200)


def main():
    tap = Tap()
    with Service() as service:
        story = Story(service, tap)
        tell(story)
        for name, operation in story.operations.items():
            if operation.method == "GET" and name not in story.seen:
                answer = story.call(name, "viewer")
                if name == "getOpenapi":
                    tap.test("the document served is the one that is tested", [] if answer == story.document else "it is another")
        tap.test("every operation was asked", sorted(set(story.operations) - story.seen))
        before = [story.call(name, "viewer", title="before") for name in ("listPatients", "listEpisodes", "getTimeline")]
        for operation in story.operations.values():
            for name in operation.body.get("requestBody", {}).get("content", {}).get("application/json", {}).get("examples", {}):
                story.refuse(operation.id, name)
        after = [story.call(name, "viewer", title="after") for name in ("listPatients", "listEpisodes", "getTimeline")]
        tap.test("and nothing of it was written", [] if before == after else "the lists differ")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
