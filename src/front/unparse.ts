/**
 * IR → program text, formatted. Promises: for IR that the front end made, reading the text gives IR that compiles to the same
 * module; for other IR that has passed the checks, one of the same meaning, in which variables may be renamed where a name would be hidden.
 * Comments and the layout of the original are not in IR. Never throws for IR that has passed the checks.
 */
import { SourceText } from '../base/source.ts';
import type { IrImport, IrModule, IrUnit } from '../ir/nodes.ts';
import { type Formatted, formatSource } from './format.ts';
import type { ReadOptions } from './globals.ts';
import { BodyWriter } from './unparse-body.ts';
import { type NamePlan, planNames } from './unparse-names.ts';
import { fieldText, literalText, nameText } from './unparse-text.ts';

/** The text; or what keeps it from being read, where the IR is longer or deeper than a text may be. */
export function unparseModule(module: IrModule, { standard }: Pick<ReadOptions, 'standard'>): Formatted {
  const implied = new Map<string, string>();
  for (const [name, row] of standard) if (row.kind === 'implied') implied.set(`${row.uri} ${row.member ?? name}`, name);
  const plan = planNames(module, standard);
  const writer = new ModuleWriter(module, plan, new BodyWriter(module, plan, implied));
  return formatSource(new SourceText('module.bl', writer.text()));
}

class ModuleWriter {
  readonly #module: IrModule;
  readonly #plan: NamePlan;
  readonly #body: BodyWriter;
  readonly #exported: ReadonlySet<number>;
  /** Whether the exports are others than without any EXPORT. */
  readonly #marksExports: boolean;
  /** From this resource on they are declared in OPTIONS: something else has the name of this one. */
  readonly #firstOwn: number;

  constructor(module: IrModule, plan: NamePlan, body: BodyWriter) {
    this.#module = module;
    this.#plan = plan;
    this.#body = body;
    this.#exported = new Set(module.exports.map((e) => e.unit));
    this.#marksExports = module.units.some((unit, i) => this.#exported.has(i) !== (unit.kind === 'transform'));
    this.#firstOwn = firstClash(module);
  }

  text(): string {
    const { imports, shared, units } = this.#module;
    const own = this.#ownShared();
    const heads = [
      ...imports.flatMap((entry, i) => (entry.implied ? [] : [this.#import(entry, i)])),
      ...shared.slice(0, this.#firstOwn).map(({ name, mode }) => `SHARED ${nameText(name)} ${mode};\n`),
    ];
    // EXPORT of a type exports no unit, and takes the others the export that they have without any.
    if (this.#marksExports && this.#exported.size === 0)
      heads.push(`EXPORT TYPE ${nameText(this.#plan.freshName('Nothing'))} = any;\n`);
    const bodies = units.map((unit, i) => this.#unit(unit, i, own[i] ?? []));
    return [heads.join(''), ...bodies].filter((part) => part !== '').join('\n');
  }

  #import({ uri, alias, members, handedOn, pin }: IrImport, index: number): string {
    const declared = [...(this.#plan.members[index] ?? [])].join('\n');
    const isListed = declared !== members.map((m) => `${m.arity} ${m.name}`).join('\n');
    const names = handedOn.map((given) => nameText(this.#module.imports[given]?.alias ?? ''));
    return [
      `IMPORT ${literalText(uri)} AS ${nameText(alias)}`,
      ...(isListed ? [listOf(members)] : []),
      ...(names.length === 0 ? [] : [`WITH { ${names.join(', ')} }`]),
      ...(pin === null ? [] : [`PIN "${pin}"`]),
    ]
      .join(' ')
      .concat(';\n');
  }

  #unit(unit: IrUnit, index: number, own: readonly number[]): string {
    const prefix = this.#marksExports && this.#exported.has(index) ? 'EXPORT ' : '';
    if (unit.kind === 'function') {
      const head = `${prefix}FUNC ${nameText(unit.name)}${this.#body.parameters(unit)}`;
      const value = this.#body.expressionBody(unit);
      return value === undefined ? `${head} ${this.#body.block(unit)}\n` : `${head} = ${value};\n`;
    }
    const resources = own.map((i) => this.#module.shared[i]).map((s) => `${nameText(s?.name ?? '')} ${s?.mode}`);
    const options = resources.length === 0 ? '' : ` OPTIONS { shared: [${resources.join(', ')}] }`;
    return `${prefix}TRANSFORM ${nameText(unit.name)}${options} ${this.#body.block(unit)}\n`;
  }

  /** For each unit, the resources that its OPTIONS declare; one that no unit uses goes where it keeps its index. */
  #ownShared(): readonly (readonly number[])[] {
    const { shared, units } = this.#module;
    const usedAnywhere = new Set(this.#plan.shared.flatMap((used) => [...used]));
    const lastTransform = units.findLastIndex((unit) => unit.kind === 'transform');
    let next = this.#firstOwn;
    return units.map((unit, i) => {
      if (unit.kind !== 'transform') return [];
      const used = this.#plan.shared[i] ?? new Set();
      const until = i === lastTransform ? shared.length - 1 : Math.max(-1, ...used);
      const list: number[] = [];
      for (let s = this.#firstOwn; s <= until; s++)
        if (used.has(s) || (s >= next && !usedAnywhere.has(s))) list.push(s);
      next = Math.max(next, until + 1);
      return list;
    });
  }
}

/** The members of an import in a list, each name once: with parameters where all its calls pass as many. */
function listOf(members: IrImport['members']): string {
  const counts = new Map<string, number | null>();
  for (const { name, arity } of members) counts.set(name, counts.has(name) ? null : arity);
  const list = [...counts].map(([name, arity]) => {
    const parameters = Array.from({ length: arity ?? 0 }, (_, i) => `p${i + 1}`);
    return arity === null ? fieldText(name) : `${fieldText(name)}(${parameters.join(', ')})`;
  });
  return `{ ${list.join(', ')} }`;
}

/** The first shared resource whose name a declaration of the module has already. */
function firstClash({ units, imports, shared }: IrModule): number {
  const taken = new Set([...units.map((u) => u.name), ...imports.filter((i) => !i.implied).map((i) => i.alias)]);
  const index = shared.findIndex(({ name }) => {
    const isTaken = taken.has(name);
    taken.add(name);
    return isTaken;
  });
  return index < 0 ? shared.length : index;
}
