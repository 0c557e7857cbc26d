// The workloads in the Common Expression Language (@marcbachmann/cel-js). It has no sum, so the host gives one, and no grouping,
// so W2 names its four groups.
import { Environment } from '@marcbachmann/cel-js';
import { regions } from '../workloads.mjs';

const place = (of) => `{"street": ${of}.street, "city": ${of}.city, "zip": ${of}.zip, "country": ${of}.country}`;
const NET = 'it.qty * it.price';
const SUBTOTAL = `sum(items.map(it, ${NET}))`;
const TAX = `sum(items.map(it, ${NET} * it.taxRate))`;
const UNITS = 'sum(items.map(it, it.qty))';
const ENRICH = `{"orderId": id, "created": createdAt, "status": status, "currency": currency, "channel": channel,
  "customerId": customer.id, "customerName": customer.firstName + " " + customer.lastName, "email": customer.email,
  "phone": customer.phone, "tier": customer.tier, "vip": customer.tier == "gold",
  "billTo": ${place('customer.address')}, "shipTo": ${place('shipping.address')},
  "shipMethod": shipping.method, "shipCost": shipping.cost, "discountCode": discount.code, "discountPct": discount.pct,
  "itemCount": size(items), "units": ${UNITS}, "subtotal": ${SUBTOTAL}, "tax": ${TAX},
  "discountAmount": ${SUBTOTAL} * discount.pct, "total": ${SUBTOTAL} + ${TAX} - ${SUBTOTAL} * discount.pct + shipping.cost,
  "avgPrice": ${SUBTOTAL} / ${UNITS}, "weight": sum(items.map(it, it.qty * it.weight)), "freeShipping": ${SUBTOTAL} > 100.0,
  "label": shipping.address.city + ", " + shipping.address.country, "source": "web", "schemaVersion": 3,
  "lines": items.map(it, {"sku": it.sku, "name": it.name, "qty": it.qty, "price": it.price, "net": ${NET},
    "tax": ${NET} * it.taxRate, "gross": ${NET} + ${NET} * it.taxRate})}`;
const wanted = (region) => `records.filter(r, r.active && r.qty > 5.0 && r.region == "${region}")`;
const GROUP = `{${regions.map(
  (region) =>
    `"${region}": {"count": size(${wanted(region)}), "total": sum(${wanted(region)}.map(it, it.qty * it.price))}`,
)}}`;
const TINY = '{"v": a + b * c}';
const RECORD = `{"id": id, "name": user.name, "city": user.city, "adult": user.age >= 30.0, "total": amount * qty,
  "tag": tags[0], "ts": ts}`;
const TEXT = `{"text": items.map(it, it.sku + " x " + string(it.qty) + " @ " + string(it.price) + " = " +
  string(it.qty * it.price)).join("\\n")}`;

/** Its runners per workload; it has no loop over a range, so no W3. */
export function cel(inputs) {
  const env = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false });
  env.registerFunction('sum(list): dyn', (list) => list.reduce((total, value) => total + value, 0));
  const [w1, w2, w4, w5, w6] = [ENRICH, GROUP, TEXT, TINY, RECORD].map((text) => env.parse(text));
  return {
    name: '@marcbachmann/cel-js',
    W1: () => w1(inputs.order),
    W2: () => w2({ records: inputs.records }),
    W4: () => w4({ items: inputs.items }),
    W5: () => w5(inputs.tiny),
    W6: w6,
  };
}
