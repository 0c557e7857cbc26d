// Each rewrite by itself, and that a label which is still used is a barrier.
import { describe, expect, it } from 'vitest';
import { Assembler, type Item, Label, layOut } from '../../../src/bytecode/assemble.ts';
import { instructionAt } from '../../../src/bytecode/disassemble.ts';
import { dropUnreachable, optimise } from '../../../src/compile/peephole.ts';

function names(items: readonly Item[]): string {
  const { code } = layOut(items);
  const list: string[] = [];
  for (let offset = 0; offset < code.length; ) {
    const { name, operands, next } = instructionAt(code, offset);
    list.push([name, ...operands].join(' '));
    offset = next;
  }
  return list.join('; ');
}

function assembled(build: (asm: Assembler) => void): readonly Item[] {
  const asm = new Assembler();
  build(asm);
  return asm.items;
}

describe('rewrites', () => {
  const check = (build: (asm: Assembler) => void, expected: string): void =>
    expect(names(optimise(assembled(build)))).toBe(expected);

  it('drops a value that nobody takes', () => {
    check((a) => {
      a.emit('PUSH', 0);
      a.emit('POP');
      a.emit('LOAD_LOCAL', 1);
      a.emit('POP');
      a.emit('RETURN');
    }, 'RETURN');
    check((a) => {
      a.emit('LOAD_LOCAL', 1);
      a.emit('DUP');
      a.emit('POP');
      a.emit('RETURN_VALUE');
    }, 'LOAD_LOCAL 1; RETURN_VALUE');
  });

  it('keeps a value whose making may fault', () => {
    check((a) => {
      a.emit('LOAD_LOCAL', 1);
      a.emit('ACCESS_STATIC', 0);
      a.emit('POP');
      a.emit('RETURN');
    }, 'LOAD_LOCAL 1; ACCESS_STATIC 0; POP; RETURN');
  });

  it('drops exchanges that undo or do nothing', () => {
    check((a) => {
      a.emit('PUSH', 0);
      a.emit('PUSH', 1);
      a.emit('SWAP');
      a.emit('SWAP');
      a.emit('ADD');
      a.emit('RETURN_VALUE');
    }, 'PUSH 0; PUSH 1; ADD; RETURN_VALUE');
    check((a) => {
      a.emit('PUSH', 0);
      a.emit('DUP');
      a.emit('SWAP');
      a.emit('ADD');
      a.emit('RETURN_VALUE');
    }, 'PUSH 0; DUP; ADD; RETURN_VALUE');
  });

  it('keeps a stored value on the stack instead of loading it again', () => {
    check((a) => {
      a.emit('PUSH', 0);
      a.emit('STORE_LOCAL', 2);
      a.emit('LOAD_LOCAL', 2);
      a.emit('RETURN_VALUE');
    }, 'PUSH 0; DUP; STORE_LOCAL 2; RETURN_VALUE');
    check((a) => {
      a.emit('PUSH', 0);
      a.emit('STORE_LOCAL', 2);
      a.emit('LOAD_LOCAL', 1);
      a.emit('RETURN_VALUE');
    }, 'PUSH 0; STORE_LOCAL 2; LOAD_LOCAL 1; RETURN_VALUE');
  });

  it('turns a negated condition around and asks for truth once', () => {
    check((a) => {
      const end = new Label();
      a.emit('LOAD_LOCAL', 1);
      a.emit('NOT');
      a.emit('JUMP_IF_FALSE', end);
      a.emit('NOP');
      a.label(end);
      a.emit('RETURN');
    }, 'LOAD_LOCAL 1; JUMP_IF_TRUE 5; NOP; RETURN');
    check((a) => {
      a.emit('LOAD_LOCAL', 1);
      a.emit('NOT');
      a.emit('TO_BOOL');
      a.emit('RETURN_VALUE');
    }, 'LOAD_LOCAL 1; NOT; RETURN_VALUE');
  });

  it('does not look across a label that a jump leads to', () => {
    check((a) => {
      const here = new Label();
      a.emit('LOAD_LOCAL', 1);
      a.emit('JUMP_IF_TRUE', here);
      a.emit('PUSH', 0);
      a.emit('STORE_LOCAL', 2);
      a.label(here);
      a.emit('LOAD_LOCAL', 2);
      a.emit('RETURN_VALUE');
    }, 'LOAD_LOCAL 1; JUMP_IF_TRUE 8; PUSH 0; STORE_LOCAL 2; LOAD_LOCAL 2; RETURN_VALUE');
  });
});

describe('unreachable code', () => {
  it('is dropped up to the next used label, and so are jumps to what follows', () => {
    const items = assembled((a) => {
      const used = new Label();
      const unused = new Label();
      a.emit('LOAD_LOCAL', 1);
      a.emit('JUMP_IF_TRUE', used);
      a.emit('RETURN');
      a.emit('PUSH', 0);
      a.label(unused);
      a.emit('POP');
      a.label(used);
      a.emit('RETURN');
    });
    expect(names(dropUnreachable(items))).toBe('LOAD_LOCAL 1; JUMP_IF_TRUE 5; RETURN; RETURN');
    const jump = assembled((a) => {
      const next = new Label();
      a.emit('JUMP', next);
      a.label(next);
      a.emit('RETURN');
    });
    expect(names(dropUnreachable(jump))).toBe('RETURN');
  });

  it('releases the labels that dropped jumps named', () => {
    const items = assembled((a) => {
      const far = new Label();
      a.emit('RETURN');
      a.emit('JUMP', far);
      a.label(far);
      a.emit('RETURN');
    });
    expect(names(dropUnreachable(items))).toBe('RETURN');
  });
});
