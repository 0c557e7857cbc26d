/** Bodies to IR units: the ring that closes expressions and statements, since lambdas are both. */
import { invariant } from '../base/assert.ts';
import type { IrPlace, IrUnit } from '../ir/nodes.ts';
import type { FuncBody } from './ast.ts';
import { type Lowering, lowerExpression, placeOf } from './lower-expressions.ts';
import { lowerBlock } from './lower-statements.ts';
import type { Resolution } from './names.ts';
import type { UnitScope } from './scope.ts';

export interface UnitSource {
  readonly body: FuncBody;
  readonly place: IrPlace;
  readonly name: string;
}

export function lowerUnit(resolution: Resolution, unit: UnitScope, { body, place, name }: UnitSource): IrUnit {
  const context: Lowering = {
    resolution,
    unit,
    lowerLambda: (node) => {
      const inner = resolution.units.get(node);
      invariant(inner !== undefined, 'a lambda was not resolved');
      return lowerUnit(resolution, inner, { body: node.body, place: placeOf(node), name: inner.name });
    },
  };
  const { parent } = unit;
  return {
    kind: unit.kind,
    at: place.at,
    end: place.end,
    name,
    parameterCount: unit.parameters.length,
    captures: parent === null ? [] : unit.captures.map((v) => parent.indexOf(v)),
    variables: unit.variables.map((v) => ({ name: v.name, boxed: v.isBoxed })),
    body:
      body.kind === 'BlockBody'
        ? lowerBlock(context, body.block)
        : [{ kind: 'Return', at: body.expr.start, end: body.expr.end, value: lowerExpression(context, body.expr) }],
  };
}
