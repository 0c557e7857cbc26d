/**
 * What a module declares outside of blocks: one name space for FUNC, TRANSFORM, PIPELINE, TYPE, SHARED and the aliases of
 * imports. Anonymous TRANSFORMs take no part in it.
 */
import type { DiagnosticCollector } from '../base/diagnostic.ts';
import type { Span } from '../base/source.ts';
import { isCapabilityUri } from '../base/uris.ts';
import type { IrShared } from '../ir/nodes.ts';
import type { Declaration, FuncDecl, ImportDecl, Program, SharedDecl, TransformDecl } from './ast.ts';
import { primitiveOf } from './parse-types.ts';
import { isPlainName } from './plain-name.ts';
import { keywordOf, type Token } from './token.ts';

/** What the front end must know of a standard function. */
export interface StdSignature {
  readonly kind: 'native' | 'prelude' | 'implied';
  /** A FUNC or variable of the same name takes its place. */
  readonly yields: boolean;
  /** The capability and member that an implied function stands for. */
  readonly uri?: string;
  readonly member?: string;
}

export interface ReadOptions {
  readonly standard: ReadonlyMap<string, StdSignature>;
  /** For the library's own prelude: names with a dot are found in `standard`, and a FUNC may have the name of a standard function. */
  readonly internal?: boolean;
}

export interface ImportMember {
  readonly name: string;
  /** Null when only listed. */
  readonly arity: number | null;
  readonly place: Span;
}

export interface ImportEntry {
  readonly uri: string;
  readonly alias: string;
  readonly isImplied: boolean;
  readonly place: Span;
  readonly members: ImportMember[];
  /** The list in the IMPORT, if it has one: only these members may be called. */
  readonly listed: ReadonlyMap<string, number | null> | null;
  /** Indexes of the capabilities handed on; known once all imports are. */
  readonly handedOn: number[];
  readonly pin: string | null;
}

export interface Global {
  readonly kind: 'FUNC' | 'TRANSFORM' | 'PIPELINE' | 'TYPE' | 'SHARED' | 'IMPORT';
  readonly name: Token;
  /** Index of the unit, the shared resource or the import; -1 for what has none. */
  readonly index: number;
}

export class Globals {
  readonly names = new Map<string, Global>();
  /** FUNCs and TRANSFORMs in source order; a position here is the index of the IR unit. */
  readonly units: (FuncDecl | TransformDecl)[] = [];
  readonly imports: ImportEntry[] = [];
  readonly shared: IrShared[] = [];
  /** Whether any declaration is marked EXPORT. */
  readonly marksExports: boolean;
  readonly #keywords = new Map<Global, Token>();
  #isOrderReported = false;
  readonly #sharedIndexes = new Map<string, number>();
  /** `import/member/arity` → index in the members of the import. */
  readonly #memberIndexes = new Map<string, number>();
  /** The names after WITH: they may stand before the imports that they name. */
  readonly #handedOn: { readonly index: number; readonly names: readonly Token[] }[] = [];
  readonly #options: ReadOptions;
  readonly #problems: DiagnosticCollector;

