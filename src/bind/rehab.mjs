// SPDX-License-Identifier: Apache-2.0
//
// librehab in a browser or in node: a compiled protocol and plain facts in, a plain decision out.
//
//   const rehab = await load(await fetch('rehab.wasm'))          // or the bytes of the file
//   const protocol = rehab.open(block)                           // bytes of `rehabd protocol compile`
//   const decision = protocol.decide(facts, '2026-03-05T19:00+01:00', { language: 'en' })
//
// Facts (README.md beside this says each member) name things as the REST API does; values are numbers, truths or labels.
// A decision has the members of `struct rehab_decision`: rows become names, ranges the findings themselves, observations
// pointers into the facts, and what is 0, false, none or empty is left out. Which members there are, the library says
// itself (include/rehab/layout.h).

const NONE = 0xffffffff
const SIZES = { bool: 1, u8: 1, u16: 2, u32: 4, i32: 4, i64: 8, pointer: 4 }
const DAY = 86_400_000_000n
const SIDES = ['left', 'right', 'both', 'none']
const KINDS = ['number', 'boolean', 'string'] // of values, as enum rehab_measure_kind has them
const MEMBERS = { // of each object of the facts; what ends with ! must be there
  facts: 'started_at! side onset surgery birth strata tracks assessments clearances red_flag_clearances',
  track: 'phase entered_at moved_at',
  assessment: 'occurred_at! assessor qualifiers observations session',
  observation: 'measure! value! side trial qualifiers',
  session: 'activity! completed prescribed ended_at',
  clearance: 'name! role! at! given',
  'red flag clearance': 'red_flag! role! at!',
}

// the object, if it is one of that kind
function members(kind, given) {
  if (given === null || typeof given !== 'object' || Array.isArray(given))
    throw new RangeError(`${kind}: an object was expected, not ${JSON.stringify(given)}`)
  const may = MEMBERS[kind].split(' ')
  for (const name of Object.keys(given))
    if (!may.includes(name) && !may.includes(name + '!')) throw new RangeError(`${kind}: there is no member ${name}`)
  for (const name of may)
    if (name.endsWith('!') && given[name.slice(0, -1)] === undefined) throw new RangeError(`${kind}: ${name.slice(0, -1)} is missing`)
  return given
}

function listed(kind, given = []) {
  if (!Array.isArray(given)) throw new RangeError(`${kind}: a list was expected, not ${JSON.stringify(given)}`)
  return given.map(one => members(kind, one))
}

function truth(name, given) {
  if (typeof given !== 'boolean') throw new RangeError(`${name} is true or false, not ${given}`)
  return given ? 1 : 0
}

function trial(given) {
  if (!Number.isInteger(given) || given < 0 || given > 255) throw new RangeError(`a trial is a number from 1 to 255, not ${given}`)
  return given
}

// 2026-03-05T19:00:30.25+01:00, as the two clocks of struct rehab_instant
export function instant(text) {
  const m = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(?:Z|([+-])(\d\d):(\d\d))$/.exec(text)
  const midnight = m ? Date.parse(m[1] + 'T00:00:00Z') : NaN
  const real = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(m[1]) && +m[2] < 24 && +m[3] < 60 && +(m[4] ?? 0) <= 60
  if (!real) throw new RangeError(`not a time with its offset: ${text}`)
  const seconds = (+m[2] * 60 + +m[3]) * 60 + +(m[4] ?? 0)
  const local_us = BigInt(midnight) * 1000n + BigInt(seconds) * 1_000_000n + BigInt((m[5] ?? '').padEnd(6, '0'))
  const shift = BigInt((m[6] === '-' ? -60 : 60) * (+(m[7] ?? 0) * 60 + +(m[8] ?? 0))) * 1_000_000n
  return { utc_us: local_us - shift, local_us }
}

// a date, or a time when it is known
function event(text) {
  if (text === undefined) return {}
  const at = instant(text?.length === 10 ? text + 'T00:00Z' : text)
  const day = Number(at.local_us / DAY) - (at.local_us < 0n && at.local_us % DAY !== 0n ? 1 : 0)
  return text.length === 10 ? { known: 1, day } : { known: 1, timed: 1, day, at }
}

// a value as one writes it, unrounded: the library refuses more places than it keeps
function spelled(given) {
  const plain = typeof given === 'number' ? given.toFixed(9) : ''
  return plain !== '' && Number(plain) === given ? plain : String(given)
}

// exact: what JavaScript keeps of an integer, else its digits
function whole(value) {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
}

