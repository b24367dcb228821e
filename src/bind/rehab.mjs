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
const TEXTS = 1 // enum rehab_table: the words of a protocol, labels and values of strata among them
const IN_LABELS = 5 // of enum rehab_scale
const ASKED = { progress: 'has_progress', selected: 'has_deficits' } // of a prescription: where there is such a rule
const SIDES = ['left', 'right', 'both', 'none']
const A_TIME = 'a time with its offset (as 2026-03-05T19:00:00+01:00)'
const A_NUMBER = 'a number within a million, with at most 9 decimals,'
const VALUES = ['a number', 'a truth', 'a text'] // as enum rehab_measure_kind has them
const MEMBERS = { // of each object of the facts, and what they are; what ends with ! must be there
  facts: {
    started_at: 'time!', side: 'side', onset: 'event', surgery: 'event', birth: 'event', strata: 'names', tracks: 'names',
    assessments: '[assessment', clearances: '[clearance', red_flag_clearances: '[flag clearance',
  },
  track: { phase: 'any', entered_at: 'time', moved_at: 'time' },
  assessment: { occurred_at: 'time!', assessor: 'text', qualifiers: 'qualifiers', observations: '[observation', session: 'session' },
  observation: { measure: 'text!', value: 'any!', side: 'side', trial: 'trial', qualifiers: 'qualifiers' },
  session: { activity: 'text!', completed: 'truth', prescribed: 'truth', ended_at: 'time' },
  clearance: { name: 'text!', role: 'role', at: 'time!', given: 'truth' },
  'flag clearance': { red_flag: 'text!', role: 'role', at: 'time!' },
}
const KINDS = { Undefined: 'nothing', Null: 'null', Boolean: 'a truth', Number: 'a number', String: 'a text', Array: 'a list', Object: 'an object' }

// ---- what is refused: the place, what was expected there, and of what kind it is. Facts are about a patient, and messages
// end up in logs: nothing is quoted but what the protocol and this page themselves call things.

function kind(given) {
  const of = Object.prototype.toString.call(given).slice(8, -1)
  return Object.hasOwn(KINDS, of) ? KINDS[of] : of
}

// own: the kind that was expected; then it is another of that kind
function refuse(at, expected, given, own) {
  const got = kind(given)
  throw new RangeError(`${at || 'facts'}: ${expected} was expected, not ${got === own ? got.replace(/^an? /, 'another ') : got}`)
}

function oneOf(words, given, at) {
  refuse(at, words.length > 0 ? `one of ${words.join(', ')}` : 'nothing', given, 'a text')
}

// an object whose members are among those
function only(names, given, at) {
  if (kind(given) !== 'an object') refuse(at, 'an object', given)
  if (Object.keys(given).some(name => !names.includes(name)))
    refuse(at, `an object with no members${names.length > 0 ? ` but ${names.join(', ')}` : ''}`, given, 'an object')
}

// refuses what is not of the kind that its place asks for; what depends on the protocol is looked at later
function check(what, given, at) {
  if (what.startsWith('[')) {
    if (!Array.isArray(given)) refuse(at, 'a list', given)
    given.forEach((one, i) => check(what.slice(1), one, `${at}/${i}`))
  } else if (Object.hasOwn(MEMBERS, what)) {
    only(Object.keys(MEMBERS[what]), given, at)
    for (const [name, member] of Object.entries(MEMBERS[what]))
      if (given[name] !== undefined || member.endsWith('!')) check(member.replace('!', ''), given[name], `${at}/${name}`)
  } else if (Object.hasOwn(CHECKS, what)) CHECKS[what](given, at)
}

// 2026-03-05T19:00:30.25+01:00, as the two clocks of struct rehab_instant
export function instant(text, at = 'time') {
  const m = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(?:Z|([+-])(\d\d):(\d\d))$/.exec(typeof text === 'string' ? text : '')
  const midnight = m ? Date.parse(m[1] + 'T00:00:00Z') : NaN
  const real = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(m[1]) && m[1] >= '0001' &&
    +m[2] < 24 && +m[3] < 60 && +(m[4] ?? 0) <= 60 && +(m[7] ?? 0) < 24 && +(m[8] ?? 0) < 60
  if (!real) refuse(at, A_TIME, text, 'a text')
  const seconds = (+m[2] * 60 + +m[3]) * 60 + +(m[4] ?? 0)
  const local_us = BigInt(midnight) * 1000n + BigInt(seconds) * 1_000_000n + BigInt((m[5] ?? '').padEnd(6, '0'))
  const shift = BigInt((m[6] === '-' ? -60 : 60) * (+(m[7] ?? 0) * 60 + +(m[8] ?? 0))) * 1_000_000n
  return { utc_us: local_us - shift, local_us }
}

