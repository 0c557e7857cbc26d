// One comment-free file per lazy boundary: sixty separate modules cost 20 ms to import, one file 3 ms.
import { defineConfig } from 'rolldown';
import { asciiOnly, dropDocumentation } from './slim.mjs';

const shared = {
  experimental: { attachDebugInfo: 'none' },
  platform: 'neutral',
  external: [
    /^node:/,
    /^@noble\/hashes\//,
    'acorn',
    'astring',
    'bigdecimal.js',
    'cli-progress',
    'csv-parse',
    'csv-stringify/sync',
    're2js',
    'saxes',
    'yaml',
  ],
  plugins: [dropDocumentation(), asciiOnly()],
  output: {
    dir: 'dist',
    cleanDir: true,
    format: 'esm',
    minify: false,
    comments: false,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunk-[name].js',
  },
};

// V8 reads all of the library before a fresh process gets its first result: short names and no blanks save 3 % of that,
// rewriting the code as well saves nothing. Classes keep their names, which hosts see in logs.
const shortened = {
  codegen: true,
  mangle: { toplevel: true, keepNames: { function: false, class: true } },
  compress: false,
};

/** Whether a module belongs to what importing the entry reads, as against what is imported on use. */
function isReadAtOnce(id, getModuleInfo, seen = new Set()) {
  const info = getModuleInfo(id);
  if (info === null || seen.has(id)) return false;
  seen.add(id);
  return info.isEntry || info.importers.some((importer) => isReadAtOnce(importer, getModuleInfo, seen));
}

// What is imported on use shares code with the rest: without a group, the builder would cut that into many files.
const atOnce = {
  groups: [{ name: (id, context) => (isReadAtOnce(id, (of) => context.getModuleInfo(of)) ? 'core' : null) }],
};

// Two builds that share no file: a host that imports the library reads one file, not the pieces it has in common with the
// CLI. The command keeps its names, for the traces in reports of our own bugs.
export default defineConfig([
  {
    ...shared,
    input: { index: 'src/index.ts' },
    output: { ...shared.output, minify: shortened, codeSplitting: atOnce },
  },
  {
    ...shared,
    input: { millrace: 'src/cli/main.ts' },
    output: { ...shared.output, cleanDir: false, chunkFileNames: 'cli-[name].js' },
  },
]);
