/** XML by the rules of the mapping: goldens in and out, what is warned of, what is refused, and round trips. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordsWriter, valueReader } from '../../../src/formats/codecs.ts';
import { asPrintError, PrintError } from '../../../src/formats/json.ts';
import type { OutputFormat } from '../../../src/formats/names.ts';
import { createHost } from '../../../src/index.ts';
import { Bytes } from '../../../src/value/bytes.ts';
import { Decimal } from '../../../src/value/decimal.ts';
import { OrderedMap } from '../../../src/value/ordered-map.ts';
import { Losses, reading, refusalOf } from './reading.ts';

const XML = 'http://www.w3.org/XML/1998/namespace';
const XMLNS = 'http://www.w3.org/2000/xmlns/';
const losses = new Losses();
const read = await valueReader('xml', reading({ note: losses.note }));

async function writer(format: OutputFormat) {
  const write = await recordsWriter(format, { ...reading({ note: losses.note }), isStream: false });
  return (value: unknown) => write([value]).replace(/\n$/, '');
}
const write = await writer('xml-compact');
const writePretty = await writer('xml');

function lossesOf(work: () => unknown): readonly string[] {
  losses.noted.clear();
  work();
  return [...losses.noted];
}

/** As JSON, so that the order of keys counts. */
const readAsJson = (text: string) => JSON.stringify(read(text));

describe('reading', () => {
  test.each([
    ['<a/>', '{"a":""}'],
    ['<a></a>', '{"a":""}'],
    ['<a> \n </a>', '{"a":""}'],
    ['<a>x</a>', '{"a":{"$":"x","#text":"x"}}'],
    ['<a> x y\n</a>', '{"a":{"$":"x y","#text":"x y"}}'],
    ['<a>x<!-- c -->y</a>', '{"a":{"$":"xy","#text":"xy"}}'],
    ['<a>x<![CDATA[ <y> ]]>z</a>', '{"a":{"$":"x<y>z","#text":"x<y>z"}}'],
    ['<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x1F600;</a>', '{"a":{"$":"<&>\\"\'A😀","#text":"<&>\\"\'A😀"}}'],
    ['<a x="1"/>', '{"a":{"@x":"1"}}'],
    ['<a x=" 1 "/>', '{"a":{"@x":" 1 "}}'],
    ['<a z="2" x="1">t</a>', '{"a":{"@z":"2","@x":"1","$":"t","#text":"t"}}'],
    ['<a><b/><c/></a>', '{"a":{"b":"","c":""}}'],
    ['<a><b>1</b><c/><b>2</b></a>', '{"a":{"b":[{"$":"1","#text":"1"},{"$":"2","#text":"2"}],"c":""}}'],
    ['<a>x<b/>y<c/> <b/>z</a>', '{"a":{"b":["",""],"c":"","$1":"x","$2":"y","$3":"z"}}'],
    ['<a x="1">t<b/></a>', '{"a":{"@x":"1","b":"","$1":"t"}}'],
    ['<a xmlns="u"/>', '{"a":{"@xmlns":{"$":"u"}}}'],
    [
      '<a x="0" xmlns:p="v" xmlns="u" p:y="1"><p:b/><c xmlns="w"/></a>',
      '{"a":{"@xmlns":{"p":"v","$":"u"},"@x":"0","@p:y":"1","p:b":"","c":{"@xmlns":{"$":"w"}}}}',
    ],
    ['<?xml version="1.0" encoding="UTF-8"?>\n<!-- c --><?pi x?><a/><!-- d -->\n', '{"a":""}'],
    ['\ufeff<a/>', '{"a":""}'],
    ['<a>true</a>', '{"a":{"$":"true","#text":"true"}}'],
    ['<é-1.b_><日本/></é-1.b_>', '{"é-1.b_":{"日本":""}}'],
    ['<a><__proto__>x</__proto__></a>', '{"a":{"__proto__":{"$":"x","#text":"x"}}}'],
    ['<a b="1\n2\t3"/>', '{"a":{"@b":"1 2 3"}}'],
    ['<a>1\r\n2</a>', '{"a":{"$":"1\\n2","#text":"1\\n2"}}'],
  ])('%s', (text, json) => {
    expect(readAsJson(text)).toBe(json);
  });

  test.each([
    ['<a><!-- c --></a>', ['xml-comment']],
    ['<?pi?><a/>', ['xml-instruction']],
    ['<a>x<b/></a>', ['xml-mixed']],
    ['<?xml version="1.0"?><a x="1"><b>x</b> <c/> </a>', []],
  ])('%s warns of %j', (text, noted) => {
    expect(lossesOf(() => read(text))).toEqual(noted);
  });
});

