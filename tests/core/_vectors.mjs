// SPDX-License-Identifier: Apache-2.0
//
// Plays published vectors through rehab.wasm:  node _vectors.mjs HOME BLOCKS FILE.jsonl ...
// One line of TAP for each file. vectors_test.py starts it.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'

const [home, blocks, ...files] = process.argv.slice(2)
const { load } = await import(`${home}/rehab.mjs`)
const published = JSON.parse(await readFile(new URL('vectors/published.json', import.meta.url)))
const members = new Set(published.members)
const rehab = await load(await readFile(`${home}/rehab.wasm`))

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.keys(value).sort().map(key => [key, sorted(value[key])]))
}

const text = value => JSON.stringify(sorted(value))

// without the members that there were not when the vectors were made
function known(value) {
  if (Array.isArray(value)) return value.map(known)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).filter(([key]) => members.has(key)).map(([key, v]) => [key, known(v)]))
}

function summary(decision) {
  const { gates = [], red_flags = [], needs = [] } = decision
  const findings = gates.flatMap(g => g.findings ?? []).filter(f => f.reason !== 'missing')
  const out = {
    recommendation: decision.recommendation,
    review: decision.review ?? false,
    gates: Object.fromEntries(gates.map(g => [g.gate, g.verdict])),
    criteria: Object.fromEntries(findings.map(f => [f.criterion, f.reason ? `${f.verdict} ${f.reason}` : f.verdict])),
    raised: red_flags.filter(r => r.raised).map(r => r.flag),
    needs: needs.map(n => (n.side ? `${n.measure} ${n.side}` : n.measure)),
    earliest: decision.earliest ?? {},
  }
  const kept = Object.entries(out).filter(([, value]) => value && (value === true || Object.keys(value).length > 0))
  return { ...Object.fromEntries(kept), sha256: createHash('sha256').update(text(known(decision))).digest('hex') }
}

let number = 0
for (const file of files) {
  const name = basename(file, '.jsonl')
  const protocol = rehab.open(await readFile(`${blocks}/${name}.block`))
  const wrong = []
  let count = 0
  for (const line of (await readFile(file, 'utf8')).split('\n').filter(Boolean)) {
    const { facts, steps } = JSON.parse(line)
    for (const step of steps) {
      const found = summary(protocol.decide({ ...facts, tracks: step.tracks ?? facts.tracks }, step.as_of))
      count++
      const name = Object.keys({ ...found, ...step.decision }).sort()
        .find(key => text(found[key] ?? null) !== text(step.decision[key] ?? null))
      if (name) wrong.push(`${step.as_of}: ${name} is ${text(found[name] ?? null)}, published: ${text(step.decision[name] ?? null)}`)
    }
  }
  number++
  console.log(`${wrong.length ? 'not ' : ''}ok ${number} - ${name}: ${count} vectors through rehab.wasm`)
  for (const line of wrong.slice(0, 3)) console.log(`  # ${line}`)
}
console.log(`1..${number}`)
