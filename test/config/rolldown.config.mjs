// One comment-free file per lazy boundary: sixty separate modules cost 20 ms to import, one file 3 ms.
import { defineConfig } from 'rolldown';

const shared = {
  experimental: { attachDebugInfo: 'none' },
  platform: 'neutral',
  external: [/^node:/, 'acorn', 'astring', 'bigdecimal.js', 're2js'],
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

// Two builds that share no file: a host that imports the library reads one file, not the pieces it has in common with the CLI.
export default defineConfig([
  { ...shared, input: { index: 'src/index.ts' } },
  {
    ...shared,
    input: { millrace: 'src/cli/main.ts' },
    output: { ...shared.output, cleanDir: false, chunkFileNames: 'cli-[name].js' },
  },
]);