class Library {
  constructor(instance) {
    this.c = instance.exports
    this.free = (this.c.__heap_base.value + 15) & ~15
    this.readLayout()
  }

  // ---- memory: a stretch that grows; what a call needs is dropped after it ----

  get view() {
    return this.#view?.buffer === this.c.memory.buffer ? this.#view : (this.#view = new DataView(this.c.memory.buffer))
  }
  #view

  take(size) {
    const at = this.free
    this.free = (at + size + 15) & ~15
    const short = this.free - this.c.memory.buffer.byteLength
    if (short > 0) this.c.memory.grow(Math.ceil(short / 65536))
    new Uint8Array(this.c.memory.buffer, at, size).fill(0)
    return at
  }

  during(work) {
    const before = this.free
    try {
      return work()
    } finally {
      this.free = before
    }
  }

  bytes(at, size) {
    return new Uint8Array(this.c.memory.buffer, at, size)
  }

  put(bytes) {
    const at = this.take(bytes.length)
    this.bytes(at, bytes.length).set(bytes)
    return at
  }

  // a struct rehab_text of that word
  text(word) {
    const bytes = new TextEncoder().encode(word)
    const at = this.take(8)
    this.view.setUint32(at + 4, bytes.length, true)
    this.view.setUint32(at, this.put(bytes), true)
    return at
  }

  string(at) {
    return new TextDecoder().decode(this.bytes(this.view.getUint32(at, true), this.view.getUint32(at + 4, true)))
  }

  // calls what returns a struct rehab_text
  say(name, ...given) {
    return this.during(() => {
      const at = this.take(8)
      this.c[name](at, ...given)
      return this.string(at)
    })
  }

  // ---- structs, as the library describes them ----

  readLayout() {
    this.structs = {}
    this.constants = {}
    const zero = at => {
      const bytes = new Uint8Array(this.c.memory.buffer)
      return new TextDecoder().decode(bytes.subarray(at, bytes.indexOf(0, at)))
    }
    this.during(() => {
      const at = this.take(28)
      const word = k => this.view.getUint32(at + 4 * k, true)
      for (let i = 0; this.c.rehab_layout(i, at); i++) {
        const [of, name, type, means, count] = [0, 1, 2, 3, 4].map(k => zero(word(k)))
        if (type === 'constant') (this.constants[of] ??= {})[name] = word(5)
        else if (type === 'struct') this.structs[of] = { size: word(6), fields: [] }
        else this.structs[of].fields.push({ name, type, means, count, at: word(5) })
      }
    })
  }

  place(type, member) {
    return this.structs[type].fields.find(f => f.name === member).at
  }

  sizeOf(type) {
    return SIZES[type] ?? this.structs[type].size
  }

  getNumber(type, at) {
    switch (type) {
      case 'bool': return this.view.getUint8(at) !== 0
      case 'u8': return this.view.getUint8(at)
      case 'u16': return this.view.getUint16(at, true)
      case 'i32': return this.view.getInt32(at, true)
      case 'i64': return this.view.getBigInt64(at, true)
      default: return this.view.getUint32(at, true)
    }
  }

  setNumber(type, at, value) {
    switch (type) {
      case 'bool':
      case 'u8': return this.view.setUint8(at, Number(value))
      case 'u16': return this.view.setUint16(at, value, true)
      case 'i32': return this.view.setInt32(at, value, true)
      case 'i64': return this.view.setBigInt64(at, BigInt(value), true)
      default: return this.view.setUint32(at, value, true)
    }
  }

  // Writes a plain object; lists get memory of their own. A member that it has not stays 0.
  write(type, at, value) {
    if (SIZES[type]) return this.setNumber(type, at, value)
    for (const f of this.structs[type].fields) {
      const given = value[f.name]
      if (given === undefined) continue
      if (f.type[0] !== '*') {
        this.write(f.type, at + f.at, given)
        continue
      }
      const row = f.type.slice(1)
      const rows = this.take(this.sizeOf(row) * given.length)
      given.forEach((one, i) => this.write(row, rows + i * this.sizeOf(row), one))
      this.setNumber('u32', at + f.at, rows)
      this.setNumber('u32', at + this.structs[type].fields.find(o => o.name === f.count).at, given.length)
    }
  }

  open(block) {
    return new Protocol(this, block)
  }
}

class Protocol {
  constructor(library, block) {
    this.library = library
    const free = library.free
    const at = library.put(new Uint8Array(block))
    this.at = library.take(library.sizeOf('protocol'))
    if (library.c.rehab_open(at, block.byteLength ?? block.length, this.at) === 0) return
    library.free = free
    throw new RangeError('not a block of librehab, or a damaged one')
  }

