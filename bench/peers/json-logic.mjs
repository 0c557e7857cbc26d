// The workloads as rules of json-logic-engine, compiled by it to JavaScript. It has no variables, so W1 walks the items once per
// sum, and no grouping, so W2 names its four groups.
import { LogicEngine } from 'json-logic-engine';
import { regions } from '../workloads.mjs';

const v = (path) => ({ var: path });
const times = (...of) => ({ '*': of });
const plus = (...of) => ({ '+': of });
const sum = (list, of) => ({ reduce: [list, plus(of, v('accumulator')), 0] });
const each = (eachKey) => ({ eachKey });
const fields = (from, names) => each(Object.fromEntries(names.map((name) => [name, v(`${from}.${name}`)])));

const net = (of) => times(v(`${of}qty`), v(`${of}price`));
const tax = (of) => times(net(of), v(`${of}taxRate`));
const items = v('items');
const subtotal = sum(items, net('current.'));
const taxes = sum(items, tax('current.'));
const discount = times(subtotal, v('discount.pct'));
const units = sum(items, v('current.qty'));
const PLACE = ['street', 'city', 'zip', 'country'];
const enrich = each({
  orderId: v('id'),
  created: v('createdAt'),
  status: v('status'),
  currency: v('currency'),
  channel: v('channel'),
  customerId: v('customer.id'),
  customerName: { cat: [v('customer.firstName'), ' ', v('customer.lastName')] },
  email: v('customer.email'),
  phone: v('customer.phone'),
  tier: v('customer.tier'),
  vip: { '===': [v('customer.tier'), 'gold'] },
  billTo: fields('customer.address', PLACE),
  shipTo: fields('shipping.address', PLACE),
  shipMethod: v('shipping.method'),
  shipCost: v('shipping.cost'),
  discountCode: v('discount.code'),
  discountPct: v('discount.pct'),
  itemCount: { length: items },
  units,
  subtotal,
  tax: taxes,
  discountAmount: discount,
  total: plus({ '-': [plus(subtotal, taxes), discount] }, v('shipping.cost')),
  avgPrice: { '/': [subtotal, units] },
  weight: sum(items, times(v('current.qty'), v('current.weight'))),
  freeShipping: { '>': [subtotal, 100] },
  label: { cat: [v('shipping.address.city'), ', ', v('shipping.address.country')] },
  source: 'web',
  schemaVersion: 3,
  lines: {
    map: [
      items,
      each({
        sku: v('sku'),
        name: v('name'),
        qty: v('qty'),
        price: v('price'),
        net: net(''),
        tax: tax(''),
        gross: plus(net(''), tax('')),
      }),
    ],
  },
});

const wanted = (region) => ({
  filter: [v('records'), { and: [v('active'), { '>': [v('qty'), 5] }, { '===': [v('region'), region] }] }],
});
const group = each(
  Object.fromEntries(
    regions.map((region) => [
      region,
      each({ count: { length: wanted(region) }, total: sum(wanted(region), net('current.')) }),
    ]),
  ),
);
const loop = each({
  s: sum(v('numbers'), { '%': [times(v('current'), v('current')), 7] }),
});
const text = each({
  text: {
    reduce: [
      v('items'),
      {
        cat: [
          v('accumulator'),
          { if: [{ '===': [v('accumulator'), ''] }, '', '\n'] },
          v('current.sku'),
          ' x ',
          v('current.qty'),
          ' @ ',
          v('current.price'),
          ' = ',
          times(v('current.qty'), v('current.price')),
        ],
      },
      '',
    ],
  },
});
const tiny = each({ v: plus(v('a'), times(v('b'), v('c'))) });
const record = each({
  id: v('id'),
  name: v('user.name'),
  city: v('user.city'),
  adult: { '>=': [v('user.age'), 30] },
  total: times(v('amount'), v('qty')),
  tag: v('tags.0'),
  ts: v('ts'),
});

/** Its runners per workload; W3 counts over a list that the host has made. */
export function jsonLogic(inputs) {
  const engine = new LogicEngine();
  const build = (logic) => engine.build(logic);
  const [w1, w2, w3, w4, w5, w6] = [enrich, group, loop, text, tiny, record].map(build);
  const numbers = Array.from({ length: inputs.short }, (_, i) => i);
  return {
    name: 'json-logic-engine (compiled)',
    W1: () => w1(inputs.order),
    W2: () => w2({ records: inputs.records }),
    W3: () => w3({ numbers }),
    W4: () => w4({ items: inputs.items }),
    W5: () => w5(inputs.tiny),
    W6: w6,
  };
}
