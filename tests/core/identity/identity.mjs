// SPDX-License-Identifier: Apache-2.0
//
// identity.c as WebAssembly:  node identity.mjs IDENTITY.wasm CASES BLOCK...
import { readFileSync } from 'node:fs'

const [wasm, cases, ...blocks] = process.argv.slice(2)
const { exports: c } = (await WebAssembly.instantiate(readFileSync(wasm))).instance
const hex = value => BigInt.asUintN(64, value).toString(16).padStart(16, '0')

for (let i = 0; i < 8; i++)
  console.log(`made ${i} ${hex(c.identity_of_documents(i + 1, Math.floor(Math.floor(Math.floor(cases / 2) / 8) / 6)))}`)
const each = Math.floor(Math.floor(cases / 2) / (blocks.length || 1))
blocks.forEach((path, i) => {
  const bytes = readFileSync(path)
  const at = c.memory.grow(Math.ceil(bytes.length / 65536)) * 65536
  new Uint8Array(c.memory.buffer).set(bytes, at)
  console.log(`block ${i} ${hex(c.identity_of_block(at, bytes.length, i + 1, each))}`)
})
console.log(`decided ${c.identity_decided()} compiled ${c.identity_compiled()}`)