  name(table, row) {
    return this.library.say('rehab_row_name', this.at, this.library.constants.table[table], row)
  }

  count(table) {
    return this.library.c.rehab_count(this.at, this.library.constants.table[table])
  }

  // ---- facts ----

  // what the protocol calls so; a wrong word is a mistake of the caller
  find(kind, word, ...of) {
    const row = this.look(kind, word, ...of)
    if (row === NONE) throw new RangeError(`the protocol has no ${kind.replace('_', ' ')} ${word}`)
    return row
  }

  look(kind, word, ...of) {
    return this.library.during(() => this.library.c[`rehab_find_${kind}`](this.at, ...of, this.library.text(word)) >>> 0)
  }

  value(measure, code, given) {
    return this.library.during(() => {
      const nano = this.library.take(8)
      if (typeof given !== KINDS[this.library.c.rehab_kind_of(this.at, measure)] || !this.library.c.rehab_read_value(this.at, measure, this.library.text(spelled(given)), nano))
        throw new RangeError(`${code} cannot be ${given}`)
      return this.library.view.getBigInt64(nano, true)
    })
  }

  involved({ side = 'none' }) {
    if (!SIDES.includes(side)) throw new RangeError(`a side is left, right, both or none, not ${side}`)
    return side
  }

  // left and right as seen from the injury
  side(facts, row, { measure, side = 'none' }) {
    const involved = this.involved(facts)
    if (!SIDES.includes(side)) throw new RangeError(`a side is left, right, both or none, not ${side}`)
    if (Boolean(this.library.c.rehab_is_sided(this.at, row)) !== (side !== 'none'))
      throw new RangeError(`${measure} is observed on ${side === 'none' ? 'a' : 'no'} side`)
    if (side !== 'none' && involved === 'none') throw new RangeError(`${measure}: the involved side of the facts is missing`)
    if (side === 'none' || involved === 'both') return side === 'none' ? 0 : 1
    if (side === 'both') return 3
    return side === involved ? 1 : 2
  }

  role(given) {
    const role = this.library.constants.role[given]
    if (!role) throw new RangeError(`there is no role ${given}`)
    return role
  }

  qualifiers(told = {}) {
    let known = 0
    let held = 0
    for (const [name, value] of Object.entries(told)) {
      const bit = this.library.constants.qualifier[name]
      if (!bit) throw new RangeError(`there is no qualifier ${name}`)
      known |= bit
      held |= truth(name, value) ? bit : 0
    }
    return { known, held }
  }

  observations(facts) {
    const assessments = listed('assessment', facts.assessments)
    const people = [...new Set(assessments.map(a => a.assessor).filter(a => a !== undefined))]
    return assessments
      .flatMap((a, assessment) =>
        listed('observation', a.observations).map((o, i) => {
          const measure = this.look('measure', o.measure)
          return measure === NONE ? undefined : {
            pointer: `/assessments/${assessment}/observations/${i}`,
            measure,
            value_nano: this.value(measure, o.measure, o.value),
            side: this.side(facts, measure, o),
            at: instant(a.occurred_at),
            assessment,
            assessor: a.assessor === undefined ? NONE : people.indexOf(a.assessor),
            trial: trial(o.trial ?? 0),
            ...this.qualifiers({ ...a.qualifiers, ...o.qualifiers }),
          }
        }))
      .filter(o => o !== undefined) // what the protocol does not look at
      .sort((a, b) => (a.at.utc_us < b.at.utc_us ? -1 : a.at.utc_us > b.at.utc_us ? 1 : 0))
  }

  // an activity that the protocol does not know is one all the same
  sessions(facts) {
    const known = 'activities' in this.library.constants.table
      ? Array.from({ length: this.count('activities') }, (_, i) => this.name('activities', i)) : []
    return (facts.assessments ?? [])
      .map((a, assessment) => a.session !== undefined && members('session', a.session) && {
        from: instant(a.occurred_at),
        to: instant(a.session.ended_at ?? a.occurred_at),
        assessment,
        activity: known.includes(a.session.activity) ? known.indexOf(a.session.activity) : 0xffff,
        completed: truth('completed', a.session.completed ?? false),
        prescribed: truth('prescribed', a.session.prescribed ?? true),
      })
      .filter(Boolean)
      .sort((a, b) => (a.from.utc_us < b.from.utc_us ? -1 : a.from.utc_us > b.from.utc_us ? 1 : 0))
  }

