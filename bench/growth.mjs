// Loops of SET, APPEND and comprehensions over twice as many elements must take about twice as long.
const PROGRAMS = {
  'APPEND flat': 'LET out = []; FOR EACH i IN RANGE(n) { APPEND TO out i; } OUTPUT { v: LENGTH(out) };',
  'SET flat': 'LET out = {}; FOR EACH i IN RANGE(n) { SET out["k" + (i % 1000)] = i; } OUTPUT { v: LENGTH(out) };',
  'SET, growing': 'LET out = {}; FOR EACH i IN RANGE(n) { SET out["k" + i] = i; } OUTPUT { v: LENGTH(out) };',
  'SET nested path':
    'LET out = { a: { b: { n: 0 } } }; FOR EACH i IN RANGE(n) { SET out.a.b.n = out.a.b.n + i; } OUTPUT out;',
  'APPEND nested path':
    'LET out = { a: { xs: [] } }; FOR EACH i IN RANGE(n) { APPEND TO out.a.xs i; } OUTPUT { v: LENGTH(out.a.xs) };',
  'APPEND grouped': 'LET g = {}; FOR EACH i IN RANGE(n) { APPEND TO g["k" + (i % 7)] i; } OUTPUT { v: LENGTH(g.k3) };',
  'MODIFY nested path':
    'LET out = { a: { n: 0 } }; FOR EACH i IN RANGE(n) { MODIFY out.a { n: i, m: i + 1 }; } OUTPUT out;',
  'APPEND in a lambda':
    'LET out = []; LET add = (x) -> { APPEND TO out x; }; FOR EACH i IN RANGE(n) { add(i); } OUTPUT { v: LENGTH(out) };',
  comprehension: 'OUTPUT { v: LENGTH([i * 2 FOR EACH i IN RANGE(n)]) };',
};

/** Best of several runs, CPU time in milliseconds. */
function cpuMs(run) {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

/** Prints the ratio of doubled sizes; returns the worst. */
export async function growth(host, size = 1_000_000) {
  console.log(
    `\n### Growth: time for ${size.toLocaleString('en-US')} elements over time for half of them (2 is linear)`,
  );
  let worst = 0;
  for (const [name, body] of Object.entries(PROGRAMS)) {
    const module = await host.load(`TRANSFORM T { LET n = input.n; ${body} }`);
    const run = module.get('T');
    run({ n: 1_000 });
    const half = cpuMs(() => run({ n: size / 2 }));
    const whole = cpuMs(() => run({ n: size }));
    worst = Math.max(worst, whole / half);
    console.log(
      `${name.padEnd(20)} ${half.toFixed(0).padStart(7)} ms ${whole.toFixed(0).padStart(7)} ms   ratio ${(whole / half).toFixed(2)}`,
    );
  }
  return worst;
}
