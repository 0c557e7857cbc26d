/**
 * The walls between the rooms of `src/`, read from the syntax tree: who imports whom, which packages and `node:` modules
 * are reached, and who could turn text into code.
 */
import path from 'node:path';
import ts from 'typescript';

/** Room → rooms it may import. */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  value: ['base'],
  ir: ['base', 'value'],
  bytecode: ['base', 'value'],
  front: ['base', 'value', 'ir'],
  compile: ['base', 'value', 'ir', 'bytecode'],
  verify: ['base', 'bytecode'],
  link: ['base', 'value', 'bytecode', 'verify'],
  profile: ['base', 'bytecode'],
  vm: ['base', 'value', 'bytecode', 'link', 'profile'],
  jit: ['base', 'value', 'bytecode', 'link', 'profile', 'vm'],
  snapshot: ['base', 'value', 'bytecode', 'link', 'vm'],
  flow: ['base', 'value', 'link', 'vm', 'snapshot'],
  std: ['base', 'value', 'link'],
  formats: ['base', 'value'],
  engine: [
    'base',
    'value',
    'ir',
    'bytecode',
    'front',
    'compile',
    'verify',
    'profile',
    'link',
    'std',
    'vm',
    'jit',
    'snapshot',
    'flow',
    'formats',
  ],
  cli: ['base', 'formats', 'engine'],
};

/** `index.ts` re-exports the public API, from wherever a name is defined; nobody imports it. */
const ROOT_FILE = 'index.ts';
const ROOT_MAY_IMPORT = ['base', 'value', 'link', 'vm', 'engine'];

const NODE_ROOMS = new Set(['cli', 'engine', 'flow']);

/** Package → rooms that may import it. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  '@noble/hashes/sha2.js': ['std', 'bytecode'],
  acorn: ['jit'],
  astring: ['jit'],
  'bigdecimal.js': ['value'],
  'cli-progress': ['cli'],
  'csv-parse': ['formats'],
  'csv-stringify/sync': ['formats'],
  re2js: ['std'],
  saxes: ['formats'],
  yaml: ['formats'],
};

/** The only file that may evaluate text. */
const EVALUATOR = 'jit/instantiate.ts';
const EVALUATING_NAMES = new Set(['eval', 'Function', 'WebAssembly', 'RegExp']);
const EVALUATING_MODULES = new Set(['node:vm', 'node:repl', 'node:inspector', 'node:module', 'node:child_process']);

export interface Reference {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/** What breaks a rule in one file of `src/`; `file` is relative to it, with `/`. */
export function wallProblems(file: string, text: string): readonly string[] {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const room = roomOf(file);
  if (room !== undefined && ROOMS[room] === undefined) return [`there is no room "${room}"`];
  const problems: string[] = [];
  for (const { specifier } of references(tree)) problems.push(...referenceProblems(file, room, specifier));
  walk(tree, (node) => problems.push(...evaluationProblems(file, node)));
  return problems;
}

/** Files of `src/` that this file imports for their values, relative to `src/`. */
export function valueImports(file: string, text: string): readonly string[] {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  return references(tree)
    .filter((r) => !r.typeOnly && r.specifier.startsWith('.'))
    .map((r) => resolve(file, r.specifier));
}

function references(tree: ts.SourceFile): readonly Reference[] {
  const found: Reference[] = [];
  const add = (node: ts.Node | undefined, typeOnly: boolean) =>
    found.push({ specifier: node !== undefined && ts.isStringLiteralLike(node) ? node.text : '<computed>', typeOnly });
  walk(tree, (node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause));
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined)
      add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node))
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    else if (ts.isExternalModuleReference(node)) add(node.expression, false);
    else if (ts.isCallExpression(node) && isLoader(node.expression)) add(node.arguments[0], false);
  });
  return found;
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const names = clause.namedBindings;
  return (
    clause.name === undefined &&
    names !== undefined &&
    ts.isNamedImports(names) &&
    names.elements.every((e) => e.isTypeOnly)
  );
}

/** `import(…)` and `require(…)`. */
function isLoader(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require');
}

function referenceProblems(file: string, room: string | undefined, specifier: string): readonly string[] {
  if (specifier === '<computed>') return ['imports a computed name'];
  if (EVALUATING_MODULES.has(specifier)) return [`imports ${specifier}`];
  if (specifier.startsWith('node:')) {
    return room !== undefined && NODE_ROOMS.has(room) ? [] : [`${specifier} is not for room "${room ?? 'root'}"`];
  }
  if (!specifier.startsWith('.')) {
    return room !== undefined && PACKAGES[specifier]?.includes(room)
      ? []
      : [`package "${specifier}" is not for room "${room ?? 'root'}"`];
  }
  if (!specifier.endsWith('.ts')) return [`"${specifier}" does not end in .ts`];
  const target = resolve(file, specifier);
  const targetRoom = roomOf(target);
  if (target.startsWith('../')) return [`"${specifier}" leaves src/`];
  if (targetRoom === undefined) return [`imports the root file ${target}`];
  if (targetRoom === room) return [];
  const allowed = file === ROOT_FILE ? ROOT_MAY_IMPORT : room === undefined ? [] : (ROOMS[room] as readonly string[]);
  return allowed.includes(targetRoom) ? [] : [`room "${room ?? 'root'}" may not import "${targetRoom}"`];
}

/** Names by which text becomes code (or a pattern), whether called, aliased or reached through an object. */
function evaluationProblems(file: string, node: ts.Node): readonly string[] {
  if (file === EVALUATOR || isInType(node)) return [];
  if (ts.isIdentifier(node) && EVALUATING_NAMES.has(node.text) && !isPropertyKey(node))
    return [`mentions ${node.text}`];
  const reached =
    ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)
      ? node.argumentExpression.text
      : undefined;
  if (reached !== undefined && (EVALUATING_NAMES.has(reached) || reached === 'constructor'))
    return [`reaches ["${reached}"]`];
  if (ts.isPropertyAccessExpression(node) && node.name.text === 'constructor') return ['reaches .constructor'];
  if (ts.isBindingElement(node) && (node.propertyName ?? node.name).getText() === 'constructor')
    return ['takes out a constructor'];
  return [];
}

function isPropertyKey(node: ts.Identifier): boolean {
  const parent = node.parent;
  return (
    (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isPropertyDeclaration(parent)) &&
    parent.name === node
  );
}

function isInType(node: ts.Node): boolean {
  for (let at: ts.Node | undefined = node; at !== undefined && !ts.isStatement(at); at = at.parent)
    if (ts.isTypeNode(at)) return true;
  return false;
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

function roomOf(file: string): string | undefined {
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : undefined;
}

function resolve(file: string, specifier: string): string {
  return path.posix.join(path.posix.dirname(file), specifier);
}
