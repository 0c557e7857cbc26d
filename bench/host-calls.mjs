// What one call of a host function costs a program, by what is checked on the way.
// Usage: npm run build && node bench/host-calls.mjs
import { capability, createHost } from '../dist/index.js';
import { bench } from './harness.mjs';

const CALLS = 1_000;
const record = { sku: 'TEA-ASSAM-250', qty: 2, cents: 450 };
const members = {
  bare: () => 1,
  number: { params: ['number'], returns: 'number', effect: 'read', call: (n) => n },
  recordBare: (r) => r,
  record: {
    params: ['{ sku: string, qty: integer, cents: integer }'],
    returns: '{ sku: string, qty: integer, cents: integer }',
    effect: 'read',
    call: (r) => r,
  },
};
const plain = capability('host:x', members);
const candidates = [
  ['loop alone', 'i', plain],
  ['no argument', 'x.bare()', plain],
  ['a number, with a contract', 'x.number(i)', plain],
  ['a record', 'x.recordBare(input.record)', plain],
  ['a record, with contracts', 'x.record(input.record)', plain],
  ['no argument, narrowed by where() and limit()', 'x.bare()', plain.where(() => true).limit({ calls: 1e12 })],
  ['no argument, audited', 'x.bare()', plain, { audit: () => {} }],
];

const limits = { fuel: 1e12, memory: 1e12, deadlineMs: 1e9 };
const loaded = [];
for (const [name, call, granted, options] of candidates) {
  const host = createHost({ limits, grants: { 'host:x': granted }, ...options });
  const module = await host.load(
    `IMPORT "host:x" AS x;\nTRANSFORM T { LET last = 0; FOR EACH i IN RANGE(1, input.n) { SET last = ${call}; } OUTPUT { last: last }; }`,
  );
  const run = module.get('T');
  loaded.push({ name, units: CALLS, run: () => run({ n: CALLS, record }) });
}
await bench('Calls of a host function', loaded, { unit: 'call' });