  tracks(facts) {
    for (const id of Object.keys(facts.tracks ?? {})) this.find('track', id)
    return Array.from({ length: this.count('tracks') }, (_, track) => {
      const told = members('track', facts.tracks?.[this.name('tracks', track)] ?? {})
      const entered = instant(told.entered_at ?? facts.started_at)
      const first = Array.from({ length: this.count('phases') }, (_, i) => i)
        .find(i => this.look('phase', this.name('phases', i), track) === i)
      const phase = told.phase === null ? NONE : told.phase === undefined ? first : this.find('phase', told.phase, track)
      return { phase, entered, moved: told.moved_at === undefined ? entered : instant(told.moved_at) }
    })
  }

  strata(facts) {
    for (const id of Object.keys(facts.strata ?? {})) this.find('stratum', id)
    return Array.from({ length: this.count('strata') }, (_, i) => {
      const value = facts.strata?.[this.name('strata', i)]
      return value === undefined ? 0xffff : this.find('stratum_value', value, i)
    })
  }

  evidence(facts) {
    members('facts', facts)
    return {
      observations: this.observations(facts),
      sessions: this.sessions(facts),
      clearances: listed('clearance', facts.clearances).map(c => [c, this.look('clearance', c.name)]).filter(([, row]) => row !== NONE)
        .map(([c, name]) => ({ name, role: this.role(c.role), at: instant(c.at), given: truth('given', c.given ?? true) })),
      flag_clearances: listed('red flag clearance', facts.red_flag_clearances).map(c =>
        ({ flag: this.find('red_flag', c.red_flag), role: this.role(c.role), at: instant(c.at) })),
      tracks: this.tracks(facts),
      strata: this.strata(facts),
      onset: event(facts.onset),
      surgery: event(facts.surgery),
      birth: event(facts.birth),
      started: instant(facts.started_at),
      bilateral: this.involved(facts) === 'both',
    }
  }

  // ---- decision ----

  decide(facts, asOf, { language, flips = false } = {}) {
    const { library } = this
    return library.during(() => {
      const given = this.evidence(facts)
      const evidence = library.take(library.sizeOf('evidence'))
      library.write('evidence', evidence, given)
      const at = library.take(library.sizeOf('instant'))
      library.write('instant', at, instant(asOf))
      const decision = library.take(library.sizeOf('decision'))
      const arena = library.take(library.sizeOf('arena'))
      for (let size = 1 << 18; ; size *= 4) {
        const memory = library.take(size)
        library.write('arena', arena, { at: memory, end: memory + size, full: false })
        const outcome = library.c.rehab_decide(this.at, evidence, at, arena, decision)
        if (outcome === library.constants.outcome.decided) {
          const found = flips ? this.flips(evidence, at, arena, decision) : []
          if (found) return new Reader(this, facts, given.observations, language).decision(decision, found)
        } else if (outcome !== library.constants.outcome.full || size > 1 << 26) throw new RangeError('the facts do not fit the protocol')
      }
    })
  }

  // what turns each gate of the decision, whose needs are put in that order; undefined when the arena is full
  flips(evidence, at, arena, decision) {
    const { library, library: { c } } = this
    const series = c.rehab_index_evidence(this.at, evidence, at, arena)
    const get = member => library.getNumber('u32', decision + library.place('decision', member))
    const [gates, count] = [get('gates'), get('gate_count')]
    const rows = library.take(library.sizeOf('flip') * count)
    const needs = library.take(library.sizeOf('need') * get('need_count'))
    const found = Array.from({ length: count }, (_, i) => rows + i * library.sizeOf('flip'))
    const gate = i => library.getNumber('u32', gates + i * library.sizeOf('gate_result') + library.place('gate_result', 'gate'))
    if (!series || !found.every((flip, i) => c.rehab_find_flip(series, gate(i), arena, flip))) return undefined
    c.rehab_order_needs(decision, rows, needs)
    library.setNumber('u32', decision + library.place('decision', 'needs'), needs)
    return found
  }
}

// From memory to a plain object, following the layout.
class Reader {
  constructor(protocol, facts, observations, language) {
    this.protocol = protocol
    this.facts = facts
    this.observations = observations
    this.library = protocol.library
    this.language = language
  }

  decision(at, flips) {
    this.findings = this.library.getNumber('u32', at + this.library.place('decision', 'findings'))
    const { findings: _, ...rest } = this.struct('decision', at) // each stands with its rule
    return flips.length > 0 ? { ...rest, flips: flips.map(flip => this.struct('flip', flip)) } : rest
  }

