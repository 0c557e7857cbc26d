import fs from 'node:fs';

export const mkOrder = (k = 0) => ({
  id: `ord-${1000 + k}`,
  createdAt: '2026-11-20T10:00:00Z',
  status: 'paid',
  currency: 'EUR',
  channel: 'web',
  customer: {
    id: `c-${k % 97}`,
    firstName: 'Ada',
    lastName: `Lovelace${k % 13}`,
    email: 'ada@example.com',
    phone: '+44123',
    tier: k % 3 ? 'gold' : 'basic',
    address: { street: '1 Main St', city: 'London', zip: 'N1', country: 'UK' },
  },
  shipping: {
    method: 'express',
    cost: 12.5,
    address: { street: '2 Side St', city: 'Leeds', zip: 'LS1', country: 'UK' },
  },
  discount: { code: 'BF', pct: 0.125 },
  items: Array.from({ length: 10 }, (_, i) => ({
    sku: `SKU${i}`,
    name: `Item ${i}`,
    qty: 1 + ((i + k) % 4),
    price: 4.25 + i,
    taxRate: i & 1 ? 0.25 : 0.125,
    weight: 0.5 + i * 0.25,
  })),
});
export const order = mkOrder(1);
export const JS1 = `function enrich(o) {
  const c = o.customer, a = c.address, s = o.shipping, b = s.address, items = o.items;
  const lines = new Array(items.length); let units = 0, subtotal = 0, tax = 0, weight = 0;
  for (let i = 0; i < items.length; i++) {
    const it = items[i]; const net = it.qty * it.price, t = net * it.taxRate;
    units += it.qty; subtotal += net; tax += t; weight += it.qty * it.weight;
    lines[i] = { sku: it.sku, name: it.name, qty: it.qty, price: it.price, net: net, tax: t, gross: net + t };
  }
  const disc = subtotal * o.discount.pct;
  return { orderId: o.id, created: o.createdAt, status: o.status, currency: o.currency, channel: o.channel,
    customerId: c.id, customerName: c.firstName + " " + c.lastName, email: c.email, phone: c.phone, tier: c.tier, vip: c.tier === "gold",
    billTo: { street: a.street, city: a.city, zip: a.zip, country: a.country },
    shipTo: { street: b.street, city: b.city, zip: b.zip, country: b.country },
    shipMethod: s.method, shipCost: s.cost, discountCode: o.discount.code, discountPct: o.discount.pct,
    itemCount: items.length, units: units, subtotal: subtotal, tax: tax, discountAmount: disc,
    total: subtotal + tax - disc + s.cost, avgPrice: subtotal / units, weight: weight,
    freeShipping: subtotal > 100, label: b.city + ", " + b.country, source: "web", schemaVersion: 3, lines: lines };
}`;
export const regions = ['EU', 'US', 'APAC', 'LATAM'];
export const records = Array.from({ length: 1000 }, (_, i) => ({
  id: i,
  region: regions[(i * 7) % 4],
  product: `p${i % 20}`,
  qty: (i * 13) % 17,
  price: 1 + (i % 50) * 0.25,
  active: i % 3 !== 0,
}));
export const JS2 = `function group(recs) {
  const out = {};
  for (let i = 0; i < recs.length; i++) { const r = recs[i];
    if (r.active && r.qty > 5) { const amt = r.qty * r.price; const k = r.region; let g = out[k];
      if (g === undefined) { g = out[k] = { count: 0, total: 0 }; }
      g.count++; g.total += amt; } }
  return out;
}`;
export const JS2f = `function groupf(recs) {
  return recs.filter(r => r.active && r.qty > 5).map(r => ({ region: r.region, amount: r.qty * r.price }))
    .reduce((o, r) => { const g = o[r.region] || (o[r.region] = { count: 0, total: 0 }); g.count++; g.total += r.amount; return o; }, {});
}`;
export const N3 = 1_000_000;
export const JS3 = `function loop(n) { let s = 0; for (let i = 0; i < n; i++) s += i * i % 7; return s; }`;
export const JS8 = `function loopi(n) { let s = 0; for (let i = 0; i < n; i++) s = (s + i * 3) % 1009; return s; }`;
export const items4 = Array.from({ length: 100 }, (_, i) => ({ sku: `SKU${i}`, qty: 1 + (i % 4), price: 425 + i }));
export const JS4 = `function tmpl(items) { let s = ""; for (let i = 0; i < items.length; i++) { const it = items[i];
  if (i > 0) s += "\\n"; s += it.sku + " x " + it.qty + " @ " + it.price + " = " + (it.qty * it.price); } return s; }`;
export const JS5 = `function expr(a, b, c) { return a + b * c; }`;
export const ndjson = `${Array.from({ length: 10000 }, (_, i) =>
  JSON.stringify({
    id: i,
    user: { name: `u${i % 100}`, age: 20 + (i % 50), city: `c${i % 10}` },
    tags: ['a', 'b', 'c'],
    amount: i * 0.25,
    qty: 1 + (i % 5),
    ts: '2026-11-20T10:00:00Z',
    flag: i % 2 === 0,
  }),
).join('\n')}\n`;
export const JS6 = `function tr(r) { return { id: r.id, name: r.user.name, city: r.user.city, adult: r.user.age >= 30, total: r.amount * r.qty, tag: r.tags[0], ts: r.ts }; }`;
export const ev = (src, name) => new Function(`${src}\nreturn ${name};`)();
export const enrich = ev(JS1, 'enrich'),
  group = ev(JS2, 'group'),
  groupf = ev(JS2f, 'groupf'),
  loop = ev(JS3, 'loop'),
  loopi = ev(JS8, 'loopi'),
  tmpl = ev(JS4, 'tmpl'),
  expr = ev(JS5, 'expr'),
  tr = ev(JS6, 'tr');
export const canon = (v) =>
  JSON.stringify(v, (_k, x) =>
    x && typeof x === 'object' && !Array.isArray(x)
      ? Object.fromEntries(
          Object.entries(x instanceof Map ? Object.fromEntries(x) : x).sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : typeof x === 'bigint'
        ? Number(x)
        : x,
  );
export const exp1 = canon(enrich(order)),
  exp2 = canon(group(records)),
  exp3 = loop(N3),
  exp4 = tmpl(items4);
export const splitLines = (t) => {
  const out = [];
  let p = 0;
  for (;;) {
    const e = t.indexOf('\n', p);
    if (e < 0) break;
    out.push(t.slice(p, e));
    p = e + 1;
  }
  return out;
};
const w1 = fs.readFileSync(new URL('w1-enrich.bl', import.meta.url), 'utf8');
/** W1 as one plug-in of many: no two share a text, a table of constants or the shape of their result. */
export const plugin = (i) =>
  w1
    .replaceAll('discount', `discount${i}`)
    .replaceAll(`input.discount${i}`, 'input.discount')
    .replace('subtotal > 100', `subtotal > ${100 + i}`)
    .replace('"web"', `"web ${i}"`);
