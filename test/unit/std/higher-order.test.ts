/** Functions that call a function: section 7 of the specification, through the whole engine. */
import { describe, expect, it, test } from 'vitest';
import { createHost, LimitError, RunError } from '../../../src/index.ts';

const host = createHost();

async function evaluate(source: string, input: unknown = {}, limits = {}): Promise<unknown> {
  const module = await host.load(source.includes('TRANSFORM') ? source : `TRANSFORM T { OUTPUT { v: ${source} } }`, {
    limits,
  });
  return (module.run('T', input) as { readonly v: unknown }).v;
}

async function message(source: string): Promise<string> {
  try {
    await evaluate(source);
  } catch (error) {
    if (error instanceof RunError) return error.message;
    throw error;
  }
  throw new Error('there was no fault');
}

test.each<[string, unknown]>([
  ['MAP([1,2],(x,i,a)->LENGTH(a))', [2, 2]],
  ['MAP([1,2],()->7)', [7, 7]],
  ['MAP([],(x)->x)', []],
  ['MAP([1,null],(x,i,a,more)->more)', [null, null]],
  ['FILTER([5,6,7],(x,i,a)->i==LENGTH(a)-1)', [7]],
  ['REDUCE(["a","b"],"",(a,v,i)->a+v+i)', 'a0b1'],
  ['REDUCE([1,2],[],(a,v,i,l)->a++[v,i,LENGTH(l)])', [1, 0, 2, 2, 1, 2]],
  ['SOME([1,2],(x)->x>1)', true],
  ['SOME([0,1],(x,i,l)->l[i+1]==1)', true],
  ['EVERY([1,2],(x)->x>1)', false],
  ['EVERY([1],(x)->"")', false],
  ['FIND([[1],[2]],(x)->x[0]==2)', [2]],
  ['SIFT({a:1},(v,k,o)->LENGTH(o)==1)', { a: 1 }],
  ['SIFT({a:1,b:2,c:3},(v)->v!=2)', { a: 1, c: 3 }],
  ['KEYS(SIFT({1:"n","1":"s",b:0},(v)->v))', [1, '1']],
  ['MAP([1,2],(x)->MAP([10],(y)->x*y))', [[10], [20]]],
  ['APPLY((a,b)->a+b,1,2)', 3],
  ['TRY MAP([1],(x)->x.a.b) CATCH(e) -> e.type', 'IllegalStateException'],
])('%s', async (source, expected) => {
  expect(await evaluate(source)).toEqual(expected);
});

test.each([
  ['MAP(null,(x)->x)', 'MAP: arg 1 must be list'],
  ['MAP("ab",(x)->x)', 'MAP: arg 1 must be list'],
  ['MAP([1],null)', 'MAP: arg 2 must be function'],
  ['FILTER({},(x)->x)', 'FILTER: arg 1 must be list'],
  ['SOME([],5)', 'SOME: arg 2 must be function'],
  ['EVERY([],5)', 'EVERY: arg 2 must be function'],
  ['FIND(1,(x)->x)', 'FIND: arg 1 must be list'],
  ['REDUCE(1,0,(a)->a)', 'REDUCE: arg 1 must be list'],
  ['REDUCE([],0,0)', 'REDUCE: arg 3 must be function'],
  ['SIFT(null,(v)->v)', 'SIFT: arg 1 must be object'],
  ['MAP([1],(x)->ASSERT(false,"inside"))', 'inside'],
])('%s is refused: %s', async (source, expected) => {
  expect(await message(source)).toBe(expected);
});

describe('runs inside callbacks', () => {
  it('stop at the fuel limit', async () => {
    const list = Array.from({ length: 100_000 }, (_, i) => i);
    await expect(evaluate('MAP(input.list,(x)->x)', { list }, { fuel: 50_000 })).rejects.toBeInstanceOf(LimitError);
  });

  it('take time linear in the list', async () => {
    const list = Array.from({ length: 100_000 }, (_, i) => i);
    const record = Object.fromEntries(list.map((i) => [`k${i}`, i]));
    expect(await evaluate('LENGTH(MAP(input.list,(x)->x+1))', { list })).toBe(100_000);
    expect(await evaluate('LENGTH(SIFT(input.record,(v)->v%2==0))', { record })).toBe(50_000);
  });

  it('leave the argument as it was', async () => {
    const list = [{ a: 1 }];
    await evaluate('TRANSFORM T { OUTPUT { v: MAP(input.list, (x) -> { SET x.a = 2; RETURN x; }) } }', { list });
    expect(list).toEqual([{ a: 1 }]);
  });
});