  struct(type, at) {
    const out = {}
    const { fields } = this.library.structs[type]
    const counts = new Set(fields.map(f => f.count))
    for (const f of fields) {
      if (counts.has(f.name)) continue
      const value = f.count ? this.rows(f, at, fields) : this.member(f, at + f.at)
      if (value && value !== 'none' && (typeof value !== 'object' || Object.keys(value).length > 0)) out[f.name] = value
    }
    if (type === 'finding' && this.language) this.explain(out, at)
    if (type === 'proposal') this.propose(out, at)
    return out
  }

  rows(f, at, fields) {
    const first = this.library.getNumber('u32', at + f.at)
    const count = this.library.getNumber('u32', at + fields.find(o => o.name === f.count).at)
    const row = f.type.slice(1)
    return Array.from({ length: count }, (_, i) => this.member({ ...f, type: row }, first + i * this.library.sizeOf(row)))
  }

  // undefined: none
  member(f, at) {
    if (f.type === 'range') return this.range(at)
    if (!SIZES[f.type]) return this.struct(f.type, at)
    const value = this.library.getNumber(f.type, at)
    if (typeof value === 'bigint') return whole(value)
    if (!f.means) return value
    if (`rehab_${f.means}_name` in this.library.c) return this.library.say(`rehab_${f.means}_name`, value)
    if (value === NONE) return undefined
    if (f.means in this.library.constants.table) return this.protocol.name(f.means, value) || value
    if (f.means === 'observations') return this.observations[value].pointer
    if (f.means === 'findings') return this.criterion(value)
    return value
  }

  // a finding is named by its criterion
  criterion(finding) {
    const { size, fields } = this.library.structs.finding
    const row = fields.find(f => f.name === 'criterion')
    return this.protocol.name('criteria', this.library.getNumber('u32', this.findings + finding * size + row.at))
  }

  range(at) {
    const size = this.library.sizeOf('finding')
    const first = this.library.getNumber('u32', at)
    return Array.from({ length: this.library.getNumber('u32', at + 4) }, (_, i) =>
      this.struct('finding', this.findings + (first + i) * size))
  }

  // what a person reads of a finding
  explain(out, at) {
    const { library, protocol } = this
    library.during(() => {
      const room = library.take(1024)
      const size = library.c.rehab_sentence(protocol.at, at, library.text(this.language), room, 1024)
      out.sentence = new TextDecoder().decode(library.bytes(room, size))
      for (const what of ['value', 'bound', 'margin'])
        if (library.c[`rehab_finding_${what}`](protocol.at, at, room))
          out[what] = Number(library.view.getBigInt64(room, true)) / 1e9
    })
  }

  // what to observe: the value as one writes it, the qualifiers that are to hold, and who has to take it
  propose(out, at) {
    const { library, protocol } = this
    const read = (type, member) => library.getNumber(type, at + library.place('proposal', member))
    const [nano, held, assessor] = [read('i64', 'value_nano'), read('u8', 'held'), read('u32', 'assessor')]
    const kind = library.c.rehab_kind_of(protocol.at, read('u32', 'measure'))
    const label = () => this.label(read('u32', 'measure'), read('u32', 'criterion'), nano)
    out.value = [() => Number(nano) / 1e9, () => nano !== 0n, label][kind]()
    const people = [...new Set((this.facts.assessments ?? []).map(a => a.assessor).filter(a => a !== undefined))]
    delete out.assessor
    if (assessor < people.length) out.assessor = people[assessor]
    if (held) out.held = Object.keys(library.constants.qualifier).filter(name => held & library.constants.qualifier[name])
  }

  // of a scale; its place, where the criterion is about a state that is called otherwise
  label(measure, criterion, nano) {
    const { library, protocol } = this
    return library.during(() => {
      const [label, back] = [library.take(8), library.take(8)]
      library.c.rehab_criterion_label(label, protocol.at, criterion, nano)
      const same = library.c.rehab_read_value(protocol.at, measure, label, back) && library.view.getBigInt64(back, true) === nano
      return same ? library.string(label) : Number(nano / 1000000000n)
    })
  }
}

// wasm: the bytes of rehab.wasm, or the Response that brings them
export async function load(wasm) {
  const bytes = typeof wasm?.arrayBuffer === 'function' ? await wasm.arrayBuffer() : wasm
  return new Library((await WebAssembly.instantiate(bytes)).instance)
}
