// interleaved, paired micro-benchmark harness
export const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
const wall = () => Number(process.hrtime.bigint());
const cpu = () => {
  const u = process.cpuUsage();
  return (u.user + u.system) * 1000;
};
export const CLOCK = process.env.CLOCK ?? 'cpu'; // cpu time of the whole process: robust against preemption by other processes
const now = CLOCK === 'cpu' ? cpu : wall;
const q = (a, p) => {
  const s = [...a].sort((x, y) => x - y);
  const i = (s.length - 1) * p;
  const l = Math.floor(i);
  return s[l] + (s[Math.min(l + 1, s.length - 1)] - s[l]) * (i - l);
};
export const fmt = (n) =>
  n >= 1e9
    ? `${(n / 1e9).toFixed(2)}G`
    : n >= 1e6
      ? `${(n / 1e6).toFixed(2)}M`
      : n >= 1e3
        ? `${(n / 1e3).toFixed(1)}k`
        : n >= 10
          ? n.toFixed(0)
          : n.toFixed(2);
export const fns = (n) =>
  n >= 1e9
    ? `${(n / 1e9).toFixed(2)} s`
    : n >= 1e6
      ? `${(n / 1e6).toFixed(2)} ms`
      : n >= 1e3
        ? `${(n / 1e3).toFixed(2)} us`
        : `${n.toFixed(1)} ns`;
const ring = new Array(16).fill(null); // results escape, so their allocation cannot be optimised away
export let sinkv;
export const sink = (v) => {
  sinkv = v;
};
// cands: {name, run, async?, units?}  run() = one op; base = name of the baseline
export async function bench(
  title,
  cands,
  { base = cands[0].name, rounds = 15, batchMs = 25, warmMs = 400, unit = 'op', quiet = false } = {},
) {
  const st = [];
  for (const c of cands) {
    try {
      let v = c.run();
      const isA = c.async ?? (v && typeof v.then === 'function');
      if (isA) v = await v;
      if (c.check && !c.check(v)) throw new Error(`wrong result: ${JSON.stringify(v)?.slice(0, 300)}`);
      // warm up + calibrate
      let n = 1,
        t = 0;
      const w0 = wall();
      const batch = isA
        ? async (n) => {
            const t0 = now();
            for (let i = 0; i < n; i++) ring[i & 15] = await c.run();
            return now() - t0;
          }
        : new Function(
            'now',
            'ring',
            'run',
            'return function batch_' +
              st.length +
              '(n){ const t0 = now(); for (let i = 0; i < n; i++) ring[i & 15] = run(); return now() - t0; }',
          )(now, ring, c.run);
      while (wall() - w0 < warmMs * 1e6) {
        t = await batch(n);
        if (t < batchMs * 0.5e6) n *= 2;
        if (t > batchMs * 1e6 * 1.5 && n > 1) n >>= 1;
      }
      st.push({ c, n, batch, s: [] });
    } catch (e) {
      console.log(`  !! ${c.name}: ${String(e?.stack ?? e).slice(0, 400)}`);
      process.exitCode = 1;
    }
  }
  for (let r = 0; r < rounds; r++) {
    const order = st.map((_, i) => (i + r) % st.length);
    if (r & 1) order.reverse();
    for (const i of order) {
      const s = st[i];
      const t = await s.batch(s.n);
      s.s.push(t / s.n / (s.c.units ?? 1));
    }
  }
  const b = st.find((s) => s.c.name === base) ?? st[0];
  const rows = st.map((s) => {
    const rat = s.s.map((x, i) => x / b.s[i]);
    return {
      name: s.c.name,
      ns: q(s.s, 0.5),
      lo: q(s.s, 0.1),
      hi: q(s.s, 0.9),
      min: Math.min(...s.s),
      rmin: Math.min(...s.s) / Math.min(...b.s),
      ratio: q(rat, 0.5),
      rlo: q(rat, 0.1),
      rhi: q(rat, 0.9),
    };
  });
  if (!quiet) {
    console.log(
      `\n### ${title}   [${process.version}, ${CLOCK} time]  (per ${unit}; ratio = time / ${base}; 10–90 % spread of ${rounds} paired rounds)`,
    );
    for (const r of rows)
      console.log(
        `${r.name.padEnd(46)} ${fns(r.ns).padStart(11)}  ${fmt(1e9 / r.ns).padStart(9)}/s  x${r.ratio.toFixed(r.ratio < 10 ? 2 : r.ratio < 100 ? 1 : 0).padStart(7)}  [${r.rlo.toFixed(2)}..${r.rhi.toFixed(2)}]  best ${fns(r.min)} x${r.rmin.toFixed(2)}`,
      );
  }
  return rows;
}
