/**
 * Values to XML, by the rules that the reader reads by; see there for the keys. Beyond these, a list under `@order` names
 * children that come first (a text there is an attribute, as the reader has it), and a list or set is one element an item.
 *
 * Promises: what it writes is well-formed XML with declared prefixes, whatever the keys and texts are. Where an object has `$`,
 * its `#text` is not written: readers give both for the same text.
 */
import { DEFAULT_LIMITS } from '../base/limits.ts';
import { isList, isObject, isRecord, kindOf, type PlainRecord, type Value } from '../value/kinds.ts';
import { OrderedMap } from '../value/ordered-map.ts';
import { shown } from './format-error.ts';
import { PrintError } from './json.ts';
import type { NoteLoss } from './losses.ts';
import { scalarText } from './scalar-text.ts';
import { sortedElements } from './sets.ts';
import { escapeAttribute, escapeText, forbiddenCharacter, isPlainName, prefixOf } from './xml-characters.ts';

export type XmlStyle = 'xml' | 'xml-compact';

const INDENT = 2;
const NUMBERED_TEXT = /^\$[1-9][0-9]{0,8}$/;
const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';
const XMLNS_NAMESPACE = 'http://www.w3.org/2000/xmlns/';

/** The namespace that each prefix stands for. */
type Prefixes = ReadonlyMap<string, string>;

const XML_PREFIXES: Prefixes = new Map([
  ['', ''],
  ['xml', XML_NAMESPACE],
]);

/** The printer throws PrintError. Pretty text ends with a line end, compact text without. */
export function xmlPrinter(style: XmlStyle, note: NoteLoss): (value: Value) => string {
  return (value) => {
    const root = isObject(value) ? entriesOf(value) : undefined;
    const first = root?.entries().next().value;
    if (root?.size !== 1 || first === undefined) {
      const found = root === undefined ? `a ${kindOf(value)}` : `an object with ${root.size} keys`;
      throw refusal(`XML is written of an object with one key, the root element; found ${found}`);
    }
    const [name, content] = first;
    if (isList(content) || kindOf(content) === 'set') throw refusal('XML has one root element, found a list of them');
    const writer = new XmlWriter(note);
    writer.writeElement(name, content, { prefixes: XML_PREFIXES, depth: 0, isPretty: style === 'xml' });
    return writer.text;
  };
}

interface Context {
  /** Declared here or further out. */
  readonly prefixes: Prefixes;
  readonly depth: number;
  /** Whether elements stand on lines of their own. */
  readonly isPretty: boolean;
}

/** What an object says about its element. */
interface Parts {
  readonly attributes: ReadonlyMap<string, string>;
  readonly prefixes: Prefixes;
  readonly children: readonly (readonly [string, Value])[];
  /** Undefined for an element without any text key. */
  readonly text: string | undefined;
}

class XmlWriter {
  readonly #note: NoteLoss;
  text = '';

  constructor(note: NoteLoss) {
    this.#note = note;
  }

  writeElement(name: string, value: Value, context: Context): void {
    const { depth, isPretty } = context;
    if (depth >= DEFAULT_LIMITS.nesting) {
      throw new PrintError('MR5006', `elements are nested deeper than ${DEFAULT_LIMITS.nesting} levels`);
    }
    const parts = this.#partsOf(name, value, context.prefixes);
    checkName(name, parts.prefixes, 'element');
    this.#startLine(isPretty ? depth : 0);
    this.text += `<${name}`;
    for (const [attribute, text] of parts.attributes) this.text += ` ${attribute}="${escapeAttribute(text)}"`;
    if (parts.children.length === 0 && parts.text === undefined) {
      this.text += '/>';
    } else {
      this.text += '>';
      this.#writeContent(parts, context);
      this.text += `</${name}>`;
    }
    if (isPretty) this.text += '\n';
  }

