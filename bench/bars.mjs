// The table of bars (section 7 of the design): what is demanded, what was seen, and the verdict.

const geometricMean = (values) => Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
/** How much of the speed of `base` is reached; more than all of it counts as all. */
const share = (rows, base) => Math.min(1, rows[base] / rows.millrace);
const times = (figure) => `${figure >= 10 ? figure.toFixed(0) : figure.toFixed(1)}×`;

const B1 = ['W1', 'W2', 'W3', 'W3b', 'W4'];
const B2 = { W1: 50, W2: 40, W3: 50, W4: 50, W5: 30 };

/**
 * @param figures Nanoseconds per unit by workload and candidate in `speed`; CPU milliseconds or bytes in the rest; what was not
 *   measured is missing.
 * @returns Rows of the table: id, what is measured, bar, figure, whether it is met (null if it was not measured).
 */
export function bars({ speed, cold, loading, growth }) {
  const rows = [];
  const row = (id, what, bar, isMeasured, figure) => {
    const measured = isMeasured ? figure() : null;
    rows.push({ id, what, bar, figure: measured?.text ?? 'not measured', isMet: measured?.isMet ?? null });
  };
  const has = (workloads, ...names) =>
    workloads.every((id) => speed[id] !== undefined && names.every((name) => speed[id][name] !== undefined));

  row(
    'B1',
    'compiled code, share of handwritten',
    'mean ≥ 0.75, none < 0.5',
    has(B1, 'handwritten', 'millrace'),
    () => {
      const shares = B1.map((id) => share(speed[id], 'handwritten'));
      const mean = geometricMean(shares);
      const each = B1.map((id, i) => `${id} ${shares[i].toFixed(2)}`).join(', ');
      return { text: `${mean.toFixed(2)} (${each})`, isMet: mean >= 0.75 && Math.min(...shares) >= 0.5 };
    },
  );
  const asked = Object.keys(B2);
  row(
    'B2',
    'interpreter against jsonata',
    '≥ 50× (W2 40×, W5 30×)',
    has(asked, 'jsonata', 'millrace, interpreter'),
    () => {
      const ratios = asked.map((id) => speed[id].jsonata / speed[id]['millrace, interpreter']);
      return {
        text: asked.map((id, i) => `${id} ${times(ratios[i])}`).join(', '),
        isMet: asked.every((id, i) => ratios[i] >= B2[id]),
      };
    },
  );
  row(
    'B3',
    'W1 with checked input against isolated-vm',
    '≥ 15×',
    has(['W1'], 'isolated-vm', 'millrace, input checked'),
    () => {
      const ratio = speed.W1['isolated-vm'] / speed.W1['millrace, input checked'];
      return { text: times(ratio), isMet: ratio >= 15 };
    },
  );
  row('B4', 'tiny call', '≤ 20 ns', has(['W5'], 'millrace'), () => {
    const ns = speed.W5.millrace;
    return { text: `${ns.toFixed(0)} ns`, isMet: ns <= 20 };
  });
  row('B4', 'tiny call against isolated-vm', '≥ 50×', has(['W5'], 'millrace', 'isolated-vm'), () => {
    const ratio = speed.W5['isolated-vm'] / speed.W5.millrace;
    return { text: times(ratio), isMet: ratio >= 50 };
  });
  row('B5', 'cold process: import and first result', '≤ 5 ms CPU', cold !== undefined, () => ({
    text: `${cold.toFixed(1)} ms`,
    isMet: cold <= 5,
  }));
  for (const [form, bar] of [
    ['text', 0.5],
    ['binary', 0.2],
  ]) {
    row('B6', `next plug-in from ${form}`, `≤ ${bar} ms CPU`, loading !== undefined, () => ({
      text: `${loading[form].ms.toFixed(2)} ms (new Function ${loading.floor.toFixed(2)} ms)`,
      isMet: loading[form].ms <= bar,
    }));
  }
  row('B7', 'resident size of a plug-in, of 1,000 interpreted', '≤ 40 KB', loading !== undefined, () => {
    const sizes = ['text', 'binary'].map((form) => loading[form].rss / 1024);
    return {
      text: `text ${sizes[0].toFixed(1)} KB, binary ${sizes[1].toFixed(1)} KB`,
      isMet: Math.max(...sizes) <= 40,
    };
  });
  row('B8', 'NDJSON inline, share of handwritten', '≥ 0.95', has(['W6'], 'handwritten', 'millrace'), () => {
    const reached = share(speed.W6, 'handwritten');
    return { text: reached.toFixed(2), isMet: reached >= 0.95 };
  });
  row('B11', 'time when the work doubles, nine loops', '≤ 2.5×', growth !== undefined, () => ({
    text: times(growth),
    isMet: growth <= 2.5,
  }));
  row('', 'json-logic-engine compiled, W1 and W2', '≥ 8×', has(['W1', 'W2'], 'millrace', PEER), () => {
    const ratios = ['W1', 'W2'].map((id) => speed[id][PEER] / speed[id].millrace);
    return { text: `W1 ${times(ratios[0])}, W2 ${times(ratios[1])}`, isMet: Math.min(...ratios) >= 8 };
  });
  return rows;
}

const PEER = 'json-logic-engine (compiled)';

/** As Markdown, so that it can stand in the README. */
export function tableOf(rows) {
  const cells = rows.map(({ id, what, bar, figure, isMet }) => [
    id,
    what,
    bar,
    figure,
    isMet === null ? '' : isMet ? 'met' : '**missed**',
  ]);
  return ['| | what | bar | seen | |', '|---|---|---|---|---|', ...cells.map((row) => `| ${row.join(' | ')} |`)].join(
    '\n',
  );
}