  constructor(program: Program, options: ReadOptions, problems: DiagnosticCollector) {
    this.#options = options;
    this.#problems = problems;
    this.marksExports = program.declarations.some((d) => 'isExported' in d && d.isExported);
    let before: Declaration | undefined;
    for (const declaration of program.declarations) {
      if (declaration.kind === 'ImportDecl') this.#addImport(declaration, before);
      else {
        this.#add(declaration);
        before = declaration;
      }
    }
    for (const { index, names } of this.#handedOn) for (const name of names) this.#handOn(index, name);
  }

  /** A standard function that the program may name. */
  standard(name: string): StdSignature | undefined {
    if (this.#options.internal !== true && name.includes('.')) return undefined;
    return this.#options.standard.get(name);
  }

  /** A standard function that nothing of the program takes the place of. */
  firmStandard(name: string): StdSignature | undefined {
    const signature = this.standard(name);
    return signature?.yields === false ? signature : undefined;
  }

  *standardNames(): Iterable<string> {
    for (const name of this.#options.standard.keys()) if (!name.includes('.')) yield name;
  }

  /** Index of a resource in `shared`; the same name with another mode is another resource. */
  addShared(declaration: SharedDecl): number {
    const { name, mode } = declaration;
    const key = `${mode} ${name.text}`;
    const known = this.#sharedIndexes.get(key);
    if (known !== undefined) return known;
    const index = this.shared.push({ name: name.text, mode, at: name.start, end: name.end }) - 1;
    this.#sharedIndexes.set(key, index);
    return index;
  }

  /** Index in `imports` of the import that an implied standard function brings along. */
  impliedImport(uri: string, place: Span): number {
    const known = this.imports.findIndex((i) => i.isImplied && i.uri === uri);
    if (known >= 0) return known;
    const alias = uri.slice(uri.indexOf(':') + 1);
    return (
      this.imports.push({ uri, alias, isImplied: true, place, members: [], listed: null, handedOn: [], pin: null }) - 1
    );
  }

  /** Index of a member called with so many arguments: a member that was only listed, or one row for each count. */
  member(importIndex: number, name: string, arity: number, place: Span): number {
    const { members } = this.imports[importIndex] as ImportEntry;
    const key = `${importIndex}/${name}/${arity}`;
    const known = this.#memberIndexes.get(key);
    if (known !== undefined) return known;
    const listedKey = `${importIndex}/${name}/`;
    const listed = this.#memberIndexes.get(listedKey);
    const index = listed ?? members.length;
    members[index] = { name, arity, place };
    this.#memberIndexes.delete(listedKey);
    this.#memberIndexes.set(key, index);
    return index;
  }

  #add(declaration: Exclude<Declaration, ImportDecl>): void {
    const { name, token } = declaration;
    switch (declaration.kind) {
      case 'FuncDecl': {
        const index = this.units.push(declaration) - 1;
        this.#declare({ kind: 'FUNC', name: declaration.name, index }, token);
        if (this.#options.internal !== true && this.firmStandard(declaration.name.text) !== undefined)
          this.reportHiding(declaration.name);
        return;
      }
      case 'TransformDecl': {
        const index = this.units.push(declaration) - 1;
        if (name !== null) this.#declare({ kind: 'TRANSFORM', name, index }, token);
        return;
      }
      case 'SharedDecl':
        this.#declare({ kind: 'SHARED', name: declaration.name, index: this.addShared(declaration) }, token);
        return;
      case 'TypeDecl':
        this.#declare({ kind: 'TYPE', name: declaration.name, index: -1 }, token);
        if (primitiveOf(declaration.name.text) !== undefined) {
          this.#problems.report(
            'MR2012',
            declaration.name,
            `\`${declaration.name.text}\` is the name of a primitive type`,
            {
              label: 'choose another name',
            },
          );
        }
        return;
      case 'PipelineDecl':
        this.#declare({ kind: 'PIPELINE', name: declaration.name, index: -1 }, token);
        this.#problems.report(
          'MR2101',
          { start: token.start, end: declaration.name.end },
          'pipelines cannot be run yet',
          {
            label: 'this version reads PIPELINE declarations but does not run them',
            help: 'call the stages from one TRANSFORM, or chain TRANSFORMs in the host',
          },
        );
        return;
    }
  }

  reportHiding(name: Token): void {
    this.#problems.report('MR2004', name, `\`${name.text}\` is a standard function, which this would hide`, {
      label: 'choose another name',
      notes: ['a call of this name always means the standard function'],
    });
  }

  /** `keyword` is the declaration's own; a second declaration is reported at the first one. */
  #declare(global: Global, keyword: Token): void {
    const { text } = global.name;
    const first = this.names.get(text);
    if (first === undefined) {
      this.names.set(text, global);
      this.#keywords.set(global, keyword);
      return;
    }
    const firstKeyword = this.#keywords.get(first) ?? first.name;
    this.#problems.report(
      'MR2002',
      { start: firstKeyword.start, end: first.name.end },
      `\`${text}\` is declared twice`,
      {
        label: 'first here',
        related: [{ span: global.name, text: 'and again here' }],
        notes: ['FUNC, TRANSFORM, PIPELINE, TYPE, SHARED and imports share one name space'],
      },
    );
  }

  #addImport(declaration: ImportDecl, before: Declaration | undefined): void {
    const { uri, token } = declaration;
    if (before !== undefined && !this.#isOrderReported) {
      this.#isOrderReported = true;
      this.#problems.report('MR2011', token, 'an IMPORT stands behind another declaration', {
        label: 'imports come first',
        related: [{ span: before.token, text: 'this comes before it' }],
      });
    }
    const alias = this.#aliasOf(declaration);
    if (alias.text === 'input' || alias.text === 'row') {
      this.#problems.report('MR2011', alias, `\`${alias.text}\` always means the input`, {
        label: 'choose another alias',
      });
    }
    if (uri.text === '' || uri.text === 'host:') {
      this.#problems.report('MR2011', uri, 'an IMPORT names nothing', {
        label: 'expected a capability such as "host:clock", or a module such as "./tax.bl"',
      });
    }
    const place = { start: token.start, end: uri.end };
    const listed = declaration.members === null ? null : new Map<string, number | null>();
    const members: ImportMember[] = [];
    const entry = {
      uri: uri.text,
      alias: alias.text,
      isImplied: false,
      place,
      members,
      listed,
      handedOn: [],
      pin: this.#pinOf(declaration),
    };
    const index = this.imports.push(entry) - 1;
    if (isCapability(uri) && declaration.handedOn.length > 0) {
      this.#problems.report('MR2011', declaration.handedOn[0] as Token, 'WITH stands behind a capability', {
        label: 'only modules can be given capabilities',
      });
    } else this.#handedOn.push({ index, names: declaration.handedOn });
    for (const { name, params } of declaration.members ?? []) {
      const arity = params?.length ?? null;
      if (listed?.has(name.text) !== false) continue;
      listed.set(name.text, arity);
      this.#memberIndexes.set(`${index}/${name.text}/${arity ?? ''}`, members.length);
      members.push({ name: name.text, arity, place: name });
    }
    if (alias.text !== '') this.#declare({ kind: 'IMPORT', name: alias, index }, token);
  }

  #pinOf({ uri, pin }: ImportDecl): string | null {
    if (pin === null) return null;
    if (isCapability(uri)) {
      this.#problems.report('MR2011', pin, 'PIN stands behind a capability', {
        label: 'only modules have an identity',
      });
    } else if (!/^sha256:[0-9a-f]{64}$/.test(pin.text)) {
      this.#problems.report('MR2011', pin, 'PIN is followed by no identity of a module', {
        label: 'expected sha256: and 64 hexadecimal digits in lower case',
        help: '`millrace inspect` prints the identity of a module',
      });
    }
    return pin.text;
  }

  #handOn(index: number, name: Token): void {
    const { handedOn } = this.imports[index] as ImportEntry;
    const found = this.imports.findIndex((entry) => !entry.isImplied && entry.alias === name.text);
    const entry = this.imports[found];
    if (entry === undefined || !isCapabilityUri(entry.uri)) {
      this.#problems.report('MR2011', name, `\`${name.text}\` after WITH is no capability of this module`, {
        label: entry === undefined ? 'nothing is imported under this name' : `this is the module "${entry.uri}"`,
        help: 'import the capability first: IMPORT "host:…" AS name',
      });
    } else if (!handedOn.includes(found)) handedOn.push(found);
  }

  /** The written alias, or the last part of the URI without its extension. */
  #aliasOf({ uri, alias }: ImportDecl): Token {
    if (alias !== null) return alias;
    const last = uri.text.slice(Math.max(uri.text.lastIndexOf('/'), uri.text.lastIndexOf(':')) + 1);
    const dot = last.lastIndexOf('.');
    const text = dot > 0 ? last.slice(0, dot) : last;
    const keyword = keywordOf(text.toUpperCase());
    const isName = isPlainName(text) && keyword?.isName !== false;
    if (!isName && uri.text !== '') {
      this.#problems.report('MR2011', uri, `the import has no alias, and \`${text}\` cannot be one`, {
        label: 'not a name',
        help: 'add an alias: IMPORT "…" AS name',
      });
    }
    return { ...uri, kind: 'IDENTIFIER', text, isName: true };
  }
}

function isCapability(uri: Token): boolean {
  return isCapabilityUri(uri.text);
}