// a date, or a time when it is known
function event(text, at = 'event') {
  const isDay = typeof text === 'string' && text.length === 10
  let when
  try {
    when = instant(isDay ? text + 'T00:00Z' : text)
  } catch {
    refuse(at, `a date (as 2026-03-05) or ${A_TIME}`, text, 'a text')
  }
  const day = Number(when.local_us / DAY) - (when.local_us < 0n && when.local_us % DAY !== 0n ? 1 : 0)
  return isDay ? { known: 1, day } : { known: 1, timed: 1, day, at: when }
}

const CHECKS = {
  time: instant,
  event,
  text: (given, at) => { if (typeof given !== 'string') refuse(at, 'a text', given) },
  truth: (given, at) => { if (typeof given !== 'boolean') refuse(at, 'true or false', given) },
  side: (given, at) => { if (!SIDES.includes(given)) oneOf(SIDES, given, at) },
  trial: (given, at) => {
    if (!Number.isInteger(given) || given < 0 || given > 255) refuse(at, 'a whole number from 0 to 255', given, 'a number')
  },
  any: (given, at) => { if (given === undefined) refuse(at, 'a value', given) },
  names: (given, at) => { if (kind(given) !== 'an object') refuse(at, 'an object', given) },
}

// a value as one writes it, unrounded: the library refuses more places than it keeps
function spelled(given) {
  const plain = typeof given === 'number' ? given.toFixed(9) : ''
  return plain !== '' && Number(plain) === given ? plain : String(given)
}