describe('hostile and malformed texts are refused with their place', () => {
  const lol = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('\n');
  test.each([
    [
      'billion laughs',
      `<?xml version="1.0"?>\n<!DOCTYPE a [\n<!ENTITY l0 "lol">\n${lol}\n]>\n<a>&l9;</a>`,
      '2:1: a DTD is refused',
    ],
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', '1:1: a DTD is refused'],
    ['any DTD', '<!-- c -->\n  <!DOCTYPE html>\n<html/>', '2:3: a DTD is refused'],
    [
      'a DTD with comments around and in it',
      '<?xml version="1.0"?><!-- <!DOCTYPE x> --><?pi <!DOCTYPE y>?>\n<!DOCTYPE a [ <!-- <!DOCTYPE z> --> ]><a/>',
      '2:1: a DTD is refused',
    ],
    ['an unknown entity', '<a>\n&nbsp;</a>', '2:6: undefined entity'],
    [
      'an attribute of 10 MB',
      `<r>\n <a b="1"\n c="${'x'.repeat(10 << 20)}"/></r>`,
      '2:2: the attribute "c" is longer than 1048576',
    ],
    [
      'many attributes',
      `<a ${Array.from({ length: 2_000 }, (_, i) => `a${i}="1"`).join(' ')}/>`,
      '1:1: an element has more than 1000',
    ],
    ['deep elements', `<r>\n${'<a>'.repeat(100_000)}`, '2:766: elements are nested deeper than 256 levels'],
    ['a wrong end', '<a>\n<b>\n</a>', '3:4: unexpected close tag'],
    ['no end', '<a><b></b>', '1:10: unclosed tag: a'],
    ['two roots', '<a/>\n<b/>', '2:3: documents may contain only one root'],
    ['text outside', 'x<a/>', '1:2: text data outside of root node'],
    ['no element', '<!-- c -->', '1:10: document must contain a root element'],
    ['an attribute twice', '<a b="1" b="2"/>', '1:16: duplicate attribute: b'],
    ['an attribute without quotes', '<a b=1/>', '1:6: unquoted attribute value'],
    ['a bare ampersand', '<a>x & y;</a>', '1:9: '],
    ['a prefix that is not declared', '<a><p:b/></a>', '1:9: unbound namespace prefix: "p"'],
    ['a control character', '<a>\u0001</a>', '1:4: disallowed character'],
    ['a reference to one', '<a>&#1;</a>', '1:7: malformed character entity'],
  ])('%s', (_, text, refusal) => {
    expect(refusalOf(() => read(text)).slice(0, refusal.length)).toBe(refusal);
  });
});

