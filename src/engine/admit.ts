/**
 * A module in any of its forms → verified module. Whatever the form, the same verifier is the only way on. Refuses with a
 * `LoadError` that has every diagnostic; nothing of the module runs.
 */
import type { Admission, Admitted, ModuleSource } from './admission.ts';
import { admitText } from './admit-text.ts';
import { LoadError, UsageError } from './errors.ts';

let compiledForms: typeof import('./admit-compiled.ts') | undefined;

/** A module in whatever form. @throws LoadError; UsageError for what is no module at all. */
export async function admit(module: ModuleSource, name: string, admission: Admission): Promise<Admitted> {
  if (typeof module === 'string' && !isJsonAst(module)) {
    if (admission.signedBy !== undefined)
      throw new LoadError({
        code: 'MR3010',
        message: `module "${name}" is a text, which carries no signature`,
        module: name,
      });
    return admitText(module, name, admission);
  }
  // Measured: asking for it again costs 20 µs of each load.
  compiledForms ??= await import('./admit-compiled.ts');
  const { admitBytes, admitJson } = compiledForms;
  if (ArrayBuffer.isView(module) && module instanceof Uint8Array) return admitBytes(module, name, admission);
  if (typeof module !== 'string' && (typeof module !== 'object' || module === null))
    throw new UsageError('a module is a text, a JSON AST (object or text), or the bytes of a binary module');
  if (admission.signedBy !== undefined)
    throw new LoadError({
      code: 'MR3010',
      message: `module "${name}" is a JSON AST, which carries no signature`,
      module: name,
    });
  return admitJson(module, name, admission);
}

/** No program text begins so. */
export function isJsonAst(text: string): boolean {
  return text.trimStart().startsWith('{') && /^\s*\{\s*"millrace"/.test(text);
}