  #writeContent({ children, text, prefixes }: Parts, { depth, isPretty }: Context): void {
    const isBroken = isPretty && text === undefined;
    if (isBroken) this.text += '\n';
    for (const [child, part] of children) {
      this.writeElement(child, part, { prefixes, depth: depth + 1, isPretty: isBroken });
    }
    if (isBroken) this.#startLine(depth);
    if (text !== undefined) this.text += escapeText(text);
  }

  #startLine(depth: number): void {
    if (depth > 0) this.text += ' '.repeat(INDENT * depth);
  }

  #partsOf(name: string, value: Value, prefixes: Prefixes): Parts {
    const scalar = { attributes: new Map<string, string>(), prefixes, children: [] };
    if (value === null || value === undefined) return { ...scalar, text: undefined };
    if (!isObject(value)) return { ...scalar, text: this.#scalar(value, `the element ${shown(name)}`) };
    const entries = entriesOf(value);
    const attributes = this.#attributesOf(entries);
    const declared = [...attributes].filter(([key]) => key.startsWith('xmlns:'));
    const inScope =
      declared.length === 0
        ? prefixes
        : new Map([...prefixes, ...declared.map(([key, uri]) => [key.slice(6), uri] as const)]);
    checkAttributes([...attributes.keys()], inScope);
    const children = this.#childrenOf(entries);
    const text = this.#textOf(entries);
    if (text !== undefined && children.length > 0) this.#note('xml-text-last');
    return { attributes, prefixes: inScope, children, text };
  }

  /** Attributes and declarations together, sorted. */
  #attributesOf(entries: ReadonlyMap<string, Value>): ReadonlyMap<string, string> {
    const found: [string, string][] = [];
    const declare = (prefix: string, uri: Value) => {
      const text = this.#scalar(uri, `the namespace of ${shown(prefix)}`);
      if (!isDeclarable(prefix, text))
        throw refusal(`the prefix ${shown(prefix)} cannot be declared as ${shown(text)}`);
      found.push([prefix === '' ? 'xmlns' : `xmlns:${prefix}`, text]);
    };
    for (const [key, value] of entries) {
      if (key === '@xmlns' && isObject(value)) {
        for (const [prefix, uri] of entriesOf(value)) declare(prefix === '$' ? '' : prefix, uri);
      } else if (key === '@xmlns') {
        declare('', value);
      } else if (key.startsWith('@xmlns:')) {
        declare(key.slice(7), value);
      } else if (key.startsWith('@') && !(key === '@order' && (isList(value) || !isGiven(value)))) {
        if (value === null || value === undefined) this.#note('xml-null-attribute');
        else found.push([key.slice(1), this.#scalar(value, `the attribute ${shown(key.slice(1))}`)]);
      }
    }
    found.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    const attributes = new Map(found);
    if (attributes.size < found.length) {
      const twice = found.find(([name], i) => found[i + 1]?.[0] === name)?.[0] ?? '';
      throw refusal(`the attribute ${shown(twice)} is given twice`);
    }
    return attributes;
  }

  /** In the order of `@order`, then sorted by name; one element for each item of a list. */
  #childrenOf(entries: ReadonlyMap<string, Value>): readonly (readonly [string, Value])[] {
    const names = [...entries.keys()].filter((key) => !key.startsWith('@') && !isTextKey(key)).sort();
    const first = this.#orderOf(entries.get('@order')).filter((name) => names.includes(name));
    const ordered = new Set([...first, ...names]);
    return [...ordered].flatMap((name) => itemsOf(entries.get(name)).map((item) => [name, item] as const));
  }

  #orderOf(order: Value): readonly string[] {
    if (!isList(order)) return [];
    if (!order.every((name) => typeof name === 'string')) throw refusal('@order is a list of names of children');
    return order;
  }

  #textOf(entries: ReadonlyMap<string, Value>): string | undefined {
    const numbered = [...entries.keys()].filter((key) => NUMBERED_TEXT.test(key));
    numbered.sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
    const plain = ['$', '#text'].find((key) => isGiven(entries.get(key)));
    const keys = [...(plain === undefined ? [] : [plain]), ...numbered.filter((key) => isGiven(entries.get(key)))];
    if (keys.length === 0) return undefined;
    const texts = keys.map((key) => this.#scalar(entries.get(key), `the text ${key}`));
    const other = entries.get('#text');
    if (plain === '$' && isGiven(other) && this.#scalar(other, 'the text #text') !== texts[0]) {
      this.#note('xml-two-texts');
    }
    return texts.join('');
  }

  #scalar(value: Value, what: string): string {
    const text = scalarText(value, this.#note);
    if (text === undefined) throw refusal(`${what} must be a text or a number in XML, found a ${kindOf(value)}`);
    const forbidden = forbiddenCharacter(text);
    if (forbidden !== undefined) throw refusal(`${what} holds ${forbidden}, which XML cannot`);
    return text;
  }
}

/** Returns the namespace. */
function checkName(name: string, prefixes: Prefixes, what: string): string {
  const prefix = prefixOf(name);
  if (prefix === undefined) throw refusal(`${shown(name)} cannot be the name of an ${what} in XML`);
  const uri = prefixes.get(prefix);
  if (uri === undefined) {
    throw refusal(`the prefix of the ${what} ${shown(name)} is not declared; declare it with @xmlns`);
  }
  return uri;
}

/** Two prefixes may stand for one namespace; the same name in it twice is not XML. */
function checkAttributes(names: readonly string[], prefixes: Prefixes): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (isDeclaration(name)) continue;
    const uri = checkName(name, prefixes, 'attribute');
    const colon = name.indexOf(':');
    if (colon < 0) continue;
    const inNamespace = `${name.slice(colon)} ${uri}`;
    if (seen.has(inNamespace)) {
      throw refusal(`the attribute ${shown(name)} is given twice: its prefix stands for the namespace of another`);
    }
    seen.add(inNamespace);
  }
}

/** A prefix, '' for the default namespace, and what XML lets it stand for. */
function isDeclarable(prefix: string, uri: string): boolean {
  if (prefix === 'xml') return uri === XML_NAMESPACE;
  if (uri === XML_NAMESPACE || uri === XMLNS_NAMESPACE) return false;
  return prefix === '' || (isPlainName(prefix) && prefix !== 'xmlns' && uri !== '');
}

function isDeclaration(attribute: string): boolean {
  return attribute === 'xmlns' || attribute.startsWith('xmlns:');
}

function isTextKey(key: string): boolean {
  return key === '$' || key === '#text' || NUMBERED_TEXT.test(key);
}

function isGiven(value: Value): boolean {
  return value !== undefined && value !== null;
}

function itemsOf(value: Value): readonly Value[] {
  if (isList(value)) return value;
  return kindOf(value) === 'set' ? sortedElements(value as ReadonlySet<Value>) : [value];
}

function entriesOf(object: PlainRecord | OrderedMap): ReadonlyMap<string, Value> {
  if (isRecord(object)) return new Map(Object.entries(object));
  return new Map([...OrderedMap.entriesOf(object)].map(([key, value]) => [String(key), value]));
}

function refusal(message: string): PrintError {
  return new PrintError('MR6030', message);
}