// what it has of itself, not from its prototype
function own(object, name) {
  return Object.hasOwn(object, name) ? object[name] : undefined
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
    const bytes = ArrayBuffer.isView(block) ? new Uint8Array(block.buffer, block.byteOffset, block.byteLength)
      : /Buffer$/.test(kind(block)) ? new Uint8Array(block) : refuse('block', 'a block of bytes', block)
    const free = library.free
    const at = library.put(bytes)
    this.at = library.take(library.sizeOf('protocol'))
    if (library.c.rehab_open(at, bytes.length, this.at) === 0) return
    library.free = free
    throw new RangeError('block: not one of librehab, or a damaged one')
  }

  name(table, row) {
    return this.library.say('rehab_row_name', this.at, this.library.constants.table[table], row)
  }

  count(table) {
    return this.library.c.rehab_count(this.at, this.library.constants.table[table])
  }

  // ---- facts ----

  names(table) {
    return Array.from({ length: this.count(table) }, (_, i) => this.name(table, i))
  }

  // the texts of the protocol that have a place in a list, in the order of that
  words(place) {
    const { library } = this
    const found = Array.from({ length: library.c.rehab_count(this.at, TEXTS) }, (_, i) => library.say('rehab_row_name', this.at, TEXTS, i))
      .map(word => [place(word), word]).filter(([at]) => at !== undefined)
    return [...new Set(found.sort(([a], [b]) => Number(a - b)).map(([, word]) => word))]
  }

  // what the protocol calls so; a wrong word is a mistake of the caller
  find(what, word, names, at, ...of) {
    const row = typeof word === 'string' ? this.look(what, word, ...of) : NONE
    if (row === NONE) oneOf(names(), word, at)
    return row
  }

  look(what, word, ...of) {
    return this.library.during(() => this.library.c[`rehab_find_${what}`](this.at, ...of, this.library.text(word)) >>> 0)
  }

  read(measure, given) {
    const { library } = this
    return library.during(() => {
      const nano = library.take(8)
      return library.c.rehab_read_value(this.at, measure, library.text(spelled(given)), nano) ? library.view.getBigInt64(nano, true) : undefined
    })
  }

  value(measure, given, at) {
    const wanted = VALUES[this.library.c.rehab_kind_of(this.at, measure)]
    const nano = kind(given) === wanted ? this.read(measure, given) : undefined
    if (nano === undefined && wanted === 'a text') oneOf(this.words(word => this.read(measure, word)), given, at)
    if (nano === undefined) {
      const step = Number(this.library.c.rehab_step_of(this.at, measure)) / 1e9
      const number = step ? `a multiple of ${step} within a million` : A_NUMBER
      refuse(at, wanted === 'a truth' ? 'true or false' : number, given, wanted)
    }
    return nano
  }

  // left and right as seen from the injury
  side(facts, row, o, at) {
    const [side, involved] = [o.side ?? 'none', facts.side ?? 'none']
    if (Boolean(this.library.c.rehab_is_sided(this.at, row)) !== (side !== 'none')) {
      const wanted = side !== 'none' ? `nothing (no side of ${o.measure})` : `one of left, right, both (the side of ${o.measure})`
      refuse(`${at}/side`, wanted, o.side, 'a text')
    }
    if (side !== 'none' && involved === 'none')
      refuse('/side', `one of left, right, both (the involved side, for ${o.measure})`, facts.side, 'a text')
    if (side === 'none' || side === 'both') return side === 'none' ? 0 : 3
    return side === (involved === 'both' ? 'left' : involved) ? 1 : 2
  }

  // everything in the facts that no row of the protocol has to be known for
  check(facts) {
    check('facts', facts, '')
    facts.assessments?.forEach((a, i) => {
      this.qualifiers(a, `/assessments/${i}`)
      a.observations?.forEach((o, k) => this.qualifiers(o, `/assessments/${i}/observations/${k}`))
    })
  }

  role(given, at) {
    const { role } = this.library.constants
    if (typeof given !== 'string' || !Object.hasOwn(role, given)) oneOf(Object.keys(role), given, at)
    return role[given]
  }

  qualifiers({ qualifiers: told = {} }, at) {
    const names = Object.keys(this.library.constants.qualifier)
    only(names, told, `${at}/qualifiers`)
    for (const name of names) if (told[name] !== undefined) CHECKS.truth(told[name], `${at}/qualifiers/${name}`)
  }

  bits(told) {
    const set = Object.entries(this.library.constants.qualifier)
    const sum = some => set.reduce((bits, [name, bit]) => (some(told[name]) ? bits | bit : bits), 0)
    return { known: sum(value => value !== undefined), held: sum(value => value) }
  }

  observations(facts) {
    const { assessments = [] } = facts
    const people = [...new Set(assessments.map(a => a.assessor).filter(a => a !== undefined))]
    return assessments
      .flatMap((a, assessment) =>
        (a.observations ?? []).map((o, i) => {
          const measure = this.look('measure', o.measure)
          const pointer = `/assessments/${assessment}/observations/${i}`
          return measure === NONE ? undefined : {
            pointer,
            measure,
            value_nano: this.value(measure, o.value, `${pointer}/value`),
            side: this.side(facts, measure, o, pointer),
            at: instant(a.occurred_at),
            assessment,
            assessor: a.assessor === undefined ? NONE : people.indexOf(a.assessor),
            trial: o.trial ?? 0,
            ...this.bits({ ...a.qualifiers, ...o.qualifiers }),
          }
        }))
      .filter(o => o !== undefined) // what the protocol does not look at
      .sort((a, b) => (a.at.utc_us < b.at.utc_us ? -1 : a.at.utc_us > b.at.utc_us ? 1 : 0))
  }

  // an activity that the protocol does not know is one all the same
  sessions(facts) {
    const known = 'activities' in this.library.constants.table ? this.names('activities') : []
    const found = (facts.assessments ?? [])
      .map((a, assessment) => a.session !== undefined && {
        from: instant(a.occurred_at),
        to: instant(a.session.ended_at ?? a.occurred_at),
        assessment,
        activity: known.includes(a.session.activity) ? known.indexOf(a.session.activity) : 0xffff,
        completed: a.session.completed ?? false,
        prescribed: a.session.prescribed ?? true,
      })
      .filter(Boolean)
    for (const { from, to, assessment } of found)
      if (to.utc_us < from.utc_us) refuse(`/assessments/${assessment}/session/ended_at`, 'a time not before occurred_at', '', 'a text')
    return found.sort((a, b) => (a.from.utc_us < b.from.utc_us ? -1 : a.from.utc_us > b.from.utc_us ? 1 : 0))
  }

  phases(track) {
    return Array.from({ length: this.count('phases') }, (_, i) => i)
      .filter(i => this.look('phase', this.name('phases', i), track) === i)
  }

  tracks({ tracks = {}, started_at }) {
    const names = this.names('tracks')
    only(names, tracks, '/tracks')
    return names.map((name, track) => {
      const { [name]: told = {} } = Object.assign(Object.create(null), tracks)
      const [at, phases] = [`/tracks/${name}`, this.phases(track)]
      check('track', told, at)
      const entered = instant(told.entered_at ?? started_at)
      const words = () => [...phases.map(i => this.name('phases', i)), 'null']
      const phase = told.phase === null ? NONE : told.phase === undefined ? phases[0] : this.find('phase', told.phase, words, `${at}/phase`, track)
      return { phase, entered, moved: told.moved_at === undefined ? entered : instant(told.moved_at) }
    })
  }

  strata({ strata = {} }) {
    const names = this.names('strata')
    only(names, strata, '/strata')
    return names.map((name, i) => {
      const place = word => (row => (row === NONE ? undefined : row))(this.look('stratum_value', word, i))
      const value = own(strata, name)
      return value === undefined ? 0xffff : this.find('stratum_value', value, () => this.words(place), `/strata/${name}`, i)
    })
  }

  clearances({ clearances = [] }) {
    return clearances
      .map((c, i) => ({ name: this.look('clearance', c.name), role: this.role(c.role, `/clearances/${i}/role`), at: instant(c.at), given: c.given ?? true }))
      .filter(({ name }) => name !== NONE)
  }

  flagClearances({ red_flag_clearances: cleared = [] }) {
    return cleared.map((c, i) => {
      const at = `/red_flag_clearances/${i}`
      const flag = this.find('red_flag', c.red_flag, () => this.names('red_flags'), `${at}/red_flag`)
      return { flag, role: this.role(c.role, `${at}/role`), at: instant(c.at) }
    })
  }

  evidence(facts) {
    this.check(facts)
    const day = name => (facts[name] === undefined ? {} : event(facts[name]))
    return {
      observations: this.observations(facts),
      sessions: this.sessions(facts),
      clearances: this.clearances(facts),
      flag_clearances: this.flagClearances(facts),
      tracks: this.tracks(facts),
      strata: this.strata(facts),
      onset: day('onset'),
      surgery: day('surgery'),
      birth: day('birth'),
      started: instant(facts.started_at),
      bilateral: facts.side === 'both',
    }
  }

  // ---- decision ----

  decide(facts, asOf, options = {}) {
    only(['language', 'flips'], options, 'options')
    const { language, flips = false } = options
    if (language !== undefined && language !== null) CHECKS.text(language, 'language')
    CHECKS.truth(flips, 'flips')
    const { library } = this
    return library.during(() => {
      const given = this.evidence(facts)
      const evidence = library.take(library.sizeOf('evidence'))
      library.write('evidence', evidence, given)
      const at = library.take(library.sizeOf('instant'))
      library.write('instant', at, instant(asOf, 'as_of'))
      const decision = library.take(library.sizeOf('decision'))
      const arena = library.take(library.sizeOf('arena'))
      for (let size = 1 << 18; ; size *= 4) {
        const memory = library.take(size)
        library.write('arena', arena, { at: memory, end: memory + size, full: false })
        const outcome = library.c.rehab_decide(this.at, evidence, at, arena, decision)
        if (outcome === library.constants.outcome.decided) {
          const found = flips ? this.flips(evidence, at, arena, decision) : []
          if (found) return new Reader(this, facts, given.observations, language).decision(decision, found)
        } else if (outcome !== library.constants.outcome.full || size > 1 << 26) throw new RangeError('facts: more than the library takes at once')
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
    if (type === 'prescription_result')
      for (const [answer, question] of Object.entries(ASKED)) if (!out[question]) delete out[answer]
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
          out[what] = this.shown(library.getNumber('u32', at + library.place('finding', 'criterion')), library.view.getBigInt64(room, true))
    })
  }

  // a number in the criterion's unit, or the label that has this place
  shown(criterion, nano) {
    const { library, protocol } = this
    const labels = library.c.rehab_criterion_scale(protocol.at, criterion) === IN_LABELS
    return (labels && library.say('rehab_criterion_label', protocol.at, criterion, nano)) || Number(nano) / 1e9
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
