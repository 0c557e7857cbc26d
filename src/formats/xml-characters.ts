/** What XML 1.0 allows in names and texts, and how what it keeps for itself is escaped. */

const NAME_START =
  /[A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\u{10000}-\u{EFFFF}]/u;
const NAME_REST =
  /^[-.0-9A-Z_a-z\u00B7\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u037D\u037F-\u1FFF\u200C-\u200D\u203F\u2040\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\u{10000}-\u{EFFFF}]*$/u;
/** With the u flag a half of a surrogate pair is a character of its own, and no allowed one. */
const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const IN_TEXT = /[&<>\r]/g;
const IN_ATTRIBUTE = /[&<>"'\t\n\r]/g;

/** Why character references for white space: a reader would make other white space of it. */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&apos;'],
  ['\t', '&#9;'],
  ['\n', '&#10;'],
  ['\r', '&#13;'],
]);

/** A name without a colon. */
export function isPlainName(text: string): boolean {
  const first = text.codePointAt(0);
  return first !== undefined && NAME_START.test(String.fromCodePoint(first)) && NAME_REST.test(text);
}

/** The prefix of a name, '' for none; undefined where it is no name. */
export function prefixOf(name: string): string | undefined {
  const colon = name.indexOf(':');
  if (colon < 0) return isPlainName(name) ? '' : undefined;
  const prefix = name.slice(0, colon);
  return isPlainName(prefix) && isPlainName(name.slice(colon + 1)) ? prefix : undefined;
}

/** The first character that XML cannot hold, even escaped, as U+XXXX. */
export function forbiddenCharacter(text: string): string | undefined {
  const found = FORBIDDEN.exec(text)?.[0].codePointAt(0);
  return found === undefined ? undefined : `U+${found.toString(16).toUpperCase().padStart(4, '0')}`;
}

export function escapeText(text: string): string {
  return text.replace(IN_TEXT, escaped);
}

export function escapeAttribute(text: string): string {
  return text.replace(IN_ATTRIBUTE, escaped);
}

function escaped(character: string): string {
  return ESCAPES.get(character) as string;
}
