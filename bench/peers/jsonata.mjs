// The workloads as JSONata, the usual choice for mapping JSON in Node. Each expression gives the same result as its twin.
import jsonata from 'jsonata';

const ENRICH = `(
  $c := customer; $a := $c.address; $s := shipping; $b := $s.address;
  $lines := items.{ "sku": sku, "name": name, "qty": qty, "price": price, "net": qty * price,
    "tax": qty * price * taxRate, "gross": qty * price + qty * price * taxRate };
  $units := $sum(items.qty); $subtotal := $sum($lines.net); $tax := $sum($lines.tax);
  $weight := $sum(items.(qty * weight)); $disc := $subtotal * discount.pct;
  { "orderId": id, "created": createdAt, "status": status, "currency": currency, "channel": channel,
    "customerId": $c.id, "customerName": $c.firstName & " " & $c.lastName, "email": $c.email, "phone": $c.phone,
    "tier": $c.tier, "vip": $c.tier = "gold",
    "billTo": { "street": $a.street, "city": $a.city, "zip": $a.zip, "country": $a.country },
    "shipTo": { "street": $b.street, "city": $b.city, "zip": $b.zip, "country": $b.country },
    "shipMethod": $s.method, "shipCost": $s.cost, "discountCode": discount.code, "discountPct": discount.pct,
    "itemCount": $count(items), "units": $units, "subtotal": $subtotal, "tax": $tax, "discountAmount": $disc,
    "total": $subtotal + $tax - $disc + $s.cost, "avgPrice": $subtotal / $units, "weight": $weight,
    "freeShipping": $subtotal > 100, "label": $b.city & ", " & $b.country, "source": "web", "schemaVersion": 3, "lines": $lines }
)`;
const GROUP = 'records[active and qty > 5]{ region: { "count": $count($), "total": $sum($.(qty * price)) } }';
const LOOP = '{ "s": $reduce([0..n - 1], function($s, $i) { $s + $i * $i % 7 }, 0) }';
const TEXT = '{ "text": $join(items.(sku & " x " & qty & " @ " & price & " = " & (qty * price)), "\n") }';
const TINY = '{ "v": a + b * c }';
const RECORD = `{ "id": id, "name": user.name, "city": user.city, "adult": user.age >= 30, "total": amount * qty,
  "tag": tags[0], "ts": ts }`;

/** Its runners per workload. */
export function jsonataPeer(inputs) {
  const [w1, w2, w3, w4, w5, w6] = [ENRICH, GROUP, LOOP, TEXT, TINY, RECORD].map((text) => jsonata(text));
  return {
    name: 'jsonata',
    W1: () => w1.evaluate(inputs.order),
    W2: () => w2.evaluate({ records: inputs.records }),
    W3: () => w3.evaluate({ n: inputs.short }),
    W4: () => w4.evaluate({ items: inputs.items }),
    W5: () => w5.evaluate(inputs.tiny),
    W6: (record) => w6.evaluate(record),
  };
}
