/**
 * XML to values: `{root: …}`, where an element is an object of its declarations (`@xmlns`), attributes (`@name`), children
 * by name (a list where a name comes again) and text (`$` and `#text`; `$1`, `$2`, … beside children), or '' if it has none
 * of these. Nothing is guessed: every value is text.
 *
 * Security: no DTD, hence no entities but the five of XML itself; depth, attributes and texts are bounded, and what goes
 * beyond is refused with its place before anything of it is kept.
 */
import type { SaxesParser, SaxesTagNS } from 'saxes';
import { DEFAULT_LIMITS } from '../base/limits.ts';
import type { PlainRecord, Value } from '../value/kinds.ts';
import { setOwn } from '../value/path.ts';
import { FormatError, placeAt, shown } from './format-error.ts';
import type { NoteLoss } from './losses.ts';

const MAX_DEPTH = DEFAULT_LIMITS.nesting;
const MAX_ATTRIBUTES = 1_000;
const MAX_ATTRIBUTE_LENGTH = 1 << 20;
const MAX_TEXT_LENGTH = 64 << 20;
const DOCTYPE = '<!DOCTYPE';

type Parser = SaxesParser<{ xmlns: true }>;

interface Element {
  readonly name: string;
  readonly value: PlainRecord;
  readonly children: Map<string, Value>;
  readonly texts: string[];
}

export async function xmlReader(note: NoteLoss): Promise<(text: string) => Value> {
  const { SaxesParser } = await import('saxes');
  return (text) => new XmlReader(new SaxesParser({ xmlns: true }), text, note).read();
}

class XmlReader {
  readonly #parser: Parser;
  readonly #text: string;
  readonly #note: NoteLoss;
  readonly #open: Element[] = [];
  /** Behind what may hold the mark of a DTD without being one. */
  #prologEnd = 0;
  #tag = '';
  #attributeCount = 0;
  #root: PlainRecord = {};

  constructor(parser: Parser, text: string, note: NoteLoss) {
    this.#parser = parser;
    this.#text = text;
    this.#note = note;
    parser.on('error', (error) => {
      throw this.#error(factOf(error));
    });
    parser.on('doctype', () => {
      const { line, column } = placeAt(text, text.indexOf(DOCTYPE, this.#prologEnd));
      throw new FormatError('a DTD is refused: it may define entities and name other files', line, column);
    });
    parser.on('opentagstart', ({ name }) => this.#startTag(name));
    parser.on('attribute', ({ name, value }) => this.#checkAttribute(name, value));
    parser.on('opentag', (tag) => this.#openElement(tag));
    parser.on('closetag', () => this.#closeElement());
    parser.on('text', (segment) => this.#addText(segment));
    parser.on('cdata', (segment) => this.#addText(segment));
    parser.on('xmldecl', () => this.#endPrologPart());
    parser.on('comment', () => {
      this.#endPrologPart();
      note('xml-comment');
    });
    parser.on('processinginstruction', () => {
      this.#endPrologPart();
      note('xml-instruction');
    });
  }

  read(): Value {
    this.#parser.write(this.#text).close();
    return this.#root;
  }

  #endPrologPart(): void {
    this.#prologEnd = this.#parser.position;
  }

  #startTag(name: string): void {
    this.#tag = `<${name}`;
    this.#attributeCount = 0;
    if (this.#open.length >= MAX_DEPTH) throw this.#tagError(`elements are nested deeper than ${MAX_DEPTH} levels`);
  }

  #checkAttribute(name: string, value: string): void {
    if (++this.#attributeCount > MAX_ATTRIBUTES) {
      throw this.#tagError(`an element has more than ${MAX_ATTRIBUTES} attributes`);
    }
    if (value.length > MAX_ATTRIBUTE_LENGTH) {
      throw this.#tagError(`the attribute ${shown(name)} is longer than ${MAX_ATTRIBUTE_LENGTH} characters`);
    }
  }

  #openElement(tag: SaxesTagNS): void {
    const value: PlainRecord = {};
    const declarations = Object.entries(tag.ns);
    if (declarations.length > 0) {
      const xmlns: PlainRecord = {};
      for (const [prefix, uri] of declarations) setOwn(xmlns, prefix === '' ? '$' : prefix, uri);
      setOwn(value, '@xmlns', xmlns);
    }
    for (const [name, attribute] of Object.entries(tag.attributes)) {
      if (attribute.prefix !== 'xmlns' && name !== 'xmlns') setOwn(value, `@${name}`, attribute.value);
    }
    this.#open.push({ name: tag.name, value, children: new Map(), texts: [] });
  }

  #addText(segment: string): void {
    if (segment.length > MAX_TEXT_LENGTH) throw this.#error(`a text is longer than ${MAX_TEXT_LENGTH} characters`);
    const text = segment.trim();
    if (text !== '') this.#open.at(-1)?.texts.push(text);
  }

  #closeElement(): void {
    const { name, value, children, texts } = this.#open.pop() as Element;
    for (const [child, part] of children) setOwn(value, child, part);
    if (children.size === 0) {
      if (texts.length > 0) {
        const text = texts.join('');
        setOwn(value, '$', text);
        setOwn(value, '#text', text);
      }
    } else if (texts.length > 0) {
      this.#note('xml-mixed');
      for (const [i, text] of texts.entries()) setOwn(value, `$${i + 1}`, text);
    }
    const result = Object.keys(value).length === 0 ? '' : value;
    const parent = this.#open.at(-1);
    if (parent === undefined) setOwn(this.#root, name, result);
    else addChild(parent.children, name, result);
  }

  /** At the start of the tag that the parser stands in. */
  #tagError(fact: string): FormatError {
    const start = this.#text.lastIndexOf(this.#tag, this.#parser.position - 1);
    const { line, column } = placeAt(this.#text, Math.max(0, start));
    return new FormatError(fact, line, column);
  }

  #error(fact: string): FormatError {
    return new FormatError(fact, this.#parser.line, Math.max(1, this.#parser.columnIndex));
  }
}

/** Element values are objects or '', so a list is one of ours. */
function addChild(children: Map<string, Value>, name: string, value: Value): void {
  const former = children.get(name);
  if (former === undefined) children.set(name, value);
  else if (Array.isArray(former)) former.push(value);
  else children.set(name, [former, value]);
}

/** The parser's message without the place, which is told apart. */
function factOf(error: Error): string {
  return error.message.replace(/^\d+:\d+: /, '').replace(/\.$/, '');
}
