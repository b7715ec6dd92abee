/**
 * How the functions are bundled. The SDK is bundled too: its own copy, minified, starts faster than the one
 * in Lambda's runtime. The alias leaves out every way to get credentials but the one that Lambda has.
 */
const path = require('node:path');

module.exports = () => ({
  bundle: true,
  minify: true,
  sourcemap: 'linked',
  format: 'esm',
  target: 'node24',
  platform: 'node',
  outputFileExtension: '.mjs',
  mainFields: ['module', 'main'],
  exclude: [],
  external: [],
  watch: { pattern: ['functions/**/*.ts', 'shared/**/*.ts'], ignore: [] },
  alias: { '@aws-sdk/credential-provider-node': path.join(__dirname, 'shared/credentials.ts') },
});
