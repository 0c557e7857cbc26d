// Whether work and memory cost what they are charged: every opcode and every standard function at six sizes. Time for
// each unit of fuel stands beside that of a plain loop of integers (W3b), growth of the heap beside what was charged.
// Usage: node --expose-gc bench/honesty.mjs        the whole table; the status is 1 where something is undercharged
//        node --expose-gc bench/honesty.mjs SORT   only what has one of the words in its name
import process from 'node:process';
import { withBundle } from '../test/fuzz/bundle.mjs';

const BOUNDS = { time: 20, memory: 3, freeBytes: 8 << 20 };
const EFFORT = { ms: 4, rounds: 2, chances: 6 };
const WORST = 10;

const wanted = process.argv.slice(2);
const isWanted = (name) => wanted.length === 0 || wanted.some((word) => name.includes(word));

if (globalThis.gc === undefined) {
  console.error('run it with: node --expose-gc bench/honesty.mjs');
  process.exit(64);
}

const amount = (n) =>
  n >= 1e9
    ? `${(n / 1e9).toFixed(1)}G`
    : n >= 1e6
      ? `${(n / 1e6).toFixed(1)}M`
      : n >= 1e3
        ? `${(n / 1e3).toFixed(1)}k`
        : n.toFixed(n < 10 ? 1 : 0);

function line({ name, size, fuel, us, timeRatio, charged, growth, isHonest }) {
  const figures = [
    amount(size),
    amount(fuel),
    us.toFixed(us < 100 ? 2 : 0),
    timeRatio.toFixed(2),
    amount(charged),
    amount(growth),
  ];
  return `${name.padEnd(46)}${figures.map((figure) => figure.padStart(10)).join('')}  ${isHonest ? 'ok' : 'UNDERCHARGED'}`;
}

const HEAD = `${'case'.padEnd(46)}${['size', 'fuel', 'µs', '×base', 'charged', 'growth'].map((word) => word.padStart(10)).join('')}  verdict`;

await withBundle(
  '../honesty/main.ts',
  [],
  async ({ CASES, Machine, Table, unmeasuredFunctions, unmeasuredOpcodes }) => {
    const machine = await Machine.start();
    const missing = [...unmeasuredFunctions(), ...unmeasuredOpcodes(machine)];
    if (missing.length > 0) console.log(`not measured: ${missing.join(', ')}`);
    const table = new Table(machine, BOUNDS, EFFORT, globalThis.gc);
    const rows = [];
    console.log(
      `### Honesty   [${process.version}]   base ${(1e6 * table.base).toFixed(1)} ns for a unit of fuel\n${HEAD}`,
    );
    for (const subject of CASES.filter(({ name }) => isWanted(name))) {
      for (const size of subject.sizes) {
        let row;
        try {
          row = table.row(subject, size);
        } catch (error) {
          console.log(`${subject.name} at ${size}: ${error.message.slice(0, 300)}`);
          missing.push(subject.name);
          continue;
        }
        rows.push(row);
        console.log(line(row));
      }
    }
    const byTime = rows.toSorted((x, y) => y.timeRatio - x.timeRatio);
    const excess = (row) => (row.growth - BOUNDS.freeBytes) / Math.max(1, row.charged);
    const byMemory = rows.toSorted((x, y) => excess(y) - excess(x));
    console.log(`\nslowest for their fuel\n${HEAD}\n${byTime.slice(0, WORST).map(line).join('\n')}`);
    console.log(
      `\nfastest for their fuel\n${byTime
        .slice(-WORST / 2)
        .map(line)
        .join('\n')}`,
    );
    console.log(`\nlargest for their charge\n${byMemory.slice(0, WORST).map(line).join('\n')}`);
    const outliers = rows.filter(({ isHonest }) => !isHonest);
    console.log(
      `\n${rows.length} rows, ${outliers.length} undercharged (bounds: ${BOUNDS.time} × base; ${BOUNDS.memory} × charged + 8 MB)`,
    );
    process.exitCode = outliers.length + missing.length === 0 ? 0 : 1;
  },
);