describe('writing', () => {
  const goldens: readonly (readonly [string, unknown, string])[] = [
    [
      'attributes are sorted, children too, lists in order',
      { root: { '@z': '2', '@a': '1', beta: [{ $: 'b1' }, { $: 'b2' }], alpha: { $: 'a' } } },
      '<root a="1" z="2"><alpha>a</alpha><beta>b1</beta><beta>b2</beta></root>',
    ],
    [
      'declarations are sorted among the attributes',
      { root: { '@xmlns': { $: 'urn:default', x: 'urn:x' }, '@x:id': 7, 'x:item': 'value' } },
      '<root x:id="7" xmlns="urn:default" xmlns:x="urn:x"><x:item>value</x:item></root>',
    ],
    ['a declaration by its own key', { 'p:a': { '@xmlns:p': 'u' } }, '<p:a xmlns:p="u"/>'],
    ['a default namespace as text', { a: { '@xmlns': 'u' } }, '<a xmlns="u"/>'],
    [
      '@order comes first',
      { a: { b: 1, c: 2, d: 3, '@order': ['d', 'x', 'b', 'd'] } },
      '<a><d>3</d><b>1</b><c>2</c></a>',
    ],
    [
      'null, nothing and the empty text',
      { a: { n: null, o: {}, t: '', u: { $: '' }, l: [] } },
      '<a><n/><o/><t></t><u></u></a>',
    ],
    [
      'scalars',
      { a: { b: true, i: 12345678901234567890n, n: 1.5, d: Decimal.of('1.50') } },
      '<a><b>true</b><d>1.50</d><i>12345678901234567890</i><n>1.5</n></a>',
    ],
    ['a scalar root', { a: 5 }, '<a>5</a>'],
    ['#text alone', { a: { '#text': 'x' } }, '<a>x</a>'],
    ['#text beside $ is the same text', { a: { $: 'x', '#text': 'x' } }, '<a>x</a>'],
    ['numbered text is joined by number', { a: { $10: 'c', $2: 'b', $1: 'a' } }, '<a>abc</a>'],
    ['children come before text', { a: { $1: 'x', b: null, $2: 'y' } }, '<a><b/>xy</a>'],
    ['text is escaped', { a: '<&>"\'\r\n]]>' }, '<a>&lt;&amp;&gt;"\'&#13;\n]]&gt;</a>'],
    ['attributes are escaped', { a: { '@b': '<&>"\'\t\r\n' } }, '<a b="&lt;&amp;&gt;&quot;&apos;&#9;&#13;&#10;"/>'],
    ['sets are sorted', { a: { b: new Set([2, 'x', 1]) } }, '<a><b>1</b><b>2</b><b>x</b></a>'],
    ['an attribute that is null is left out', { a: { '@b': null } }, '<a/>'],
    ['an attribute of the name order', { a: { '@order': '2', c: 1, b: 1 } }, '<a order="2"><b>1</b><c>1</c></a>'],
    ['@order that is null orders nothing', { a: { '@order': null, c: 1, b: 1 } }, '<a><b>1</b><c>1</c></a>'],
    ['the namespace of xml by its own name', { a: { '@xmlns': { xml: XML } } }, `<a xmlns:xml="${XML}"/>`],
    [
      'no default namespace further in',
      { a: { '@xmlns': 'u', b: { '@xmlns': '' } } },
      '<a xmlns="u"><b xmlns=""/></a>',
    ],
    ['an ordered map', { a: new OrderedMap([['b', 1]]) }, '<a><b>1</b></a>'],
    ['bytes are base64', { a: new Bytes(Uint8Array.of(1, 2)) }, '<a>AQI=</a>'],
    ['xml: needs no declaration', { a: { '@xml:lang': 'en' } }, '<a xml:lang="en"/>'],
  ];
  test.each(goldens)('%s', (_, value, text) => {
    expect(write(value)).toBe(text);
  });

  test('pretty: two spaces a level, an element that holds text on one line', () => {
    const value = { a: { '@x': 1, b: { c: [1, null], d: {} }, e: { $: 't', f: { g: 1 } }, h: '' } };
    expect(writePretty(value)).toBe(
      '<a x="1">\n  <b>\n    <c>1</c>\n    <c/>\n    <d/>\n  </b>\n  <e><f><g>1</g></f>t</e>\n  <h></h>\n</a>',
    );
  });

  test.each([
    [{ a: { b: 1, $: 'x' } }, ['xml-text-last']],
    [{ a: { '@b': null } }, ['xml-null-attribute']],
    [{ a: new Bytes(Uint8Array.of(1)) }, ['bytes']],
    [{ a: { $: 'x', '#text': 'x', '@b': 1 } }, []],
    [{ a: { $: 'x', '#text': 'y' } }, ['xml-two-texts']],
    [{ a: { $: 1, '#text': '1' } }, []],
    [{ a: { '@order': null, b: 1 } }, []],
  ])('%j warns of %j', (value, noted) => {
    expect(lossesOf(() => write(value))).toEqual(noted);
  });

  const deep = Array.from({ length: 300 }).reduce<unknown>((value) => ({ a: value }), 1);
  test.each([
    [5, 'MR6030', 'XML is written of an object with one key, the root element; found a number'],
    [{}, 'MR6030', 'XML is written of an object with one key, the root element; found an object with 0 keys'],
    [
      { a: 1, b: 2 },
      'MR6030',
      'XML is written of an object with one key, the root element; found an object with 2 keys',
    ],
    [{ a: [] }, 'MR6030', 'XML has one root element, found a list of them'],
    [{ ' ': 1 }, 'MR6030', '" " cannot be the name of an element in XML'],
    [{ 'a><b': 1 }, 'MR6030', '"a><b" cannot be the name of an element in XML'],
    [{ a: { 'b c': 1 } }, 'MR6030', '"b c" cannot be the name of an element in XML'],
    [{ a: { '1b': 1 } }, 'MR6030', '"1b" cannot be the name of an element in XML'],
    [{ a: { $0: 1 } }, 'MR6030', '"$0" cannot be the name of an element in XML'],
    [{ a: { '@b=""': 1 } }, 'MR6030', '"b=\\"\\"" cannot be the name of an attribute in XML'],
    [{ a: { '@': 1 } }, 'MR6030', '"" cannot be the name of an attribute in XML'],
    [{ 'a:b:c': 1 }, 'MR6030', '"a:b:c" cannot be the name of an element in XML'],
    [{ 'p:a': 1 }, 'MR6030', 'the prefix of the element "p:a" is not declared; declare it with @xmlns'],
    [{ a: { '@p:b': 1 } }, 'MR6030', 'the prefix of the attribute "p:b" is not declared; declare it with @xmlns'],
    [
      { a: { b: { '@xmlns:p': 'u' }, 'p:c': 1 } },
      'MR6030',
      'the prefix of the element "p:c" is not declared; declare it with @xmlns',
    ],
    [{ a: { '@xmlns': { p: '' } } }, 'MR6030', 'the prefix "p" cannot be declared as ""'],
    [{ a: { '@xmlns': { xml: 'u' } } }, 'MR6030', 'the prefix "xml" cannot be declared as "u"'],
    [{ a: { '@xmlns': { p: 'u' }, '@xmlns:p': 'v' } }, 'MR6030', 'the attribute "xmlns:p" is given twice'],
    [{ a: { '@xmlns': { p: XML } } }, 'MR6030', `the prefix "p" cannot be declared as "${XML}"`],
    [{ a: { '@xmlns': { p: XMLNS } } }, 'MR6030', `the prefix "p" cannot be declared as "${XMLNS}"`],
    [{ a: { '@xmlns': XML } }, 'MR6030', `the prefix "" cannot be declared as "${XML}"`],
    [{ a: { '@xmlns:xmlns': XMLNS } }, 'MR6030', `the prefix "xmlns" cannot be declared as "${XMLNS}"`],
    [
      { a: { '@xmlns': { p: 'u', q: 'u' }, b: { '@p:x': 1, '@q:x': 2 } } },
      'MR6030',
      'the attribute "q:x" is given twice: its prefix stands for the namespace of another',
    ],
    [{ a: { '@order': [1] } }, 'MR6030', '@order is a list of names of children'],
    [
      { a: { '@order': { b: 1 } } },
      'MR6030',
      'the attribute "order" must be a text or a number in XML, found a record',
    ],
    [{ a: { '@b': [1] } }, 'MR6030', 'the attribute "b" must be a text or a number in XML, found a list'],
    [{ a: { $: {} } }, 'MR6030', 'the text $ must be a text or a number in XML, found a record'],
    [{ a: { b: [[1]] } }, 'MR6030', 'the element "b" must be a text or a number in XML, found a list'],
    [{ a: 'x\u0000' }, 'MR6030', 'the element "a" holds U+0000, which XML cannot'],
    [{ a: { '@b': '\ud800' } }, 'MR6030', 'the attribute "b" holds U+D800, which XML cannot'],
    [{ a: Number.POSITIVE_INFINITY }, 'MR6030', 'Infinity cannot be written'],
    [{ a: () => 1 }, 'MR6030', 'a foreign cannot be written'],
    [deep, 'MR5006', 'elements are nested deeper than 256 levels'],
  ])('refuses %j', (value, code, message) => {
    expect(printError(() => write(value))).toEqual({ code, message });
  });
});

