// SPDX-License-Identifier: Apache-2.0
//
// librehab from JavaScript, here in node; in a browser fetch() brings the two files.
//
//   node decide.mjs hamstring.block          (rehab.mjs and rehab.wasm: REHAB_HOME, else where they are installed)
import { readFile } from 'node:fs/promises'

const home = process.env.REHAB_HOME ?? '/usr/local/share/rehab'
const { load } = await import(`${home}/rehab.mjs`)
const rehab = await load(await readFile(`${home}/rehab.wasm`))
const protocol = rehab.open(await readFile(process.argv[2]))

const unmedicated = { analgesic_24h: false }
const decision = protocol.decide(
  {
    side: 'left',
    strata: { grade: '2' },
    onset: '2026-03-01',
    started_at: '2026-03-01T12:00+01:00',
    assessments: [
      {
        occurred_at: '2026-03-01T18:00+01:00', assessor: 'pt-1', qualifiers: unmedicated,
        observations: [
          { measure: 'pain_worst_24h', side: 'left', value: 6 },
          { measure: 'pain_rest', side: 'left', value: 3 },
          { measure: 'pain_walk', side: 'left', value: 4 },
        ],
      },
      {
        occurred_at: '2026-03-03T18:00+01:00', assessor: 'pt-1', qualifiers: unmedicated,
        observations: [
          { measure: 'pain_worst_24h', side: 'left', value: 3 },
          { measure: 'pain_rest', side: 'left', value: 1 },
          { measure: 'pain_walk', side: 'left', value: 1 },
          { measure: 'gait', value: 'normal' },
          { measure: 'red_flag_screen', value: true },
          { measure: 'swelling', side: 'left', value: 'mild' },
        ],
      },
    ],
  },
  '2026-03-03T19:00+01:00',
  { language: 'en' },
)

const { move, to } = decision.recommendation
console.log(to ? `${move} to ${to}` : move)
for (const gate of decision.gates) for (const finding of gate.findings) console.log(`  ${finding.sentence}`)
