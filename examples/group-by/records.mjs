// Prints 10,000 records made by a fixed formula.
const regions = ['north', 'east', 'south', 'west'];
const records = Array.from({ length: 10_000 }, (_, i) => ({
  id: i,
  region: regions[(i * 7 + (i >> 5)) % 4],
  cents: 100 + ((i * 7919) % 5000),
  paid: i % 3 !== 0,
}));
console.log(JSON.stringify({ records }));