test('an output that is longer than a text can be is refused in any format', async () => {
  const text = 'x'.repeat(2 ** 28);
  const refusal = { code: 'MR5002', message: 'the output is longer than a text can be' };
  expect(printError(() => write({ a: { b: [text, text, text] } }))).toEqual(refusal);
  expect(printError(() => asPrintError(() => text + text + text))).toEqual(refusal);
  expect(() =>
    asPrintError(() => {
      throw new RangeError('of another kind');
    }),
  ).toThrow(RangeError);
});

function printError(work: () => unknown): { code: string; message: string } | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof PrintError) return { code: error.code, message: error.message };
    throw error;
  }
  return undefined;
}

/** Documents that the mapping can express, as values of the reader and as texts of the writer. */
describe('round trips', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'data', 'x-1', 'é', '_', 'p:a', 'p:b', 'q:c');
  const content = fc
    .string({
      unit: fc.oneof(
        fc.constantFrom('<', '&', '>', '"', "'", ']]>', '\r', '\n', '\t', ' '),
        fc.string({ unit: 'grapheme', maxLength: 3 }),
      ),
    })
    .map((text) => text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, ''));
  const text = content.map((t) => t.trim()).filter((t) => t !== '');
  const attributes = fc.dictionary(
    fc.oneof({ weight: 8, arbitrary: name }, { weight: 1, arbitrary: fc.constant('order') }).map((n) => `@${n}`),
    content,
    { maxKeys: 3 },
  );
  const { element } = fc.letrec<{ element: unknown }>((tie) => ({
    element: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constant(''),
      fc.tuple(attributes, text).map(([a, t]) => ({ ...a, $: t, '#text': t })),
      fc.tuple(attributes, fc.boolean()).map(([a]) => (Object.keys(a).length === 0 ? '' : a)),
      fc
        .tuple(
          attributes,
          fc.uniqueArray(fc.tuple(name, fc.array(tie('element'), { minLength: 1, maxLength: 3 })), {
            selector: ([n]) => n,
            minLength: 1,
            maxLength: 3,
          }),
        )
        .map(([a, children]) => ({
          ...a,
          ...Object.fromEntries(children.map(([n, items]) => [n, items.length === 1 ? items[0] : items])),
        })),
    ),
  }));
  const declarations = { '@xmlns': { p: 'urn:p', q: 'urn:q"<&>' } };
  const document = element.map((root) => ({
    root: root === '' ? declarations : { ...declarations, ...(root as object) },
  }));

  test('through a program (regression 20 of the virtual machine’s specification)', async () => {
    const host = createHost();
    const module = await host.load('TRANSFORM T { OUTPUT input }');
    for (const text of ['<a k="1">t</a>', '<a order="2"/>', `<a xmlns:xml="${XML}"/>`]) {
      expect(write(module.run('T', read(text)))).toBe(text);
    }
    await host.close();
  });

  test('values and texts come back as they were, for 1,000 documents, compact and pretty', () => {
    fc.assert(
      fc.property(document, (value) => {
        const compact = write(value);
        expect(read(compact)).toEqual(value);
        expect(write(read(compact))).toBe(compact);
        const pretty = writePretty(value);
        expect(read(pretty)).toEqual(value);
        expect(writePretty(read(pretty))).toBe(pretty);
      }),
      { seed: 3, numRuns: 1_000 },
    );
  });

  test('whatever is written is read, or was refused', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }), (value) => {
        const refused = printError(() => read(write({ root: value })));
        expect(refused === undefined || refused.code === 'MR6030').toBe(true);
      }),
      { seed: 4, numRuns: 500 },
    );
  });
});
