// SPDX-License-Identifier: Apache-2.0
// Judges the gates of gate.c with an engine of another make, and says where the two differ.
//   gate COUNT SEED | node gate.mjs
import { createInterface } from 'node:readline';
import fhirpath from 'fhirpath';

const VERDICTS = ['not_met', 'unknown', 'met'];
const seen = { not_met: 0, unknown: 0, met: 0 };
let judge, gate, gates = 0, patients = 0, different = 0;

for await (const line of createInterface({ input: process.stdin })) {
    const said = JSON.parse(line);
    if (said.gate !== undefined) {
        gate = said.gate;
        judge = fhirpath.compile(gate);
        gates++;
        continue;
    }
    const [value] = judge({ o: said.o }, { patient: { o: said.o } });
    const theirs = value === undefined ? 'unknown' : value ? 'met' : 'not_met';
    const ours = VERDICTS[said.verdict];
    seen[ours]++;
    patients++;
    if (theirs === ours) continue;
    if (different++ < 5) console.log(`# ${ours} here, ${theirs} there: ${gate} over ${JSON.stringify(said.o)}`);
}
console.log(`# ${gates} gates, ${patients} verdicts (${seen.met} met, ${seen.not_met} not met, ${seen.unknown} unknown), ${different} different`);
process.exit(different > 0 || seen.met === 0 || seen.not_met === 0 || seen.unknown === 0 ? 1 : 0);
