/**
 * What the build takes out of the library so that a fresh process has less to read: the columns of tables that only
 * documentation and tests use, and characters that would make the text two bytes wide. It works on syntax trees.
 */

/** Columns by table: a module that opens objects holding all of `marks` loses the columns `drops` of these objects. */
const TABLES = [
  { files: /\/src\/bytecode\/opcodes\.ts$/, marks: ['code', 'stack', 'doc'], drops: ['stack', 'doc'] },
  { files: /\/src\/std\/[a-z-]+\.ts$/, marks: ['doc', 'examples'], drops: ['doc', 'examples'] },
];

/** Drops the columns. What is shipped must not read them: docs are made from the sources, not from `dist/`. */
export function dropDocumentation() {
  return {
    name: 'drop-documentation',
    transform(code, id) {
      const table = TABLES.find(({ files }) => files.test(id));
      if (table === undefined) return null;
      const cuts = [];
      visit(this.parse(code, { lang: 'ts' }), (node) => {
        if (node.type !== 'ObjectExpression') return;
        const columns = node.properties.filter((p) => p.type === 'Property' && p.key.type === 'Identifier');
        if (!table.marks.every((mark) => columns.some((p) => p.key.name === mark))) return;
        cuts.push(...columns.filter((p) => table.drops.includes(p.key.name)));
      });
      return { code: without(code, cuts), map: null };
    },
  };
}

/** Writes what is not ASCII as escapes: V8 keeps such a text in half the space and scans it faster. */
export function asciiOnly() {
  return {
    name: 'ascii-only',
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue;
        if (/\\[^\0-\x7f]/.test(chunk.code)) throw new Error(`${chunk.fileName} escapes a character that is not ASCII`);
        chunk.code = chunk.code.replace(/[^\0-\x7f]/g, escapeOf);
      }
    },
  };
}

function escapeOf(unit) {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function without(code, cuts) {
  let out = '';
  let from = 0;
  for (const { start, end } of cuts.sort((a, b) => a.start - b.start)) {
    out += code.slice(from, start);
    from = code[end] === ',' ? end + 1 : end;
  }
  return out + code.slice(from);
}

function visit(node, enter) {
  if (node === null || typeof node !== 'object') return;
  if (typeof node.type === 'string') enter(node);
  for (const child of Object.values(node)) visit(child, enter);
}
