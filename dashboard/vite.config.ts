import { fileURLToPath } from 'node:url';
import type { UserConfig } from 'vite';

/** How the page is built: one script, one stylesheet, one icon, all from the page's own origin. */
const config: UserConfig = {
  root: fileURLToPath(new URL('.', import.meta.url)),
  // The page may be served from any path.
  base: './',
  publicDir: false,
  logLevel: 'warn',
  build: {
    outDir: fileURLToPath(new URL('dist', import.meta.url)),
    target: 'es2022',
    // The Content-Security-Policy allows files of the same origin only: nothing may become a data: address.
    assetsInlineLimit: 0,
    modulePreload: false,
    // mqtt.js is 340 kB of this; the page is served from the same machine.
    chunkSizeWarningLimit: 700,
  },
};

export default config;
