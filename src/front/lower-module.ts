/** A resolved program to an IR module. */
import { invariant } from '../base/assert.ts';
import type { IrImport, IrModule } from '../ir/nodes.ts';
import type { FuncBody } from './ast.ts';
import type { Globals, ImportEntry } from './globals.ts';
import { lowerUnit } from './lower-unit.ts';
import type { Resolution } from './names.ts';

export function lowerModule(globals: Globals, resolution: Resolution): IrModule {
  const names = unitNames(globals);
  const units = globals.units.map((node, i) => {
    const scope = resolution.units.get(node);
    invariant(scope !== undefined, 'a unit was not resolved');
    const place = { at: node.token.start, end: node.name?.end ?? node.token.end };
    const body: FuncBody = node.kind === 'FuncDecl' ? node.body : { kind: 'BlockBody', block: node.body };
    return lowerUnit(resolution, scope, { body, place, name: names[i] as string });
  });
  return {
    imports: globals.imports.map(lowerImport),
    shared: globals.shared,
    units,
    exports: exportedUnits(globals).map((unit) => ({ name: names[unit] as string, unit })),
    standard: resolution.standard,
  };
}

function lowerImport({ uri, alias, isImplied, place, members, handedOn, pin }: ImportEntry): IrImport {
  return {
    uri,
    alias,
    implied: isImplied,
    at: place.start,
    end: place.end,
    handedOn,
    pin,
    members: members.map((m) => ({ name: m.name, arity: m.arity, at: m.place.start, end: m.place.end })),
  };
}

/** Without any EXPORT every TRANSFORM is exported. */
function exportedUnits(globals: Globals): readonly number[] {
  const all = [...globals.units.keys()];
  if (globals.marksExports) return all.filter((i) => globals.units[i]?.isExported);
  return all.filter((i) => globals.units[i]?.kind === 'TransformDecl');
}

/** Anonymous TRANSFORMs are `main`, `main2`, …, past the names that are taken. */
function unitNames(globals: Globals): readonly string[] {
  let count = 0;
  const nextName = (): string => {
    for (;;) {
      count++;
      const name = count === 1 ? 'main' : `main${count}`;
      if (!globals.names.has(name)) return name;
    }
  };
  return globals.units.map((node) => node.name?.text ?? nextName());
}
