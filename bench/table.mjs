// The table of speed that stands in the README, from the figures of bench/baseline.json.

const WORKLOADS = {
  W1: 'enrich an order',
  W2: 'filter and group 1,000 records',
  W3: 'a loop with a remainder, per pass',
  W4: 'a text of 100 lines',
  W5: 'one tiny call',
  W6: 'a line of NDJSON, read and printed',
};
/** Candidates by the heading of their column. */
const COLUMNS = {
  'by hand': 'handwritten',
  'jit: auto': 'millrace',
  'jit: off': 'millrace, interpreter',
  'json-logic-engine': 'json-logic-engine (compiled)',
  jsonata: 'jsonata',
  quickjs: 'quickjs-emscripten (JSON across)',
  'isolated-vm': 'isolated-vm',
};
const UNITS = [
  [1e6, 'ms'],
  [1e3, 'µs'],
  [1, 'ns'],
];

function time(ns) {
  if (ns === undefined) return '';
  const [size, unit] = UNITS.find(([least]) => ns >= least) ?? [1, 'ns'];
  return `${Number((ns / size).toPrecision(2))} ${unit}`;
}

/** Lines of Markdown. */
export function speedTable(speed) {
  const row = (cells) => `| ${cells.join(' | ')} |`;
  return [
    row(['', ...Object.keys(COLUMNS)]),
    row(['---', ...Object.keys(COLUMNS).map(() => '--:')]),
    ...Object.entries(WORKLOADS).map(([id, name]) =>
      row([name, ...Object.values(COLUMNS).map((candidate) => time(speed[id][candidate]))]),
    ),
  ];
}
